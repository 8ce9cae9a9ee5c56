/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <math.h>

#include "../layout/flame-profile.h"
#include "model/tally.h"

/* So many samples of weight 1. */
static PyroEstimate
count (double n)
{
  return (PyroEstimate){ n, n };
}

static void
assert_near (double value, double expected)
{
  if (fabs (value - expected) > 1e-6 * fabs (expected))
    fail_msg ("%.9g is not %.9g", value, expected);
}

static void
few_samples_are_judged_exactly (void **state)
{
  PyroNoise noise = { count (1000), count (1000), 1, FALSE };
  assert_near (pyro_noise_get_chance (&noise, count (10), count (0)), 2 * pow (0.5, 10));
  assert_near (pyro_noise_get_chance (&noise, count (0), count (10)), 2 * pow (0.5, 10));
  assert_near (pyro_noise_get_chance (&noise, count (3), count (1)), 2 * 5.0 / 16);
  assert_near (pyro_noise_get_chance (&noise, count (7), count (7)), 1);
  assert_near (pyro_noise_get_chance (&noise, count (0), count (0)), 1);
}

/* The new recording took twice as long: of samples two thirds are expected to be its own. */
static void
the_scale_is_that_of_the_odds (void **state)
{
  PyroNoise noise = { count (1000), count (2000), 2, FALSE };
  assert_near (pyro_noise_get_chance (&noise, count (0), count (5)), 2 * pow (2.0 / 3, 5));
  assert_near (pyro_noise_get_chance (&noise, count (5), count (0)), 2 * pow (1.0 / 3, 5));
  assert_near (pyro_noise_get_chance (&noise, count (4), count (8)), 1);
}

/* Fisher's tea: 3 of 4 against 1 of 4. */
static void
shares_are_compared_by_fishers_test (void **state)
{
  PyroNoise noise = { count (4), count (4), 1, TRUE };
  assert_near (pyro_noise_get_chance (&noise, count (1), count (3)), 2 * 17.0 / 70);
  assert_near (pyro_noise_get_chance (&noise, count (4), count (4)), 1);
  PyroNoise twenty = { count (20), count (20), 1, TRUE };
  assert_true (pyro_noise_get_chance (&twenty, count (20), count (10)) < 0.001);
}

static void
many_samples_are_judged_by_the_normal_distribution (void **state)
{
  PyroNoise noise = { count (1e6), count (1e6), 1, FALSE };
  double z = 600 / sqrt (40600);
  assert_near (pyro_noise_get_deviation (&noise, count (20000), count (20600)), sqrt (40600));
  assert_near (pyro_noise_get_chance (&noise, count (20000), count (20600)), erfc (z / sqrt (2)));
  PyroNoise shares = { count (20000), count (40000), 2, TRUE };
  double variance = 0.25 * 0.75 / 20000 + 0.5 * 0.5 / 40000;
  assert_near (pyro_noise_get_deviation (&shares, count (5000), count (20000)),
               40000 * sqrt (variance));
}

/* Samples of 10 ms are as sure as samples of 1 ms. */
static void
the_weight_of_samples_is_no_evidence (void **state)
{
  PyroNoise light = { count (100), count (100), 1, FALSE };
  PyroEstimate whole = { 1000, 10000 }, five = { 50, 500 }, nothing = { 0, 0 };
  PyroNoise heavy = { whole, whole, 1, FALSE };
  assert_near (pyro_noise_get_chance (&heavy, nothing, five),
               pyro_noise_get_chance (&light, count (0), count (5)));
}

static void
what_was_recorded_whole_has_no_noise (void **state)
{
  PyroEstimate whole = { 1000, 0 }, more = { 501, 0 }, less = { 500, 0 };
  PyroNoise noise = { whole, whole, 1, FALSE };
  assert_near (pyro_noise_get_chance (&noise, less, more), 0);
  assert_near (pyro_noise_get_chance (&noise, more, more), 1);
}

static void
of_many_findings_few_are_wrong (void **state)
{
  double all[] = { 0.05, 0.01, 0.04, 0.02, 0.03 }, none[] = { 0.04, 0.5 },
         two[] = { 0.9, 0.001, 0.02, 0.3 };
  assert_near (pyro_noise_find_limit (all, 5), 0.05);
  assert_true (pyro_noise_find_limit (none, 2) < 0);
  assert_near (pyro_noise_find_limit (two, 4), 0.02);
  assert_true (pyro_noise_find_limit (NULL, 0) < 0);
}

/* ---- simulations ---- */

enum { N_FUNCTIONS = 60, N_RUNS = 300 };

/* Function i has a share like 1 / (i + 1), but for the first one, which has `first`. */
static void
draw_samples (GRand *random, double first, guint n, double *counts)
{
  double shares[N_FUNCTIONS], sum = 0;
  for (guint i = 1; i < N_FUNCTIONS; i++)
    sum += 1.0 / (i + 1);
  shares[0] = first;
  for (guint i = 1; i < N_FUNCTIONS; i++)
    shares[i] = shares[i - 1] + (1 - first) / (i + 1) / sum;
  for (guint i = 0; i < N_FUNCTIONS; i++)
    counts[i] = 0;
  for (guint i = 0; i < n; i++) {
    double place = g_rand_double (random);
    guint function = 0;
    while (function < N_FUNCTIONS - 1 && place > shares[function])
      function++;
    counts[function]++;
  }
}

/* In how many runs there is a finding, and the first function is one. */
static void
simulate (double base_first, double first, gboolean is_by_total, guint *ret_any, guint *ret_first)
{
  enum { N_BASE = 4000, N_NEW = 6000 };
  g_autoptr (GRand) random = g_rand_new_with_seed (20261123);
  PyroNoise noise = { count (N_BASE), count (N_NEW), (double)N_NEW / N_BASE, is_by_total };
  *ret_any = *ret_first = 0;
  for (guint run = 0; run < N_RUNS; run++) {
    double base[N_FUNCTIONS], now[N_FUNCTIONS], chances[N_FUNCTIONS], first_chance;
    draw_samples (random, base_first, N_BASE, base);
    draw_samples (random, first, N_NEW, now);
    for (guint i = 0; i < N_FUNCTIONS; i++)
      chances[i] = pyro_noise_get_chance (&noise, count (base[i]), count (now[i]));
    first_chance = chances[0];
    double limit = pyro_noise_find_limit (chances, N_FUNCTIONS);
    *ret_any += limit >= 0;
    *ret_first += first_chance <= limit;
  }
}

/* Of runs of the same program no more than one of 20 shows a difference. */
static void
equal_programs_seldom_differ (void **state)
{
  for (int is_by_total = 0; is_by_total < 2; is_by_total++) {
    guint n_any, n_first;
    simulate (0.3, 0.3, is_by_total, &n_any, &n_first);
    assert_in_range (n_any, 0, N_RUNS / 20);
  }
}

/* From 30% to 35%: more than five deviations. */
static void
a_real_difference_is_found (void **state)
{
  guint n_any, n_first;
  simulate (0.30, 0.35, TRUE, &n_any, &n_first);
  assert_in_range (n_first, N_RUNS * 9 / 10, N_RUNS);
}

enum { N_SITES = 24, RATE = 65536 };

/* Site i allocates (i + 1) * 40 blocks, of one of six sizes. */
static ProfProfile *
record_heap (GRand *random)
{
  static const gint64 sizes[] = { 48, 1024, 8192, 65536, 262144, 4194304 };
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "alloc_objects", "count");
  prof_profile_add_value_type (profile, "alloc_space", "bytes");
  prof_profile_set_period (profile, "space", "bytes", RATE);
  for (guint site = 0; site < N_SITES; site++) {
    gint64 size = sizes[site % G_N_ELEMENTS (sizes)];
    double chance = 1 - exp (-(double)size / RATE);
    guint n_seen = 0;
    for (guint i = 0; i < (site + 1) * 40; i++)
      n_seen += g_rand_double (random) < chance;
    g_autofree char *name = g_strdup_printf ("site_%u", site);
    ProfFunction function = { .name = (guint32)prof_profile_add_string (profile, name) };
    ProfLine line = { .function = (guint32)prof_profile_add_function (profile, &function) };
    ProfLocation location = { .address = site + 1 };
    guint32 row = (guint32)prof_profile_add_location (profile, &location, &line, 1);
    gint64 values[] = { llround (n_seen / chance), llround (n_seen / chance * (double)size) };
    int sample = prof_profile_add_sample (profile, &row, 1, values);
    prof_profile_add_number_label (profile, (guint32)sample, "bytes", size, "bytes");
  }
  return profile;
}

static const PyroCost *
find_cost (const PyroTally *tally, const char *name)
{
  for (guint32 i = 0; i < tally->functions.n; i++)
    if (g_str_equal (tally->functions.items[i].name, name))
      return &tally->costs[i];
  fail_msg ("no function %s", name);
  return NULL;
}

static PyroTally *
tally_heap (GRand *random)
{
  ProfProfile *profile = record_heap (random);
  PyroTally *tally = pyro_tally_new (profile, 1);
  prof_profile_unref (profile);
  assert_true (tally->has_variance);
  return tally;
}

/* The 95% range holds 95% of the differences between recordings of one heap: each site is as
 * likely to be off as the rule says. Sites of which less than 20 blocks are seen are left out: too
 * few for a range; for them there is the exact test. */
static void
differences_of_heaps_are_in_their_range (void **state)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11230549);
  guint n_judged = 0, n_inside = 0, n_found = 0;
  for (guint run = 0; run < N_RUNS; run++) {
    g_autoptr (PyroTally) base = tally_heap (random);
    g_autoptr (PyroTally) now = tally_heap (random);
    PyroNoise noise = { base->whole, now->whole, 1, FALSE };
    double chances[N_SITES];
    for (guint i = 0; i < N_SITES; i++) {
      g_autofree char *name = g_strdup_printf ("site_%u", i);
      PyroEstimate a = find_cost (base, name)->self, b = find_cost (now, name)->self;
      chances[i] = pyro_noise_get_chance (&noise, a, b);
      double deviation = pyro_noise_get_deviation (&noise, a, b);
      if (a.variance == 0 || a.value * a.value / a.variance < 20)
        continue;
      n_judged++;
      n_inside += fabs (b.value - a.value) <= 1.96 * deviation;
    }
    n_found += pyro_noise_find_limit (chances, N_SITES) >= 0;
  }
  print_message ("%u of %u in their range, %u findings\n", n_inside, n_judged, n_found);
  assert_in_range (n_judged, N_RUNS * 10, N_RUNS * N_SITES);
  assert_in_range (n_inside * 1000 / n_judged, 935, 975);
  assert_in_range (n_found, 0, N_RUNS * 8 / 100);
}

static PyroTally *
tally_blocks (const char *period_type, gint64 period)
{
  static const struct {
    gint64 size, n_seen;
  } rows[] = { { 48, 1 }, { 8192, 5 }, { 262144, 9 } };
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "alloc_space", "bytes");
  prof_profile_set_period (profile, period_type, "bytes", period);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    double chance = 1 - exp (-(double)rows[i].size / RATE);
    gint64 value = llround ((double)(rows[i].n_seen * rows[i].size) / chance);
    int sample = prof_profile_add_sample (profile, NULL, 0, &value);
    prof_profile_add_number_label (profile, (guint32)sample, "bytes", rows[i].size, "bytes");
  }
  PyroTally *tally = pyro_tally_new (profile, 0);
  prof_profile_unref (profile);
  return tally;
}

/* As of a recording of processor and heap, which has the period of the processor. */
static void
the_rate_of_a_heap_follows_from_its_samples (void **state)
{
  g_autoptr (PyroTally) known = tally_blocks ("space", RATE);
  g_autoptr (PyroTally) unknown = tally_blocks ("cpu", 1);
  assert_true (known->has_variance && unknown->has_variance);
  if (fabs (unknown->whole.variance / known->whole.variance - 1) > 0.001)
    fail_msg ("%g is not %g", unknown->whole.variance, known->whole.variance);
}

/* ---- tallies ---- */

static const FlameSample samples[] = {
  { "main;parse;lex", 20 }, { "main;parse;parse", 40 }, { "main;draw+line", 5 }, { NULL, 0 }
};

static void
functions_are_summed_up_once_for_each_sample (void **state)
{
  ProfProfile *profile = make_flame_profile (samples);
  prof_profile_set_period (profile, "cpu", "nanoseconds", 5);
  g_autoptr (PyroTally) tally = pyro_tally_new (profile, 0);
  prof_profile_unref (profile);
  assert_near (tally->whole.value, 65);
  assert_near (tally->whole.variance, 65 * 5);
  assert_near (find_cost (tally, "parse")->self.value, 40);
  assert_near (find_cost (tally, "parse")->total.value, 60);
  assert_near (find_cost (tally, "parse")->total.variance, 60 * 5);
  assert_near (find_cost (tally, "line")->self.value, 5);
  assert_near (find_cost (tally, "draw")->self.value, 0);
  assert_true (tally->has_variance);
}

static void
samples_that_nothing_counts_are_not_judged (void **state)
{
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (PyroTally) tally = pyro_tally_new (profile, 0);
  assert_false (tally->has_variance);
  assert_null (pyro_tally_new (profile, 1));
  prof_profile_unref (profile);
}

/* 3 samples that stand for 12 ms and one that stands for 1 ms. */
static void
samples_are_counted_by_their_own_type (void **state)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "samples", "count");
  prof_profile_add_value_type (profile, "cpu", "milliseconds");
  prof_profile_add_sample (profile, NULL, 0, (gint64[]){ 3, 12 });
  prof_profile_add_sample (profile, NULL, 0, (gint64[]){ 1, 1 });
  g_autoptr (PyroTally) time = pyro_tally_new (profile, 1);
  g_autoptr (PyroTally) number = pyro_tally_new (profile, 0);
  prof_profile_unref (profile);
  assert_near (time->whole.variance, 3 * 4 * 4 + 1);
  assert_near (number->whole.variance, 4);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (few_samples_are_judged_exactly),
    cmocka_unit_test (the_scale_is_that_of_the_odds),
    cmocka_unit_test (shares_are_compared_by_fishers_test),
    cmocka_unit_test (many_samples_are_judged_by_the_normal_distribution),
    cmocka_unit_test (the_weight_of_samples_is_no_evidence),
    cmocka_unit_test (what_was_recorded_whole_has_no_noise),
    cmocka_unit_test (of_many_findings_few_are_wrong),
    cmocka_unit_test (equal_programs_seldom_differ),
    cmocka_unit_test (a_real_difference_is_found),
    cmocka_unit_test (differences_of_heaps_are_in_their_range),
    cmocka_unit_test (the_rate_of_a_heap_follows_from_its_samples),
    cmocka_unit_test (functions_are_summed_up_once_for_each_sample),
    cmocka_unit_test (samples_that_nothing_counts_are_not_judged),
    cmocka_unit_test (samples_are_counted_by_their_own_type),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
