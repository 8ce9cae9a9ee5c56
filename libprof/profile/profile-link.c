/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/trace.h>

#include <errno.h>
#include <stdlib.h>

#include "profile/profile-tables.h"
#include "trace/trace-ids.h"

/* The labels that will replace those of the profile. */
typedef struct {
  PROF_VEC (ProfLabel) labels;
  uint32_t *moved; /* rows of the old labels in the new table */
  ProfLabel trace_id, span_id;
} Linker;

static int
make_label (ProfProfile *profile, const char *key, const uint8_t *id, size_t n, ProfLabel *ret)
{
  char text[PROF_TRACE_ID_TEXT];
  prof_trace_format_id (id, n, text);
  int key_string = prof_profile_add_string (profile, key);
  int value = key_string < 0 ? key_string : prof_profile_add_string (profile, text);
  if (value < 0)
    return value;
  *ret = (ProfLabel){ .key = (uint32_t)key_string, .string = (uint32_t)value };
  return 0;
}

static bool
is_linked (const Linker *linker, const ProfProfile *profile, const ProfSample *sample)
{
  const ProfLabel *labels = profile->labels.items;
  for (uint32_t i = 0; i < sample->n_labels; i++)
    if (labels[sample->first_label + i].key == linker->trace_id.key)
      return true;
  return false;
}

/* There is room. */
static void
copy_labels (Linker *linker, const ProfProfile *profile, const ProfSample *sample)
{
  for (uint32_t i = sample->first_label; i < sample->first_label + sample->n_labels; i++) {
    linker->moved[i] = (uint32_t)linker->labels.n;
    linker->labels.items[linker->labels.n++] = profile->labels.items[i];
  }
  if (is_linked (linker, profile, sample))
    return;
  linker->labels.items[linker->labels.n++] = linker->trace_id;
  linker->labels.items[linker->labels.n++] = linker->span_id;
}

static void
replace_labels (Linker *linker, ProfProfile *profile)
{
  prof_vec_foreach (sample, &profile->samples) {
    uint32_t first = (uint32_t)linker->labels.n;
    copy_labels (linker, profile, sample);
    sample->first_label = first;
    sample->n_labels = (uint32_t)linker->labels.n - first;
  }
  prof_vec_foreach (field, &profile->unknown_fields) {
    if (field->table == PROF_TABLE_LABEL)
      field->row = linker->moved[field->row];
  }
  prof_vec_clear (&profile->labels);
  profile->labels.items = steal (&linker->labels.items);
  profile->labels.n = linker->labels.n;
  profile->labels.n_allocated = linker->labels.n_allocated;
  prof_row_index_clear (&profile->sample_index);
  prof_row_index_clear (&profile->unknown_field_index);
}

static int
link_samples (Linker *linker, ProfProfile *profile)
{
  size_t n_most = 2 * profile->samples.n;
  prof_vec_foreach (sample, &profile->samples) {
    n_most += sample->n_labels;
  }
  if (n_most > INT32_MAX)
    return -EOVERFLOW;
  linker->moved = calloc (profile->labels.n + 1, sizeof *linker->moved);
  if (linker->moved == NULL || prof_vec_reserve (&linker->labels, n_most) < 0)
    return -ENOMEM;
  replace_labels (linker, profile);
  return 0;
}

int
prof_profile_link_trace (ProfProfile *profile, const ProfTraceLink *link)
{
  if (profile == NULL || link == NULL || prof_trace_link_is_none (link))
    return -EINVAL;
  Linker linker = { .moved = NULL };
  int r = make_label (profile, "trace_id", link->trace_id, sizeof link->trace_id, &linker.trace_id);
  if (r == 0)
    r = make_label (profile, "span_id", link->span_id, sizeof link->span_id, &linker.span_id);
  if (r == 0)
    r = link_samples (&linker, profile);
  prof_vec_clear (&linker.labels);
  free (linker.moved);
  return r;
}

int
prof_profile_link_current_trace (ProfProfile *profile)
{
  ProfTraceLink link;
  return prof_trace_get_current (&link) ? prof_profile_link_trace (profile, &link) : -ENOENT;
}
