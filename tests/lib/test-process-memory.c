/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-memory.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

static void
test_status_of_a_kernel (void **state)
{
  (void)state;
  ProfProcessMemory memory = { 0 };
  const char *text = "Name:\tredis-server\n"
                     "VmPeak:\t   70152 kB\n"
                     "VmRSS:\t   14404 kB\n"
                     "RssAnon:\t    4096 kB\n"
                     "RssFile:\t   10240 kB\n"
                     "RssShmem:\t      68 kB\n"
                     "VmSwap:\t       8 kB\n"
                     "Threads:\t5\n";
  assert_int_equal (prof_process_status_parse (text, strlen (text), &memory), 0);
  assert_int_equal (memory.rss_bytes, 14404 * 1024);
  assert_int_equal (memory.anonymous_bytes, 4096 * 1024);
  assert_int_equal (memory.file_bytes, 10240 * 1024);
  assert_int_equal (memory.shared_bytes, 68 * 1024);
  assert_int_equal (memory.swap_bytes, 8 * 1024);
}

static void
test_process_without_memory_has_none (void **state)
{
  (void)state;
  ProfProcessMemory memory = { .rss_bytes = 1 };
  const char *text = "Name:\tkthreadd\nState:\tS (sleeping)\n";
  assert_int_equal (prof_process_status_parse (text, strlen (text), &memory), 0);
  assert_int_equal (memory.rss_bytes, 0);
}

static void
test_status_with_a_bad_number_is_refused (void **state)
{
  (void)state;
  ProfProcessMemory memory;
  const char *text = "VmRSS:\t99999999999999999999 kB\n";
  assert_int_equal (prof_process_status_parse (text, strlen (text), &memory), -EBADMSG);
  text = "VmRSS:\tmany kB\n";
  assert_int_equal (prof_process_status_parse (text, strlen (text), &memory), -EBADMSG);
}

static void
test_stat_with_a_name_that_looks_like_fields (void **state)
{
  (void)state;
  ProfProcessStat stat;
  const char *text = "17 (a) R 1 2) S 1 17 17 0 -1 4194304 101 102 103 104 105 106 107 108 20 0 5 "
                     "0 109 71835648 3601 18446744073709551615\n";
  assert_int_equal (prof_process_stat_parse (text, strlen (text), &stat), 0);
  assert_int_equal (stat.minor_faults, 101);
  assert_int_equal (stat.major_faults, 103);
  assert_int_equal (stat.user_ticks, 105);
  assert_int_equal (stat.kernel_ticks, 106);
  assert_int_equal (stat.start_ticks, 109);
}

static void
test_stat_that_is_cut_off_is_refused (void **state)
{
  (void)state;
  ProfProcessStat stat;
  assert_int_equal (prof_process_stat_parse ("", 0, &stat), -EBADMSG);
  const char *text = "17 (redis) S 1 17 17 0 -1 4194304 101 102";
  assert_int_equal (prof_process_stat_parse (text, strlen (text), &stat), -EBADMSG);
}

static void
test_own_memory (void **state)
{
  (void)state;
  ProfProcessMemory memory = PROF_PROCESS_MEMORY_INIT;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_get_process_memory (getpid (), &memory, &error), 0);
  assert_true (memory.rss_bytes > 0);
  assert_true (memory.minor_faults > 0);
  memory = (ProfProcessMemory){ .size = sizeof memory + 1, .rss_bytes = 77 };
  assert_int_equal (prof_get_process_memory (getpid (), &memory, &error), -EINVAL);
  assert_int_equal (memory.rss_bytes, 77);
}

static void
test_process_that_is_gone (void **state)
{
  (void)state;
  ProfProcessMemory memory = PROF_PROCESS_MEMORY_INIT;
  ProfError error = PROF_ERROR_INIT;
  pid_t child = fork ();
  if (child == 0)
    _exit (0);
  assert_int_equal (waitpid (child, NULL, 0), child);
  assert_int_equal (prof_get_process_memory (child, &memory, &error), -ESRCH);
  assert_non_null (strstr (error.message, "there is no such process"));
  assert_int_equal (prof_get_process_memory (0, &memory, &error), -EINVAL);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_status_of_a_kernel),
    cmocka_unit_test (test_process_without_memory_has_none),
    cmocka_unit_test (test_status_with_a_bad_number_is_refused),
    cmocka_unit_test (test_stat_with_a_name_that_looks_like_fields),
    cmocka_unit_test (test_stat_that_is_cut_off_is_refused),
    cmocka_unit_test (test_own_memory),
    cmocka_unit_test (test_process_that_is_gone),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
