/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/range-map.h"

#include "base/prng.h"
#include "tests.h"

static void
test_later_ranges_win (void **state)
{
  (void)state;
  ProfRangeMap map = { 0 };
  assert_int_equal (prof_range_map_add (&map, 100, 200, 1), 0);
  assert_int_equal (prof_range_map_add (&map, 150, 250, 2), 0);
  assert_int_equal (prof_range_map_add (&map, 50, 110, 3), 0);
  assert_int_equal (prof_range_map_add (&map, 160, 160, 4), 0);
  assert_int_equal (prof_range_map_finish (&map), 0);

  const struct {
    uint64_t address;
    uint32_t value;
  } expected[] = { { 0, PROF_RANGE_NONE },
                   { 49, PROF_RANGE_NONE },
                   { 50, 3 },
                   { 109, 3 },
                   { 110, 1 },
                   { 149, 1 },
                   { 150, 2 },
                   { 160, 2 },
                   { 249, 2 },
                   { 250, PROF_RANGE_NONE } };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
    assert_int_equal (prof_range_map_find (&map, expected[i].address), expected[i].value);
  assert_int_equal (map.ranges.n, 3);
  prof_vec_clear (&map.ranges);
}

static void
test_a_range_inside_another_leaves_both_sides (void **state)
{
  (void)state;
  ProfRangeMap map = { 0 };
  assert_int_equal (prof_range_map_add (&map, 0, UINT64_MAX, 7), 0);
  assert_int_equal (prof_range_map_add (&map, 10, 20, 8), 0);
  assert_int_equal (prof_range_map_finish (&map), 0);
  assert_int_equal (prof_range_map_find (&map, 9), 7);
  assert_int_equal (prof_range_map_find (&map, 10), 8);
  assert_int_equal (prof_range_map_find (&map, 20), 7);
  assert_int_equal (prof_range_map_find (&map, UINT64_MAX), PROF_RANGE_NONE);
  prof_vec_clear (&map.ranges);
}

/* Against painting an array. */
static void
test_random_ranges_equal_painting (void **state)
{
  (void)state;
  enum { SPACE = 512, N_RANGES = 60, N_ROUNDS = 200 };
  ProfPrng prng = { 1 };
  for (int round = 0; round < N_ROUNDS; round++) {
    uint32_t painted[SPACE];
    memset (painted, 0xff, sizeof painted);
    ProfRangeMap map = { 0 };
    for (uint32_t value = 0; value < N_RANGES; value++) {
      uint64_t start = prof_prng_next (&prng) % SPACE;
      uint64_t end = start + prof_prng_next (&prng) % (round % 2 == 0 ? 8 : SPACE - start + 1);
      for (uint64_t address = start; address < end && address < SPACE; address++)
        painted[address] = value;
      assert_int_equal (prof_range_map_add (&map, start, end, value), 0);
    }
    assert_int_equal (prof_range_map_finish (&map), 0);
    for (uint64_t address = 0; address < SPACE; address++)
      assert_int_equal (prof_range_map_find (&map, address), painted[address]);
    prof_vec_clear (&map.ranges);
  }
}

static void
test_an_empty_map_has_nothing (void **state)
{
  (void)state;
  ProfRangeMap map = { 0 };
  assert_int_equal (prof_range_map_finish (&map), 0);
  assert_int_equal (prof_range_map_find (&map, 0), PROF_RANGE_NONE);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_later_ranges_win),
    cmocka_unit_test (test_a_range_inside_another_leaves_both_sides),
    cmocka_unit_test (test_random_ranges_equal_painting),
    cmocka_unit_test (test_an_empty_map_has_nothing),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
