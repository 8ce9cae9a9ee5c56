/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* The functions that took most, or what changed between two profiles: report [BASE] FILE */
#include <prof/prof.h>

#include <stdio.h>

/* Any tool's pprof profile will do. */
static int
print_functions (ProfProfile *profile, ProfError *error)
{
  int type = prof_profile_get_default_value_type (profile);
  ProfReport *report = NULL;
  int r = prof_report_new (profile, (unsigned)type, &report, error);
  if (r < 0)
    return r;

  /* Types, functions, files and the like are rows of tables; texts are numbers of strings. */
  size_t n;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n);
  printf ("%s in %s, %lld in all\n", prof_profile_get_string (profile, types[type].type),
          prof_profile_get_string (profile, types[type].unit),
          (long long)prof_report_get_total (report));
  const ProfReportFunction *functions = prof_report_get_functions (report, &n);
  for (size_t i = 0; i < n && i < 10; i++)
    printf ("%8lld %8lld  %s\n", (long long)functions[i].self, (long long)functions[i].total,
            functions[i].name);
  prof_report_free (report);
  return 0;
}

/* The difference is a profile like any other: it can be reported, drawn and saved. */
static int
print_difference (ProfProfile *base, ProfProfile *profile, ProfError *error)
{
  ProfProfile *difference = NULL;
  int r = prof_profile_diff (base, profile, PROF_NORMALIZE_NONE, &difference, error);
  if (r >= 0)
    r = print_functions (difference, error);
  prof_profile_unref (difference);
  return r;
}

int
main (int argc, char **argv)
{
  ProfProfile *base = NULL, *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (argc < 2)
    return 2;
  int r = prof_pprof_open (argv[argc - 1], &profile, &error);
  if (r >= 0 && argc == 2)
    r = print_functions (profile, &error);
  if (r >= 0 && argc > 2)
    r = prof_pprof_open (argv[1], &base, &error);
  if (r >= 0 && argc > 2)
    r = print_difference (base, profile, &error);
  if (r < 0)
    fprintf (stderr, "%s\n", error.message);
  prof_profile_unref (profile);
  prof_profile_unref (base);
  return r < 0;
}
