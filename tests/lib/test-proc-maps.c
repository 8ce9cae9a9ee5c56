/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/proc-maps.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

typedef struct {
  ProfProcMap rows[8];
  char filenames[8][4096];
  int n;
} Seen;

static int
keep (void *user_data, const ProfProcMap *map)
{
  Seen *seen = user_data;
  assert_true (seen->n < 8);
  seen->rows[seen->n] = *map;
  strcpy (seen->filenames[seen->n++], map->filename);
  return 0;
}

static int
parse (const char *text, Seen *seen)
{
  seen->n = 0;
  return prof_proc_maps_parse (text, strlen (text), keep, seen);
}

static void
test_reads_every_field (void **state)
{
  (void)state;
  Seen seen;
  assert_int_equal (parse ("55d0c8a00000-55d0c8a21000 r-xp 00002000 fd:1f 1310741"
                           "                    /usr/bin/with space\n"
                           "7ffc6a5e1000-7ffc6a602000 rw-s 00000000 00:00 0 \n"
                           "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0"
                           "                  [vsyscall]",
                           &seen),
                    0);
  assert_int_equal (seen.n, 3);
  const ProfProcMap *text = &seen.rows[0], *anonymous = &seen.rows[1], *vsyscall = &seen.rows[2];
  assert_int_equal (text->start, 0x55d0c8a00000);
  assert_int_equal (text->end, 0x55d0c8a21000);
  assert_int_equal (text->offset, 0x2000);
  assert_int_equal (text->device_major, 0xfd);
  assert_int_equal (text->device_minor, 0x1f);
  assert_int_equal (text->inode, 1310741);
  assert_true (text->is_readable && !text->is_writable && text->is_executable);
  assert_false (text->is_deleted);
  assert_string_equal (seen.filenames[0], "/usr/bin/with space");
  assert_true (anonymous->is_readable && anonymous->is_writable && !anonymous->is_executable);
  assert_string_equal (seen.filenames[1], "");
  assert_true (vsyscall->start == 0xffffffffff600000u && !vsyscall->is_readable);
  assert_string_equal (seen.filenames[2], "[vsyscall]");
}

static void
test_undoes_what_the_kernel_does_to_names (void **state)
{
  (void)state;
  Seen seen;
  assert_int_equal (parse ("1000-2000 r-xp 00000000 08:01 7  /tmp/a\\012b\\x (deleted)\n"
                           "2000-3000 r-xp 00000000 08:01 7  /tmp/(deleted)\n",
                           &seen),
                    0);
  assert_int_equal (seen.n, 2);
  assert_string_equal (seen.filenames[0], "/tmp/a\nb\\x");
  assert_true (seen.rows[0].is_deleted);
  assert_string_equal (seen.filenames[1], "/tmp/(deleted)");
  assert_false (seen.rows[1].is_deleted);
}

static void
test_skips_bad_lines (void **state)
{
  (void)state;
  Seen seen;
  assert_int_equal (parse ("\n"
                           "1000-2000\n"
                           "2000-1000 r-xp 00000000 00:00 0\n"
                           "10000000000000000-20000000000000000 r-xp 00000000 00:00 0\n"
                           "1000-2000 r-xp 00000000 00:00 x\n"
                           "1000-2000 r-xp 00000000 100000000:00 0\n"
                           "1000-2000 r-xp 00000000 00:00 99999999999999999999999\n"
                           "3000-4000 r-xp 00000000 00:00 0\n",
                           &seen),
                    7);
  assert_int_equal (seen.n, 1);
  assert_int_equal (seen.rows[0].start, 0x3000);
}

static void
test_skips_names_over_path_max (void **state)
{
  (void)state;
  static char line[8192] = "1000-2000 r-xp 00000000 00:00 0 ";
  size_t n = strlen (line);
  Seen seen;
  memset (line + n, 'a', 4095);
  assert_int_equal (parse (line, &seen), 0);
  assert_int_equal (strlen (seen.filenames[0]), 4095);
  line[n + 4095] = 'a';
  assert_int_equal (parse (line, &seen), 1);
}

static int
refuse_second (void *user_data, const ProfProcMap *map)
{
  (void)map;
  return ++*(int *)user_data == 2 ? -ECANCELED : 0;
}

static void
test_stops_when_told (void **state)
{
  (void)state;
  static const char text[]
      = "1000-2000 r-xp 0 0:0 0\n2000-3000 r-xp 0 0:0 0\n3000-4000 r-xp 0 0:0 0";
  int n_calls = 0;
  assert_int_equal (prof_proc_maps_parse (text, strlen (text), refuse_second, &n_calls),
                    -ECANCELED);
  assert_int_equal (n_calls, 2);
}

static int
find_own_code (void *user_data, const ProfProcMap *map)
{
  uintptr_t here = (uintptr_t)find_own_code;
  if (map->is_executable && map->start <= here && here < map->end)
    strcpy (user_data, map->filename);
  return 0;
}

static void
test_finds_own_program (void **state)
{
  (void)state;
  char filename[4096] = "", self[4096] = "";
  assert_true (readlink ("/proc/self/exe", self, sizeof self - 1) > 0);
  assert_int_equal (prof_proc_maps_read (getpid (), find_own_code, filename), 0);
  assert_string_equal (filename, self);
}

static void *
wait_for_byte (void *user_data)
{
  char byte;
  prctl (PR_SET_NAME, "waiting here");
  assert_int_equal (write (((int *)user_data)[1], "", 1), 1);
  assert_int_equal (read (((int *)user_data)[2], &byte, 1), 1);
  return NULL;
}

static void
test_lists_threads_with_names (void **state)
{
  (void)state;
  int pipes[4];
  char byte, names[2][16] = { "", "" };
  pthread_t thread;
  assert_int_equal (pipe (pipes), 0);
  assert_int_equal (pipe (pipes + 2), 0);
  assert_int_equal (pthread_create (&thread, NULL, wait_for_byte, pipes), 0);
  assert_int_equal (read (pipes[0], &byte, 1), 1);

  pid_t *tids;
  size_t n;
  assert_int_equal (prof_proc_list_threads (getpid (), &tids, &n), 0);
  assert_int_equal (n, 2);
  assert_int_equal (tids[0], getpid ());
  for (size_t i = 0; i < n; i++)
    assert_int_equal (prof_proc_read_comm (getpid (), tids[i], names[i], sizeof names[i]), 0);
  assert_string_equal (names[0], "test-proc-maps");
  assert_string_equal (names[1], "waiting here");
  free (tids);

  assert_int_equal (write (pipes[3], "", 1), 1);
  pthread_join (thread, NULL);
  for (int i = 0; i < 4; i++)
    close (pipes[i]);
}

static void
test_a_process_that_is_gone (void **state)
{
  (void)state;
  pid_t pid = fork ();
  if (pid == 0)
    _exit (0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  pid_t *tids;
  size_t n;
  char name[16];
  Seen seen = { .n = 0 };
  assert_int_equal (prof_proc_maps_read (pid, keep, &seen), -ESRCH);
  assert_int_equal (prof_proc_list_threads (pid, &tids, &n), -ESRCH);
  assert_int_equal (prof_proc_read_comm (pid, pid, name, sizeof name), -ESRCH);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_reads_every_field),
    cmocka_unit_test (test_undoes_what_the_kernel_does_to_names),
    cmocka_unit_test (test_skips_bad_lines),
    cmocka_unit_test (test_skips_names_over_path_max),
    cmocka_unit_test (test_stops_when_told),
    cmocka_unit_test (test_finds_own_program),
    cmocka_unit_test (test_lists_threads_with_names),
    cmocka_unit_test (test_a_process_that_is_gone),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
