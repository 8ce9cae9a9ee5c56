/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "preload/countdown.h"

#include <math.h>

#include "tests.h"

enum { RATE = 8192 };

/* Allocates n blocks of a size as the hook does; how many are hit. */
static unsigned
count_hits (Countdown *countdown, uint64_t size, unsigned n)
{
  unsigned n_hits = 0;
  for (unsigned i = 0; i < n; i++) {
    countdown->left -= (int64_t)size;
    if (countdown->left < 0)
      n_hits += countdown_step (countdown, RATE);
  }
  return n_hits;
}

/* Each hit stands for as many blocks as the inverse of its chance. 100 000 hits are good for 0.5
 * per cent in two of three cases; the seeds are fixed. */
static void
test_estimates_are_unbiased (void **state)
{
  (void)state;
  static const uint64_t sizes[] = { 1, 24, 1000, 8192, 40000, 300000 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    Countdown countdown;
    countdown_begin (&countdown, 42 + i, RATE);
    double chance = 1 - exp (-(double)sizes[i] / RATE);
    unsigned n = (unsigned)(100000 / chance);
    double estimate = count_hits (&countdown, sizes[i], n) / chance;
    assert_true (fabs (estimate / n - 1) < 0.01);
  }
}

static void
test_a_thousand_samples_are_within_two_per_cent (void **state)
{
  (void)state;
  double sum_of_squares = 0;
  for (uint64_t seed = 0; seed < 100; seed++) {
    Countdown countdown;
    countdown_begin (&countdown, seed << 20, RATE);
    double chance = 1 - exp (-1000. / RATE);
    double estimate = count_hits (&countdown, 1000, (unsigned)(2500 / chance)) / chance;
    double error = estimate * chance / 2500 - 1;
    sum_of_squares += error * error;
  }
  /* Binomial: sqrt ((1 - chance) / 2500) is 1.88 per cent. */
  assert_true (sqrt (sum_of_squares / 100) < 0.0205);
}

static void
test_rate_of_one_hits_all (void **state)
{
  (void)state;
  static const int64_t sizes[] = { 1, 0, 1 << 20, 0, 0, 16 };
  Countdown countdown;
  countdown_begin (&countdown, 1, 1);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    countdown.left -= sizes[i];
    assert_true (countdown.left < 0);
    assert_true (countdown_step (&countdown, 1));
  }
}

static void
test_looks_up_in_every_step (void **state)
{
  (void)state;
  Countdown countdown;
  countdown_begin (&countdown, 7, (uint64_t)1 << 40);
  for (int i = 0; i < 1000; i++) {
    assert_in_range (countdown.left, 0, COUNTDOWN_STEP);
    countdown.left -= COUNTDOWN_STEP + 1;
    assert_false (countdown_step (&countdown, (uint64_t)1 << 40));
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_estimates_are_unbiased),
    cmocka_unit_test (test_a_thousand_samples_are_within_two_per_cent),
    cmocka_unit_test (test_rate_of_one_hits_all),
    cmocka_unit_test (test_looks_up_in_every_step),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
