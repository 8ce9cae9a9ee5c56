/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdbool.h>

#include "base/prng.h"
#include "base/rank.h"
#include "tests.h"

enum { BOUND = 1000 };

static void
test_counts_what_is_smaller (void **state)
{
  (void)state;
  ProfPrng prng = { 1 };
  for (uint64_t step = 1; step < 40; step += 3) {
    ProfRank rank;
    bool is_in[BOUND + 1] = { false };
    assert_int_equal (prof_rank_init (&rank, BOUND), 0);
    for (size_t i = 0; i < BOUND; i += 1 + prof_prng_next (&prng) % step) {
      is_in[i] = true;
      prof_rank_add (&rank, i);
      prof_rank_add (&rank, i);
    }
    size_t n = prof_rank_count (&rank), n_smaller = 0;
    for (size_t i = 0; i <= BOUND; i++) {
      assert_int_equal (prof_rank_of (&rank, i), n_smaller);
      n_smaller += is_in[i];
    }
    assert_int_equal (n, n_smaller);
    prof_rank_finish (&rank);
  }
}

static void
test_nothing (void **state)
{
  (void)state;
  ProfRank rank;
  assert_int_equal (prof_rank_init (&rank, 0), 0);
  assert_int_equal (prof_rank_count (&rank), 0);
  assert_int_equal (prof_rank_of (&rank, 0), 0);
  prof_rank_finish (&rank);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_counts_what_is_smaller),
    cmocka_unit_test (test_nothing),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
