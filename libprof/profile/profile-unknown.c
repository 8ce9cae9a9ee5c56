/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/profile-remap.h"
#include "profile/profile-rows.h"

static uint32_t
find_row (const ProfRemap *remap, const ProfUnknownField *field)
{
  switch (field->table) {
  case PROF_TABLE_SAMPLE:
    return remap->samples[field->row];
  case PROF_TABLE_LABEL:
    return remap->labels[field->row];
  case PROF_TABLE_MAPPING:
    return remap->mappings[field->row];
  case PROF_TABLE_LOCATION:
    return remap->locations[field->row];
  case PROF_TABLE_LINE:
    return remap->lines[field->row];
  case PROF_TABLE_FUNCTION:
    return remap->functions[field->row];
  default:
    return field->row;
  }
}

/* Takes back the last field, which was added just now, if its row had it before. */
static int
drop_if_known (ProfProfile *profile)
{
  uint32_t last = (uint32_t)profile->unknown_fields.n - 1;
  int found = prof_row_index_intern (&profile->unknown_field_index, profile,
                                     &prof_unknown_field_kind, last);
  if (found == (int)last)
    return 0;
  profile->unknown_bytes.n = profile->unknown_fields.items[last].start;
  profile->unknown_fields.n--;
  return found < 0 ? found : 0;
}

int
prof_remap_unknown_fields (ProfRemap *remap)
{
  ProfProfile *to = remap->to;
  prof_vec_foreach (source, &remap->from->unknown_fields) {
    ProfUnknownField field = *source;
    field.row = find_row (remap, source);
    field.start = to->unknown_bytes.n;
    if (field.row == PROF_REMAP_NONE)
      continue;
    if (to->unknown_fields.n >= INT32_MAX)
      return -EOVERFLOW;
    const uint8_t *bytes = remap->from->unknown_bytes.items + source->start;
    if (prof_vec_reserve (&to->unknown_fields, 1) < 0
        || prof_vec_append (&to->unknown_bytes, bytes, source->n_bytes) < 0)
      return -ENOMEM;
    to->unknown_fields.items[to->unknown_fields.n++] = field;
    int r = field.row < remap->n_before[field.table] ? drop_if_known (to) : 0;
    if (r < 0)
      return r;
  }
  return 0;
}
