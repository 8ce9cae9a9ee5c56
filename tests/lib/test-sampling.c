/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/sampling.h>

#include <errno.h>
#include <math.h>
#include <string.h>

#include "tests.h"

#define MS 1000000ull

/* Offers n samples, one each step_ns, and returns the sum of the weights of the taken ones. */
static double
offer (ProfSampling *sampling, unsigned n, uint64_t step_ns, unsigned *ret_taken)
{
  static uint64_t now_ns = 1;
  double total = 0;
  *ret_taken = 0;
  for (unsigned i = 0; i < n; i++) {
    now_ns += step_ns;
    if (prof_sampling_should_sample (sampling, now_ns)) {
      total += prof_sampling_get_weight (sampling);
      ++*ret_taken;
    }
  }
  return total;
}

static void
test_always_takes_all (void **state)
{
  (void)state;
  ProfSampling *sampling;
  unsigned taken;
  assert_int_equal (prof_sampling_new_always (&sampling), 0);
  assert_float_equal (offer (sampling, 100, MS, &taken), 100, 0);
  assert_int_equal (taken, 100);
  assert_int_equal (prof_sampling_update_probability (sampling, 2), -EOPNOTSUPP);
  assert_null (prof_sampling_unref (sampling));
}

static void
test_never_takes_none (void **state)
{
  (void)state;
  ProfSampling *sampling;
  ProfSamplingStats stats = PROF_SAMPLING_STATS_INIT;
  unsigned taken;
  assert_int_equal (prof_sampling_new_never (&sampling), 0);
  offer (sampling, 100, MS, &taken);
  prof_sampling_get_stats (sampling, &stats);
  assert_int_equal (taken, 0);
  assert_int_equal (stats.seen, 100);
  assert_int_equal (stats.taken, 0);
  assert_float_equal (stats.probability, 0, 0);
  prof_sampling_unref (sampling);
}

static void
test_probabilistic_is_unbiased_and_repeatable (void **state)
{
  (void)state;
  ProfSampling *sampling;
  unsigned taken, again;
  assert_int_equal (prof_sampling_new_probabilistic (0.1, 7, &sampling), 0);
  double total = offer (sampling, 100000, MS, &taken);
  /* 4 sigma of a binomial with n = 100,000 and p = 0.1, times the weight of 10. */
  assert_true (fabs (total - 100000) < 4 * sqrt (100000 * 0.1 * 0.9) * 10);
  prof_sampling_reset (sampling);
  offer (sampling, 100000, MS, &again);
  assert_int_equal (taken, again);
  prof_sampling_unref (sampling);
}

static void
test_rate_bounds_samples_and_keeps_the_total (void **state)
{
  (void)state;
  ProfSampling *sampling;
  unsigned taken;
  assert_int_equal (prof_sampling_new_rate (100, &sampling), 0);
  double total = offer (sampling, 10000, MS, &taken); /* ten seconds at 1000 Hz */
  assert_in_range (taken, 990, 1010);
  assert_true (total > 9980 && total <= 10000);
  prof_sampling_unref (sampling);
}

static void
test_rate_takes_all_of_a_slower_source (void **state)
{
  (void)state;
  ProfSampling *sampling;
  unsigned taken;
  assert_int_equal (prof_sampling_new_rate (100, &sampling), 0);
  assert_float_equal (offer (sampling, 50, 20 * MS, &taken), 50, 0);
  prof_sampling_unref (sampling);
}

static void
test_adaptive_meets_its_target (void **state)
{
  (void)state;
  ProfSampling *sampling;
  unsigned taken;
  assert_int_equal (prof_sampling_new_adaptive (100, 0.001, 1, 3, &sampling), 0);
  offer (sampling, 20000, MS / 10, &taken); /* two seconds at 10 kHz to settle */
  double total = offer (sampling, 100000, MS / 10, &taken);
  assert_in_range (taken, 850, 1150);
  /* 4 sigma of the estimate: weight 100, n = 100,000, p = 0.01. */
  assert_true (fabs (total - 100000) < 4 * sqrt (100000 * 0.01) * 100);
  prof_sampling_unref (sampling);
}

static void
test_adaptive_follows_the_load (void **state)
{
  (void)state;
  ProfSampling *sampling;
  ProfSamplingStats before = PROF_SAMPLING_STATS_INIT, after = PROF_SAMPLING_STATS_INIT;
  assert_int_equal (prof_sampling_new_adaptive (100, 0.1, 1, 3, &sampling), 0);
  prof_sampling_get_stats (sampling, &before);
  assert_float_equal (before.probability, 1, 0);
  assert_int_equal (prof_sampling_update_probability (sampling, 2), 0);
  prof_sampling_get_stats (sampling, &after);
  assert_float_equal (after.probability, 0.5, 1e-9);
  for (int i = 0; i < 10; i++)
    prof_sampling_update_probability (sampling, 100);
  prof_sampling_get_stats (sampling, &after);
  assert_float_equal (after.probability, 0.1, 1e-9);
  assert_int_equal (prof_sampling_update_probability (sampling, NAN), -EINVAL);
  prof_sampling_unref (sampling);
}

struct every_third {
  unsigned n, n_freed;
};

static bool
third_should_sample (void *self, uint64_t now_ns)
{
  (void)now_ns;
  return ++((struct every_third *)self)->n % 3 == 0;
}

static double
third_get_probability (void *self)
{
  (void)self;
  return 1.0 / 3;
}

static void
third_free (void *self)
{
  ((struct every_third *)self)->n_freed++;
}

static void
test_custom_is_asked_and_freed_once (void **state)
{
  (void)state;
  static const ProfSamplingOps ops = { .size = sizeof ops,
                                       .should_sample = third_should_sample,
                                       .get_probability = third_get_probability,
                                       .free = third_free };
  struct every_third third = { 0, 0 };
  ProfSampling *sampling;
  unsigned taken;
  assert_int_equal (prof_sampling_new_custom (&ops, &third, &sampling), 0);
  assert_float_equal (offer (sampling, 300, MS, &taken), 300, 1e-9);
  assert_int_equal (taken, 100);
  prof_sampling_ref (sampling);
  prof_sampling_unref (sampling);
  assert_int_equal (third.n_freed, 0);
  prof_sampling_unref (sampling);
  assert_int_equal (third.n_freed, 1);
}

static void
test_strategies_are_read_from_text (void **state)
{
  (void)state;
  const char *good[] = { "always",  "never",        "probabilistic:0.1",
                         "rate:50", "adaptive:100", "adaptive:100:0.01:1" };
  const char *bad[]
      = { "",       "sometimes", "probabilistic",    "probabilistic:1.5", "rate:0",
          "rate:x", "always:1",  "adaptive:100:0.5", "rate:5x",           "adaptive:1:2:3:4" };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    ProfSampling *sampling;
    assert_int_equal (prof_sampling_new_from_string (good[i], &sampling, NULL), 0);
    prof_sampling_unref (sampling);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ProfSampling *sampling;
    ProfError error = PROF_ERROR_INIT;
    assert_int_equal (prof_sampling_new_from_string (bad[i], &sampling, &error), -EINVAL);
    assert_non_null (strstr (error.message, bad[i]));
  }
}

static void
test_bad_parameters_are_refused (void **state)
{
  (void)state;
  ProfSampling *sampling;
  assert_int_equal (prof_sampling_new_probabilistic (-0.1, 0, &sampling), -EINVAL);
  assert_int_equal (prof_sampling_new_probabilistic (NAN, 0, &sampling), -EINVAL);
  assert_int_equal (prof_sampling_new_rate (-1, &sampling), -EINVAL);
  assert_int_equal (prof_sampling_new_adaptive (100, 0, 1, 0, &sampling), -EINVAL);
  assert_int_equal (prof_sampling_new_adaptive (100, 0.5, 0.1, 0, &sampling), -EINVAL);
  assert_int_equal (prof_sampling_new_custom (NULL, NULL, &sampling), -EINVAL);
  ProfSamplingOps ops = { .size = 0, .should_sample = third_should_sample };
  assert_int_equal (prof_sampling_new_custom (&ops, NULL, &sampling), -EINVAL);
  ops.size = sizeof ops + 1;
  assert_int_equal (prof_sampling_new_custom (&ops, NULL, &sampling), -EINVAL);
}

/* Of programs that were compiled when the structs ended before their latest members. */
static void
test_smaller_structs (void **state)
{
  (void)state;
  ProfSamplingOps ops = { .size = offsetof (ProfSamplingOps, free),
                          .should_sample = third_should_sample,
                          .free = third_free };
  struct every_third third = { 0, 0 };
  ProfSampling *sampling;
  assert_int_equal (prof_sampling_new_custom (&ops, &third, &sampling), 0);
  prof_sampling_should_sample (sampling, 0);

  ProfSamplingStats stats
      = { .size = offsetof (ProfSamplingStats, taken), .taken = 77, .probability = 0.5 };
  assert_int_equal (prof_sampling_get_stats (sampling, &stats), 0);
  assert_int_equal (stats.size, offsetof (ProfSamplingStats, taken));
  assert_int_equal (stats.seen, 1);
  assert_int_equal (stats.taken, 77);
  assert_float_equal (stats.probability, 0.5, 0);
  static const size_t wrong[] = { 0, sizeof stats.size - 1, sizeof stats + 1, SIZE_MAX };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    stats = (ProfSamplingStats){ .size = wrong[i], .seen = 77 };
    assert_int_equal (prof_sampling_get_stats (sampling, &stats), -EINVAL);
    assert_int_equal (stats.seen, 77);
  }
  assert_int_equal (prof_sampling_get_stats (sampling, NULL), -EINVAL);
  prof_sampling_unref (sampling);
  assert_int_equal (third.n_freed, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_always_takes_all),
    cmocka_unit_test (test_never_takes_none),
    cmocka_unit_test (test_probabilistic_is_unbiased_and_repeatable),
    cmocka_unit_test (test_rate_bounds_samples_and_keeps_the_total),
    cmocka_unit_test (test_rate_takes_all_of_a_slower_source),
    cmocka_unit_test (test_adaptive_meets_its_target),
    cmocka_unit_test (test_adaptive_follows_the_load),
    cmocka_unit_test (test_custom_is_asked_and_freed_once),
    cmocka_unit_test (test_strategies_are_read_from_text),
    cmocka_unit_test (test_bad_parameters_are_refused),
    cmocka_unit_test (test_smaller_structs),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
