/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/profile-tables.h"
#include "tests.h"

/* All that a profile says, whatever the order of its rows: a line for each stack with labels, and
 * its sums. Samples of which all values are 0 are left out. */

enum { TEXT_MAX_TYPES = 8 };

typedef struct {
  char *key;
  int64_t values[TEXT_MAX_TYPES];
} TextLine;

static inline int
compare_lines (const void *a, const void *b)
{
  return strcmp (((const TextLine *)a)->key, ((const TextLine *)b)->key);
}

static inline int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static inline void
write_text_location (FILE *stream, const ProfProfile *profile, uint32_t row)
{
  const ProfLocation *location = &profile->locations.items[row];
  const ProfMapping *mapping = &profile->mappings.items[location->mapping];
  fprintf (stream, " [%" PRIx64 "%s %s %s %" PRIx64 "-%" PRIx64 "+%" PRIx64 " %d%d%d%d",
           location->address, location->is_folded ? " folded" : "",
           prof_profile_get_string (profile, mapping->filename),
           prof_profile_get_string (profile, mapping->build_id), mapping->start, mapping->limit,
           mapping->offset, mapping->has_functions, mapping->has_filenames,
           mapping->has_line_numbers, mapping->has_inline_frames);
  for (uint32_t i = 0; i < location->n_lines; i++) {
    const ProfLine *line = &profile->lines.items[location->first_line + i];
    const ProfFunction *function = &profile->functions.items[line->function];
    fprintf (stream, "; %s %s %s:%" PRId64 " %" PRId64 ":%" PRId64,
             prof_profile_get_string (profile, function->name),
             prof_profile_get_string (profile, function->system_name),
             prof_profile_get_string (profile, function->filename), function->start_line,
             line->line, line->column);
  }
  fprintf (stream, "]");
}

static inline bool
has_text_key (const ProfProfile *profile, const ProfLabel *label, const char *key)
{
  return strcmp (prof_profile_get_string (profile, label->key), key) == 0;
}

/* OTLP wants times in the profile. */
static inline int64_t
clamp_text_number (const ProfProfile *profile, const ProfLabel *label)
{
  int64_t last_ns = profile->time_ns + profile->duration_ns - 1;
  bool is_late = profile->duration_ns > 0 && label->number > last_ns
                 && has_text_key (profile, label, "end_timestamp_ns");
  return is_late ? last_ns : label->number;
}

static inline char *
make_text_label (const ProfProfile *profile, const ProfLabel *label)
{
  char *text;
  int n = label->string != 0
              ? asprintf (&text, " %s=\"%s\"", prof_profile_get_string (profile, label->key),
                          prof_profile_get_string (profile, label->string))
              : asprintf (&text, " %s=%" PRId64 "%s", prof_profile_get_string (profile, label->key),
                          clamp_text_number (profile, label),
                          prof_profile_get_string (profile, label->unit));
  assert_true (n >= 0);
  return text;
}

static inline bool
is_time_label (const ProfProfile *profile, const ProfLabel *label)
{
  return has_text_key (profile, label, "end_timestamp_ns")
         || has_text_key (profile, label, "freed_timestamp_ns");
}

static inline void
write_text_labels (FILE *stream,
                   const ProfProfile *profile,
                   const ProfSample *sample,
                   bool has_times)
{
  char **texts = calloc (sample->n_labels + 1, sizeof *texts);
  size_t n = 0;
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &profile->labels.items[sample->first_label + i];
    if (has_times || !is_time_label (profile, label))
      texts[n++] = make_text_label (profile, label);
  }
  qsort (texts, n, sizeof *texts, compare_texts);
  for (size_t i = 0; i < n; i++) {
    fprintf (stream, "%s", texts[i]);
    free (texts[i]);
  }
  free (texts);
}

static inline TextLine
make_text_line (const ProfProfile *profile, size_t row, bool has_times)
{
  const ProfSample *sample = &profile->samples.items[row];
  size_t size, n = profile->value_types.n;
  TextLine line = { 0 };
  FILE *stream = open_memstream (&line.key, &size);
  for (uint32_t i = 0; i < sample->n_locations; i++)
    write_text_location (stream, profile, profile->stacks.items[sample->first_location + i]);
  write_text_labels (stream, profile, sample, has_times);
  fclose (stream);
  assert_true (n <= TEXT_MAX_TYPES);
  memcpy (line.values, profile->values.items + row * n, n * sizeof *line.values);
  return line;
}

static inline void
write_text_header (FILE *stream, const ProfProfile *profile)
{
  for (size_t i = 0; i < profile->value_types.n; i++)
    fprintf (stream, "type %s/%s\n",
             prof_profile_get_string (profile, profile->value_types.items[i].type),
             prof_profile_get_string (profile, profile->value_types.items[i].unit));
  fprintf (stream, "default %s, drop %s, keep %s, doc %s\n",
           prof_profile_get_string (profile, profile->default_sample_type),
           prof_profile_get_string (profile, profile->drop_frames),
           prof_profile_get_string (profile, profile->keep_frames),
           prof_profile_get_string (profile, profile->doc_url));
  fprintf (stream, "period %s/%s %" PRId64 ", time %" PRId64 " + %" PRId64 "\n",
           prof_profile_get_string (profile, profile->period_type.type),
           prof_profile_get_string (profile, profile->period_type.unit), profile->period,
           profile->time_ns, profile->duration_ns);
  prof_vec_foreach (comment, &profile->comments)
    fprintf (stream, "comment %s\n", prof_profile_get_string (profile, *comment));
}

static inline void
write_text_lines (FILE *stream, TextLine *lines, size_t n_lines, size_t n_types)
{
  static const int64_t none[TEXT_MAX_TYPES];
  for (size_t i = 0, next; i < n_lines; i = next) {
    for (next = i + 1; next < n_lines && strcmp (lines[next].key, lines[i].key) == 0; next++)
      for (size_t k = 0; k < n_types; k++)
        lines[i].values[k] += lines[next].values[k];
    if (memcmp (lines[i].values, none, sizeof none) == 0)
      continue;
    for (size_t k = 0; k < n_types; k++)
      fprintf (stream, "%" PRId64 " ", lines[i].values[k]);
    fprintf (stream, "%s\n", lines[i].key);
  }
}

/* Free it. Without times samples that differ in their times alone are one. */
static inline char *
write_profile_text (const ProfProfile *profile, bool has_times)
{
  char *text;
  size_t size, n = profile->samples.n;
  TextLine *lines = calloc (n + 1, sizeof *lines);
  FILE *stream = open_memstream (&text, &size);
  write_text_header (stream, profile);
  for (size_t i = 0; i < n; i++)
    lines[i] = make_text_line (profile, i, has_times);
  qsort (lines, n, sizeof *lines, compare_lines);
  write_text_lines (stream, lines, n, profile->value_types.n);
  fclose (stream);
  for (size_t i = 0; i < n; i++)
    free (lines[i].key);
  free (lines);
  return text;
}
