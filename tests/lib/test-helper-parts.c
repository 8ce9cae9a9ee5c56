/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/code-maps.h"
#include "helper/confine.h"
#include "helper/owner.h"
#include "tests.h"

static void
test_user_numbers (void **state)
{
  (void)state;
  static const char *const wrong[] = { "",
                                       " 1",
                                       "1 ",
                                       "-1",
                                       "+1",
                                       "0x1",
                                       "1a",
                                       "root",
                                       "1\n",
                                       "4294967295",
                                       "4294967296",
                                       "99999999999",
                                       "18446744073709551617" };
  uid_t uid = 7;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_false (prof_parse_uid (wrong[i], &uid));
  assert_int_equal (uid, 7);
  assert_true (prof_parse_uid ("0", &uid) && uid == 0);
  assert_true (prof_parse_uid ("1000", &uid) && uid == 1000);
  assert_true (prof_parse_uid ("4294967294", &uid) && uid == 4294967294);
}

static void
test_all_user_ids_count (void **state)
{
  (void)state;
  assert_true (prof_owner_parse ("Name:\ta\nPid:\t1\nUid:\t5\t5\t5\t5\nGid:\t0\n", 5));
  static const char *const wrong[] = {
    "",
    "Name:\tUid:\t5\t5\t5\t5\n",
    "Name:\ta\nUid:\t5\t0\t0\t0\n",
    "Name:\ta\nUid:\t5\t5\t0\t5\n",
    "Name:\ta\nUid:\t5\t5\t5\t50\n",
    "Name:\ta\nUid:\t5\t5\t5\t5",
    "Name:\ta\nUid:\t5\t5\t5\n",
    "Name:\ta\nUid:\t5 5 5 5\n",
    "Name:\ta\nUid:\t",
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_false (prof_owner_parse (wrong[i], 5));
}

static void
test_own_thread (void **state)
{
  (void)state;
  int fd = prof_owner_open (gettid ());
  assert_true (fd >= 0);
  assert_int_equal (prof_owner_check (fd, geteuid ()), 0);
  assert_int_equal (prof_owner_check (fd, geteuid () + 1), -EACCES);
  close (fd);
}

/* Of the directory that stays open nothing can be read any more. */
static void
test_thread_that_is_gone (void **state)
{
  (void)state;
  pid_t pid = fork ();
  if (pid == 0)
    _exit (pause ());
  int fd = prof_owner_open (pid);
  assert_true (fd >= 0);
  kill (pid, SIGKILL);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  assert_int_equal (prof_owner_check (fd, geteuid ()), -ESRCH);
  close (fd);
  assert_int_equal (prof_owner_open (pid), -ESRCH);
}

static void
test_only_code_is_kept (void **state)
{
  (void)state;
  char text[] = "1000-2000 r--p 00000000 08:01 5 /bin/x\n"
                "2000-3000 r-xp 00001000 08:01 5 /bin/x\n"
                "3000-4000 rw-p 00000000 00:00 0 /tmp/r-xp\n"
                "4000-5000 --xp 00000000 00:00 0 [vdso]\n"
                "bad\n"
                " \n"
                "5000 r-x";
  static const char kept[] = "2000-3000 r-xp 00001000 08:01 5 /bin/x\n"
                             "4000-5000 --xp 00000000 00:00 0 [vdso]\n";
  size_t n = prof_code_maps_filter (text, sizeof text - 1);
  assert_int_equal (n, sizeof kept - 1);
  assert_memory_equal (text, kept, n);
  assert_int_equal (prof_code_maps_filter (text, 0), 0);
}

static void
test_own_maps (void **state)
{
  (void)state;
  char text[4096];
  int fd = prof_code_maps_open (getpid ());
  assert_true (fd >= 0);
  ssize_t n = read (fd, text, sizeof text - 1);
  assert_true (n > 0);
  text[n] = '\0';
  assert_non_null (strstr (text, "r-xp"));
  assert_null (strstr (text, "[stack]"));
  assert_int_equal (write (fd, "x", 1), -1);
  assert_int_equal (ftruncate (fd, 0), -1);
  assert_int_equal (fcntl (fd, F_GET_SEALS),
                    F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  close (fd);
  assert_int_equal (prof_code_maps_open (INT32_MAX), -ESRCH);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_user_numbers),      cmocka_unit_test (test_all_user_ids_count),
    cmocka_unit_test (test_own_thread),        cmocka_unit_test (test_thread_that_is_gone),
    cmocka_unit_test (test_only_code_is_kept), cmocka_unit_test (test_own_maps),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
