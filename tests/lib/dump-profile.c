/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <inttypes.h>
#include <stdio.h>

/* dump-profile FILE: every sample with its labels, locations and lines as libprof reads them; one
 * line each, its parts between tabs. */

static const char *
text (const ProfProfile *profile, uint32_t string)
{
  return prof_profile_get_string (profile, string);
}

static void
dump_labels (const ProfProfile *profile, const ProfSample *sample)
{
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (profile, &n);
  for (size_t i = sample->first_label; i < sample->first_label + sample->n_labels; i++) {
    const ProfLabel *label = &labels[i];
    if (label->string != 0)
      printf ("string\t%s\t%s\n", text (profile, label->key), text (profile, label->string));
    else
      printf ("number\t%s\t%" PRIi64 "\t%s\n", text (profile, label->key), label->number,
              text (profile, label->unit));
  }
}

static void
dump_lines (const ProfProfile *profile, const ProfLocation *location)
{
  size_t n;
  const ProfLine *lines = prof_profile_get_lines (profile, &n);
  const ProfFunction *functions = prof_profile_get_functions (profile, &n);
  for (size_t i = location->first_line; i < location->first_line + location->n_lines; i++) {
    const ProfFunction *function = &functions[lines[i].function];
    printf ("line\t%s\t%s\t%s\t%" PRIi64 "\t%" PRIi64 "\n", text (profile, function->name),
            text (profile, function->system_name), text (profile, function->filename),
            lines[i].line, function->start_line);
  }
}

static void
dump_stack (const ProfProfile *profile, const ProfSample *sample)
{
  size_t n;
  const uint32_t *stacks = prof_profile_get_stacks (profile, &n);
  const ProfLocation *locations = prof_profile_get_locations (profile, &n);
  const ProfMapping *mappings = prof_profile_get_mappings (profile, &n);
  for (size_t i = sample->first_location; i < sample->first_location + sample->n_locations; i++) {
    const ProfLocation *location = &locations[stacks[i]];
    const ProfMapping *mapping = &mappings[location->mapping];
    printf ("location\t%" PRIx64 "\t%d\t%s\t%s\t%" PRIx64 "\n", location->address,
            location->is_folded, text (profile, mapping->filename),
            text (profile, mapping->build_id), mapping->start);
    dump_lines (profile, location);
  }
}

static void
dump (const ProfProfile *profile)
{
  size_t n_samples, n_values, n_types;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n_values);
  prof_profile_get_value_types (profile, &n_types);
  for (size_t i = 0; i < n_samples; i++) {
    printf ("sample");
    for (size_t j = 0; j < n_types; j++)
      printf ("\t%" PRIi64, values[i * n_types + j]);
    printf ("\n");
    dump_labels (profile, &samples[i]);
    dump_stack (profile, &samples[i]);
  }
}

int
main (int argc, char **argv)
{
  ProfError error = PROF_ERROR_INIT;
  ProfProfile *profile;
  if (argc != 2) {
    fprintf (stderr, "usage: dump-profile FILE\n");
    return 2;
  }
  if (prof_pprof_open (argv[1], &profile, &error) < 0) {
    fprintf (stderr, "dump-profile: %s\n", error.message);
    return 1;
  }
  dump (profile);
  prof_profile_unref (profile);
  return 0;
}
