/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/cpu-list.h"

#include <unistd.h>

#include "tests.h"

static void
check (const char *text, const int *cpus, size_t n)
{
  ProfCpuList list = { 0 };
  assert_int_equal (prof_cpu_list_parse (&list, text), 0);
  assert_int_equal (list.n, n);
  assert_memory_equal (list.items, cpus, n * sizeof *cpus);
  prof_vec_clear (&list);
}

static void
test_ranges_and_gaps (void **state)
{
  (void)state;
  check ("0\n", (const int[]){ 0 }, 1);
  check ("0-3\n", (const int[]){ 0, 1, 2, 3 }, 4);
  check ("0-1,3,6-7", (const int[]){ 0, 1, 3, 6, 7 }, 5);
}

static void
test_what_is_no_list (void **state)
{
  (void)state;
  static const char *const texts[] = { "",     "\n",  "a",   "-1",  "1-",      "1,",
                                       "1,,2", "3-1", "2,1", "1,1", "0-65536", "99999999999999" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    ProfCpuList list = { 0 };
    assert_int_equal (prof_cpu_list_parse (&list, texts[i]), -EINVAL);
    prof_vec_clear (&list);
  }
}

static void
test_the_machine (void **state)
{
  (void)state;
  ProfCpuList list = { 0 };
  assert_int_equal (prof_cpu_list_read_online (&list), 0);
  assert_int_equal (list.n, sysconf (_SC_NPROCESSORS_ONLN));
  prof_vec_clear (&list);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_ranges_and_gaps),
    cmocka_unit_test (test_what_is_no_list),
    cmocka_unit_test (test_the_machine),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
