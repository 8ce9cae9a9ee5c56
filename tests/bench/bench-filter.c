/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>
#include <prof/report.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/prng.h"

/* bench-filter [N_SAMPLES]: prints how long filters of a big profile take, and reports of what they
 * let through. Its stacks are all different: 26 frames on average over 200,000 locations and 50,000
 * functions, with times. */

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

static ProfProfile *
make_profile (uint32_t n_samples)
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
    for (uint32_t depth = 0; depth < n; depth++)
      stack[depth] = 1 + (uint32_t)(prof_prng_next (&prng) % N_LOCATIONS);
    int sample = prof_profile_add_sample (profile, stack, n, (int64_t[]){ 1000000 });
    if (sample < 0)
      abort ();
    prof_profile_add_number_label (profile, (uint32_t)sample, "end_timestamp_ns", 1 + i,
                                   "nanoseconds");
  }
  return profile;
}

static double
get_ms_since (uint64_t start_ns)
{
  return (double)(prof_monotonic_ns () - start_ns) / 1e6;
}

static void
measure (ProfProfile *profile, const char *what, ProfFilter filter)
{
  ProfProfile *filtered;
  ProfReport *report;
  size_t n_samples;
  uint64_t start_ns = prof_monotonic_ns ();
  if (prof_profile_filter (profile, &filter, &filtered, NULL) < 0)
    abort ();
  double filter_ms = get_ms_since (start_ns);
  start_ns = prof_monotonic_ns ();
  if (prof_report_new (filtered, 0, &report, NULL) < 0)
    abort ();
  double report_ms = get_ms_since (start_ns);
  prof_profile_get_samples (filtered, &n_samples);
  printf ("%-28s %8zu samples left, filter %7.1f ms, report %7.1f ms\n", what, n_samples, filter_ms,
          report_ms);
  prof_report_free (report);
  prof_profile_unref (filtered);
}

int
main (int argc, char **argv)
{
  uint32_t n = argc > 1 ? (uint32_t)strtoul (argv[1], NULL, 10) : 1000000;
  ProfProfile *profile = make_profile (n);
  ProfFilter filter = PROF_FILTER_INIT;
  measure (profile, "all", filter);
  filter.focus = "^component_7_";
  measure (profile, "focus on 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.ignore = "^component_7_";
  measure (profile, "ignore 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.hide = "^component_7_";
  measure (profile, "hide 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.show_from = "^component_7_";
  measure (profile, "show from 1 % of functions", filter);
  filter = (ProfFilter)PROF_FILTER_INIT;
  filter.start_ns = 1 + n / 4;
  filter.end_ns = 1 + n / 2;
  measure (profile, "a quarter of the time", filter);
  filter.end_ns = 1 + n / 4 + n / 100;
  measure (profile, "a hundredth of the time", filter);
  prof_profile_unref (profile);
  return 0;
}
