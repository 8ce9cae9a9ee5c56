/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>
#include <prof/report.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/prng.h"
#include "layout/flame-tree.h"

/* bench-filter [N_SAMPLES]: prints how long filters of a big profile take, and reports and flame
 * graphs of what they let through, which the app makes side by side: 26 frames on average over
 * 200,000 locations and 50,000 functions, with times. First of a profile as programs make them,
 * whose stacks part a few times on their way from the root, and then of one where each frame is as
 * good as any other, so that all stacks differ from the root on: no profile is worse. */

enum { N_LOCATIONS = 200000, N_FUNCTIONS = 50000, MIN_FRAMES = 16, MAX_FRAMES = 36 };

static void
add_locations (ProfProfile *profile)
{
  char name[64];
  for (uint32_t i = 0; i < N_FUNCTIONS; i++) {
    snprintf (name, sizeof name, "component_%u_function_%u", i % 100, i);
    ProfFunction function = { .name = (uint32_t)prof_profile_add_string (profile, name) };
    prof_profile_add_function (profile, &function);
  }
  for (uint32_t i = 0; i < N_LOCATIONS; i++) {
    ProfLocation location = { .address = 0x1000 + i };
    ProfLine line = { .function = 1 + i % N_FUNCTIONS, .line = 1 + i };
    prof_profile_add_location (profile, &location, &line, 1);
  }
}

/* Root first. */
static void
walk (ProfPrng *prng, uint32_t *stack, uint32_t n, bool is_random)
{
  uint64_t path = 1;
  for (uint32_t depth = 0; depth < n; depth++) {
    uint64_t word = prof_prng_next (prng), turn = word % 32;
    path = prof_hash_word (path, is_random ? word : turn < 30 ? 0 : turn);
    stack[n - 1 - depth] = 1 + (uint32_t)(path % N_LOCATIONS);
  }
}

static ProfProfile *
make_profile (uint32_t n_samples, bool is_random)
{
  ProfProfile *profile;
  if (prof_profile_new (&profile) < 0)
    abort ();
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  add_locations (profile);
  ProfPrng prng = { 1 };
  for (uint32_t i = 0; i < n_samples; i++) {
    uint32_t stack[MAX_FRAMES];
    uint32_t n = MIN_FRAMES + (uint32_t)(prof_prng_next (&prng) % (MAX_FRAMES - MIN_FRAMES + 1));
    walk (&prng, stack, n, is_random);
    int sample = prof_profile_add_sample (profile, stack, n, (int64_t[]){ 1000000 });
    if (sample < 0)
      abort ();
    prof_profile_add_number_label (profile, (uint32_t)sample, "end_timestamp_ns", 1 + i,
                                   "nanoseconds");
  }
  size_t n_entries;
  prof_profile_get_stacks (profile, &n_entries);
  printf ("%s: stacks of %zu entries\n", is_random ? "all different" : "as of a program",
          n_entries);
  return profile;
}

static double
get_ms_since (uint64_t start_ns)
{
  return (double)(prof_monotonic_ns () - start_ns) / 1e6;
}

/* As the app does: what has the stacks of the whole profile takes their shape from there. */
static PyroFlameTree *
make_tree (PyroFlameShape **shape, ProfProfile *profile)
{
  PyroFlameOrder order = { 0 };
  PyroFlameShape *own = *shape;
  if ((own == NULL || !pyro_flame_shape_fits (own, profile, &order))
      && pyro_flame_shape_new (profile, &order, &own) < 0)
    abort ();
  PyroFlameTree *tree;
  if (pyro_flame_tree_new (own, profile, 0, &tree) < 0)
    abort ();
  if (*shape == NULL)
    *shape = own;
  else if (own != *shape)
    pyro_flame_shape_unref (own);
  return tree;
}

static void
measure (ProfProfile *profile, PyroFlameShape **shape, const char *what, ProfFilter filter)
{
  ProfProfile *filtered;
  ProfReport *report;
  size_t n_samples;
  uint64_t start_ns = prof_monotonic_ns ();
  if (prof_profile_select (profile, &filter, &filtered, NULL) < 0)
    abort ();
  double filter_ms = get_ms_since (start_ns);
  start_ns = prof_monotonic_ns ();
  if (prof_report_new (filtered, 0, &report, NULL) < 0)
    abort ();
  double report_ms = get_ms_since (start_ns);
  start_ns = prof_monotonic_ns ();
  PyroFlameTree *tree = make_tree (shape, filtered);
  double tree_ms = get_ms_since (start_ns);
  prof_profile_get_samples (filtered, &n_samples);
  printf ("%-28s %8zu samples left, filter %6.1f ms, report %6.1f ms, flame graph %6.1f ms\n", what,
          n_samples, filter_ms, report_ms, tree_ms);
  pyro_flame_tree_unref (tree);
  prof_report_free (report);
  prof_profile_unref (filtered);
}

static void
measure_all (uint32_t n, bool is_random)
{
  ProfProfile *profile = make_profile (n, is_random);
  PyroFlameShape *shape = NULL;
  ProfFilter filter = PROF_FILTER_INIT;
  measure (profile, &shape, "all", filter);
  filter.focus = "^component_7_";
  measure (profile, &shape, "focus on 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.ignore = "^component_7_";
  measure (profile, &shape, "ignore 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.hide = "^component_7_";
  measure (profile, &shape, "hide 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.show_from = "^component_7_";
  measure (profile, &shape, "show from 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.start_ns = 1 + n / 4;
  filter.end_ns = 1 + n / 2;
  measure (profile, &shape, "a quarter of the time", filter);
  filter.end_ns = 1 + n / 4 + n / 100;
  measure (profile, &shape, "a hundredth of the time", filter);
  pyro_flame_shape_unref (shape);
  prof_profile_unref (profile);
}

int
main (int argc, char **argv)
{
  uint32_t n = argc > 1 ? (uint32_t)strtoul (argv[1], NULL, 10) : 1000000;
  measure_all (n, false);
  measure_all (n, true);
  return 0;
}
