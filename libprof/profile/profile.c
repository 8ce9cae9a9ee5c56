/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "profile/profile-tables.h"

static int
init (ProfProfile *profile)
{
  profile->n_refs = 1;
  int r = prof_string_table_init (&profile->strings);
  if (r < 0)
    return r;
  if (prof_vec_push (&profile->mappings, (ProfMapping){ 0 }) < 0
      || prof_vec_push (&profile->functions, (ProfFunction){ 0 }) < 0
      || prof_vec_push (&profile->locations, (ProfLocation){ 0 }) < 0)
    return -ENOMEM;
  profile->mapping_index.n_indexed = 1;
  profile->function_index.n_indexed = 1;
  profile->location_index.n_indexed = 1;
  profile->module_index.n_indexed = 1;
  return 0;
}

static void
finish (ProfProfile *profile)
{
  prof_string_table_finish (&profile->strings);
  prof_vec_clear (&profile->value_types);
  prof_vec_clear (&profile->samples);
  prof_vec_clear (&profile->stacks);
  prof_vec_clear (&profile->values);
  prof_vec_clear (&profile->labels);
  prof_vec_clear (&profile->locations);
  prof_vec_clear (&profile->lines);
  prof_vec_clear (&profile->functions);
  prof_vec_clear (&profile->mappings);
  prof_vec_clear (&profile->comments);
  prof_vec_clear (&profile->unknown_fields);
  prof_vec_clear (&profile->unknown_bytes);
  prof_vec_clear (&profile->sessions);
  prof_vec_clear (&profile->session_bytes);
  prof_row_index_clear (&profile->mapping_index);
  prof_row_index_clear (&profile->function_index);
  prof_row_index_clear (&profile->location_index);
  prof_row_index_clear (&profile->stack_index);
  prof_row_index_clear (&profile->module_index);
  prof_row_index_clear (&profile->sample_index);
  prof_row_index_clear (&profile->comment_index);
  prof_row_index_clear (&profile->unknown_field_index);
  prof_profile_unref (profile->shared);
}

int
prof_profile_new (ProfProfile **ret)
{
  if (ret == NULL)
    return -EINVAL;
  ProfProfile *profile = calloc (1, sizeof *profile);
  if (profile == NULL)
    return -ENOMEM;
  int r = init (profile);
  if (r < 0) {
    prof_profile_unref (profile);
    return r;
  }
  *ret = profile;
  return 0;
}

ProfProfile *
prof_profile_ref (ProfProfile *profile)
{
  if (profile != NULL)
    __atomic_add_fetch (&profile->n_refs, 1, __ATOMIC_RELAXED);
  return profile;
}

/* Releases before and acquires after the last count: the thread that frees sees what all others
 * wrote while they held theirs. */
ProfProfile *
prof_profile_unref (ProfProfile *profile)
{
  if (profile != NULL && __atomic_sub_fetch (&profile->n_refs, 1, __ATOMIC_ACQ_REL) == 0) {
    finish (profile);
    free (profile);
  }
  return NULL;
}

const char *
prof_profile_get_string (const ProfProfile *profile, uint32_t string)
{
  return prof_string_table_get (&profile->strings, string);
}

size_t
prof_profile_get_string_size (const ProfProfile *profile, uint32_t string)
{
  return prof_string_table_size (&profile->strings, string);
}

size_t
prof_profile_get_n_strings (const ProfProfile *profile)
{
  return prof_string_table_count (&profile->strings);
}

const ProfValueType *
prof_profile_get_value_types (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->value_types.n;
  return profile->value_types.items;
}

const ProfSample *
prof_profile_get_samples (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->samples.n;
  return profile->samples.items;
}

const uint32_t *
prof_profile_get_stacks (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->stacks.n;
  return profile->stacks.items;
}

const int64_t *
prof_profile_get_values (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->values.n;
  return profile->values.items;
}

const ProfLabel *
prof_profile_get_labels (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->labels.n;
  return profile->labels.items;
}

const ProfLocation *
prof_profile_get_locations (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->locations.n;
  return profile->locations.items;
}

const ProfLine *
prof_profile_get_lines (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->lines.n;
  return profile->lines.items;
}

const ProfFunction *
prof_profile_get_functions (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->functions.n;
  return profile->functions.items;
}

const ProfMapping *
prof_profile_get_mappings (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->mappings.n;
  return profile->mappings.items;
}

const uint32_t *
prof_profile_get_comments (const ProfProfile *profile, size_t *ret_n)
{
  *ret_n = profile->comments.n;
  return profile->comments.items;
}

ProfValueType
prof_profile_get_period_type (const ProfProfile *profile)
{
  return profile->period_type;
}

int64_t
prof_profile_get_period (const ProfProfile *profile)
{
  return profile->period;
}

int64_t
prof_profile_get_time_ns (const ProfProfile *profile)
{
  return profile->time_ns;
}

int64_t
prof_profile_get_duration_ns (const ProfProfile *profile)
{
  return profile->duration_ns;
}

uint32_t
prof_profile_get_drop_frames (const ProfProfile *profile)
{
  return profile->drop_frames;
}

uint32_t
prof_profile_get_keep_frames (const ProfProfile *profile)
{
  return profile->keep_frames;
}

uint32_t
prof_profile_get_doc_url (const ProfProfile *profile)
{
  return profile->doc_url;
}

int
prof_profile_find_value_type (const ProfProfile *profile, const char *type)
{
  for (size_t i = 0; i < profile->value_types.n; i++)
    if (strcmp (prof_profile_get_string (profile, profile->value_types.items[i].type), type) == 0)
      return (int)i;
  return -ENOENT;
}

int
prof_profile_get_default_value_type (const ProfProfile *profile)
{
  if (profile->value_types.n == 0)
    return -ENOENT;
  if (profile->default_sample_type != 0) {
    const char *name = prof_profile_get_string (profile, profile->default_sample_type);
    int found = prof_profile_find_value_type (profile, name);
    if (found >= 0)
      return found;
  }
  return (int)profile->value_types.n - 1;
}
