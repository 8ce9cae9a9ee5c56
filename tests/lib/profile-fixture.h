/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prof/profile.h>

#include "profile/profile-tables.h"
#include "tests.h"

/* Builds profiles from a few words, and writes what is in one as text, for tests. */

static inline ProfProfile *
new_cpu_profile (void)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_profile_add_value_type (profile, "samples", "count"), 0);
  assert_int_equal (prof_profile_add_value_type (profile, "cpu", "nanoseconds"), 1);
  assert_int_equal (prof_profile_set_period (profile, "cpu", "nanoseconds", 10), 0);
  return profile;
}

static inline uint32_t
add_string (ProfProfile *profile, const char *string)
{
  int row = prof_profile_add_string (profile, string);
  assert_true (row >= 0);
  return (uint32_t)row;
}

static inline uint32_t
add_module (ProfProfile *profile, const char *filename, uint64_t start, uint64_t size)
{
  ProfMapping mapping
      = { .start = start, .limit = start + size, .filename = add_string (profile, filename) };
  int row = prof_profile_add_mapping (profile, &mapping);
  assert_true (row > 0);
  return (uint32_t)row;
}

/* A location for "name", or with inlined calls, innermost first, for "inner<outer". A function's
 * file is its name and ".c"; its line 1. */
static inline uint32_t
add_frame (ProfProfile *profile, const char *names)
{
  ProfLine lines[8];
  size_t n = 0;
  char text[256], *saved;
  snprintf (text, sizeof text, "%s", names);
  for (char *name = strtok_r (text, "<", &saved); name != NULL;
       name = strtok_r (NULL, "<", &saved)) {
    char filename[80];
    snprintf (filename, sizeof filename, "%s.c", name);
    ProfFunction function
        = { .name = add_string (profile, name), .filename = add_string (profile, filename) };
    lines[n++] = (ProfLine){ (uint32_t)prof_profile_add_function (profile, &function), 1, 0 };
  }
  int row = prof_profile_add_location (profile, &(ProfLocation){ .address = 0 }, lines, n);
  assert_true (row > 0);
  return (uint32_t)row;
}

/* `stack` is root first: "main;work;leaf"; the values are `value` and 10 times as much. */
static inline uint32_t
add_stack (ProfProfile *profile, const char *stack, int64_t value)
{
  uint32_t locations[64], leaf_first[64];
  size_t n = 0;
  char text[1024], *saved;
  snprintf (text, sizeof text, "%s", stack);
  for (char *name = strtok_r (text, ";", &saved); name != NULL; name = strtok_r (NULL, ";", &saved))
    locations[n++] = add_frame (profile, name);
  for (size_t i = 0; i < n; i++)
    leaf_first[i] = locations[n - 1 - i];
  int row = prof_profile_add_sample (profile, leaf_first, n, (int64_t[]){ value, value * 10 });
  assert_true (row >= 0);
  return (uint32_t)row;
}

static inline void
write_location (FILE *stream, const ProfProfile *profile, uint32_t row)
{
  const ProfLocation *location = &profile->locations.items[row];
  for (uint32_t i = 0; i < location->n_lines; i++) {
    const ProfLine *line = &profile->lines.items[location->first_line + i];
    const ProfFunction *function = &profile->functions.items[line->function];
    fprintf (stream, "%s%s", i == 0 ? "" : "<", prof_profile_get_string (profile, function->name));
  }
  if (location->n_lines == 0 || location->mapping != 0) {
    const ProfMapping *mapping = &profile->mappings.items[location->mapping];
    const char *filename = prof_profile_get_string (profile, mapping->filename);
    fprintf (stream, "[%s 0x%llx]", filename, (unsigned long long)location->address);
  }
}

static inline void
write_label (FILE *stream, const ProfProfile *profile, const ProfLabel *label)
{
  fprintf (stream, " %s=", prof_profile_get_string (profile, label->key));
  if (label->string != 0)
    fprintf (stream, "%s", prof_profile_get_string (profile, label->string));
  else
    fprintf (stream, "%lld%s", (long long)label->number,
             prof_profile_get_string (profile, label->unit));
}

/* All samples, one a line: "main;work;inner<outer 3 30 key=value\n". Free it. */
static inline char *
write_samples (const ProfProfile *profile)
{
  char *text = NULL;
  size_t size;
  FILE *stream = open_memstream (&text, &size);
  for (size_t i = 0; i < profile->samples.n; i++) {
    const ProfSample *sample = &profile->samples.items[i];
    for (uint32_t j = sample->n_locations; j-- > 0;) {
      write_location (stream, profile, profile->stacks.items[sample->first_location + j]);
      fprintf (stream, j == 0 ? "" : ";");
    }
    for (size_t j = 0; j < profile->value_types.n; j++)
      fprintf (stream, " %lld", (long long)profile->values.items[i * profile->value_types.n + j]);
    for (uint32_t j = 0; j < sample->n_labels; j++)
      write_label (stream, profile, &profile->labels.items[sample->first_label + j]);
    fprintf (stream, "\n");
  }
  fclose (stream);
  return text;
}

#define assert_samples(profile, expected)                                                          \
  do {                                                                                             \
    char *text_ = write_samples (profile);                                                         \
    assert_string_equal (text_, expected);                                                         \
    free (text_);                                                                                  \
  } while (0)
