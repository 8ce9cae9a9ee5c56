/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/callchain.h"

#include <linux/perf_event.h>

#include "tests.h"

#define N(array) (sizeof (array) / sizeof *(array))

static const uint64_t chain[] = {
  (uint64_t)PERF_CONTEXT_KERNEL,
  0xffffffff81000100,
  0xffffffff81000200,
  (uint64_t)PERF_CONTEXT_USER,
  0x401000,
  0x402000,
  0x403000,
};

static void
test_kernel_part_is_split_off (void **state)
{
  (void)state;
  uint64_t pcs[8];
  assert_int_equal (prof_callchain_get (chain, N (chain), PROF_CALLCHAIN_KERNEL, pcs, 8), 2);
  assert_int_equal (pcs[0], 0xffffffff81000100);
  assert_int_equal (pcs[1], 0xffffffff810001ff);
}

static void
test_callers_point_into_the_call (void **state)
{
  (void)state;
  uint64_t pcs[8];
  assert_int_equal (prof_callchain_get (chain, N (chain), PROF_CALLCHAIN_USER, pcs, 8), 3);
  assert_int_equal (pcs[0], 0x401000);
  assert_int_equal (pcs[1], 0x401fff);
  assert_int_equal (pcs[2], 0x402fff);
}

static void
test_at_most_max_are_written (void **state)
{
  (void)state;
  uint64_t pcs[] = { 0, 0, 42 };
  assert_int_equal (prof_callchain_get (chain, N (chain), PROF_CALLCHAIN_USER, pcs, 2), 2);
  assert_int_equal (pcs[2], 42);
}

static void
test_zeros_and_unmarked_entries_are_no_frames (void **state)
{
  (void)state;
  const uint64_t odd[] = { 0x1000, (uint64_t)PERF_CONTEXT_USER,  0x2000, 0,
                           0x3000, (uint64_t)PERF_CONTEXT_GUEST, 0x4000 };
  uint64_t pcs[8];
  assert_int_equal (prof_callchain_get (odd, N (odd), PROF_CALLCHAIN_USER, pcs, 8), 2);
  assert_int_equal (pcs[0], 0x2000);
  assert_int_equal (pcs[1], 0x2fff);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_kernel_part_is_split_off),
    cmocka_unit_test (test_callers_point_into_the_call),
    cmocka_unit_test (test_at_most_max_are_written),
    cmocka_unit_test (test_zeros_and_unmarked_entries_are_no_frames),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
