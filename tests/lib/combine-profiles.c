/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <prof/pprof.h>
#include <prof/report.h>

#include "base/prng.h"

/* combine-profiles: writes base.pb.gz and new.pb.gz, random profiles of one program that was mapped
 * at two places, and what libprof makes of them: NAME.txt has lines "function self total". The test
 * beside it lets google/pprof do the same. */

enum { N_FUNCTIONS = 60, N_LOCATIONS = 300, N_MODULES = 4, N_SAMPLES = 3000, MAX_FRAMES = 15 };

typedef struct {
  ProfProfile *profile;
  uint64_t load_address;
  ProfPrng prng;
  uint32_t modules[N_MODULES], functions[N_FUNCTIONS], locations[N_LOCATIONS];
} Generator;

static int
check (int r, const char *what)
{
  if (r < 0) {
    fprintf (stderr, "combine-profiles: %s: error %d\n", what, -r);
    exit (1);
  }
  return r;
}

static uint32_t
draw (Generator *generator, uint32_t n)
{
  return (uint32_t)(prof_prng_next (&generator->prng) % n);
}

static uint32_t
add_string (Generator *generator, const char *format, uint32_t number)
{
  char text[64];
  snprintf (text, sizeof text, format, number);
  return (uint32_t)check (prof_profile_add_string (generator->profile, text), "string");
}

static uint64_t
get_start (const Generator *generator, uint32_t module)
{
  return generator->load_address + module * 0x100000u;
}

static void
add_modules (Generator *generator)
{
  for (uint32_t i = 0; i < N_MODULES; i++) {
    ProfMapping mapping = { .start = get_start (generator, i),
                            .limit = get_start (generator, i) + 0x80000,
                            .filename = add_string (generator, "/lib/lib%u.so", i),
                            .has_functions = true };
    int row = prof_profile_add_mapping (generator->profile, &mapping);
    generator->modules[i] = (uint32_t)check (row, "mapping");
  }
}

static void
add_functions (Generator *generator)
{
  for (uint32_t i = 0; i < N_FUNCTIONS; i++) {
    ProfFunction function = { .name = add_string (generator, "function%u", i),
                              .filename = add_string (generator, "/src/file%u.c", i % 7) };
    int row = prof_profile_add_function (generator->profile, &function);
    generator->functions[i] = (uint32_t)check (row, "function");
  }
}

static void
add_locations (Generator *generator)
{
  for (uint32_t i = 0; i < N_LOCATIONS; i++) {
    ProfLine lines[3];
    uint32_t n_lines = 1 + draw (generator, 3), module = draw (generator, N_MODULES);
    for (uint32_t j = 0; j < n_lines; j++)
      lines[j] = (ProfLine){ .function = generator->functions[draw (generator, N_FUNCTIONS)],
                             .line = 1 + draw (generator, 9) };
    ProfLocation location = { .address = get_start (generator, module) + i * 16,
                              .mapping = generator->modules[module] };
    int row = prof_profile_add_location (generator->profile, &location, lines, n_lines);
    generator->locations[i] = (uint32_t)check (row, "location");
  }
}

/* Leaves are of many functions, callers of few, so that there is recursion. */
static void
add_samples (Generator *generator)
{
  for (uint32_t i = 0; i < N_SAMPLES; i++) {
    uint32_t stack[MAX_FRAMES], n = 1 + draw (generator, MAX_FRAMES);
    for (uint32_t j = 0; j < n; j++)
      stack[j] = generator->locations[draw (generator, j < 3 ? N_LOCATIONS : 20)];
    int64_t value = 1 + draw (generator, 50);
    char thread[16];
    snprintf (thread, sizeof thread, "t%u", draw (generator, 5));
    int sample = prof_profile_add_sample (generator->profile, stack, n, &value);
    check (sample, "sample");
    check (prof_profile_add_label (generator->profile, (uint32_t)sample, "thread", thread),
           "label");
  }
}

/* The tables of all are the same but for the load address. */
static ProfProfile *
generate (uint64_t load_address, uint64_t seed, const char *type, const char *path)
{
  Generator generator = { .load_address = load_address, .prng = { 1 } };
  check (prof_profile_new (&generator.profile), "profile");
  check (prof_profile_add_value_type (generator.profile, type, "count"), "type");
  check (prof_profile_set_period (generator.profile, "cpu", "nanoseconds", 1000), "period");
  add_modules (&generator);
  add_functions (&generator);
  add_locations (&generator);
  generator.prng.state = seed;
  add_samples (&generator);
  check (prof_pprof_save (generator.profile, path, NULL), path);
  return generator.profile;
}

static void
write_report (ProfProfile *profile, unsigned value_type, const char *path)
{
  ProfReport *report;
  size_t n;
  check (prof_report_new (profile, value_type, &report, NULL), "report");
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  FILE *file = fopen (path, "w");
  check (file == NULL ? -errno : 0, path);
  for (size_t i = 0; i < n; i++)
    fprintf (file, "%s %" PRId64 " %" PRId64 "\n", functions[i].name, functions[i].self,
             functions[i].total);
  fclose (file);
  prof_report_free (report);
}

static void
write_filtered (const ProfProfile *profile, const ProfFilter *filter, const char *path)
{
  ProfProfile *filtered = NULL;
  check (prof_profile_filter (profile, filter, &filtered, NULL), path);
  write_report (filtered, 0, path);
  prof_profile_unref (filtered);
}

int
main (void)
{
  ProfProfile *base = generate (0x10000000, 7, "samples", "base.pb.gz");
  ProfProfile *profile = generate (0x70000000, 8, "samples", "new.pb.gz");
  write_report (profile, 0, "plain.txt");

  ProfFilter focus = PROF_FILTER_INIT, hide = focus, show_from = focus, label = focus;
  focus.focus = "function1";
  focus.ignore = "function33|lib3";
  write_filtered (profile, &focus, "focus.txt");
  hide.hide = "function2|file3|lib1";
  write_filtered (profile, &hide, "hide.txt");
  show_from.show_from = "function4|lib2";
  show_from.hide = "file5";
  write_filtered (profile, &show_from, "show-from.txt");
  label.label_focus = "^thread=t[12]$";
  write_filtered (profile, &label, "label.txt");

  ProfProfile *other = generate (0x70000000, 9, "allocations", "other.pb.gz"), *joined = NULL;
  check (prof_profile_join (profile, other, &joined, NULL), "join");
  check (prof_pprof_save (joined, "joined.pb.gz", NULL), "joined.pb.gz");
  write_report (joined, 0, "join-first.txt");
  write_report (joined, 1, "join-second.txt");
  write_report (other, 0, "other.txt");
  prof_profile_unref (joined);
  prof_profile_unref (other);

  ProfProfile *diff = NULL;
  check (prof_profile_diff (base, profile, PROF_NORMALIZE_NONE, &diff, NULL), "diff");
  write_report (diff, 0, "diff.txt");
  check (prof_profile_merge (profile, base, NULL), "merge");
  write_report (profile, 0, "merge.txt");
  prof_profile_unref (diff);
  prof_profile_unref (profile);
  prof_profile_unref (base);
  return 0;
}
