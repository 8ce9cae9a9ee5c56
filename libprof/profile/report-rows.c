/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/report-rows.h"

#include "base/hash.h"
#include "profile/frame.h"

/* What makes functions of a report the same: strings of the report. */
typedef struct {
  uint32_t name, filename, module; /* module 0 if the file name is known */
} Key;

/* The mapping in which a function of the profile was last seen, and 1 + its row; 0: nowhere yet. */
typedef struct {
  uint32_t mapping, row_plus_1;
} Latest;

typedef struct {
  ProfReport *report;
  PROF_VEC (Key) keys; /* of report->functions, whose strings are set when no more are added */
  PROF_VEC (uint32_t) modules;
  ProfHashIndex index;
  uint32_t *strings; /* by string of the profile: 1 + the report's; 0: not interned yet */
  Latest *latest;    /* by function of the profile */
} Builder;

static bool
key_equals (const void *keys, uint32_t row, const void *key)
{
  const Key *a = (const Key *)keys + row, *b = key;
  return a->name == b->name && a->filename == b->filename && a->module == b->module;
}

static int
find_or_add (Builder *builder, const Key *key, uint32_t module, const ProfReportFunction *function)
{
  ProfReport *report = builder->report;
  uint64_t hash = prof_hash_word (key->module, (uint64_t)key->name << 32 | key->filename);
  uint32_t found
      = prof_hash_index_find (&builder->index, hash, key_equals, builder->keys.items, key);
  if (found == PROF_HASH_INDEX_NONE) {
    found = (uint32_t)report->functions.n;
    if (prof_vec_push (&builder->keys, *key) < 0 || prof_vec_push (&builder->modules, module) < 0
        || prof_vec_push (&report->functions, *function) < 0
        || prof_hash_index_add (&builder->index, hash, found) < 0)
      return -ENOMEM;
  }
  return (int)found;
}

static int
intern (Builder *builder, uint32_t profile_string)
{
  uint32_t *known = &builder->strings[profile_string];
  if (*known != 0)
    return (int)(*known - 1);
  const ProfStringTable *strings = &builder->report->profile->strings;
  int string = prof_string_table_intern (&builder->report->strings,
                                         prof_string_table_get (strings, profile_string),
                                         prof_string_table_size (strings, profile_string));
  if (string >= 0)
    *known = (uint32_t)string + 1;
  return string;
}

static int
intern_address (ProfReport *report, const ProfLocation *location)
{
  char text[PROF_FRAME_ADDRESS_SIZE];
  size_t n = prof_frame_name_address (report->profile, location, text, sizeof text);
  return prof_string_table_intern (&report->strings, text, n);
}

/* A location without lines, or a line whose function has no name. */
static int
add_address (Builder *builder, const ProfLocation *location)
{
  ProfReport *report = builder->report;
  int name = intern_address (report, location);
  int module = intern (builder, report->profile->mappings.items[location->mapping].filename);
  if (name < 0 || module < 0)
    return name < 0 ? name : module;
  Key key = { .name = (uint32_t)name, .module = (uint32_t)module };
  ProfReportFunction function = { .mapping = location->mapping };
  return find_or_add (builder, &key, (uint32_t)module, &function);
}

static int
add_function (Builder *builder, const ProfLocation *location, uint32_t function_row)
{
  ProfReport *report = builder->report;
  const ProfFunction *f = &report->profile->functions.items[function_row];
  uint32_t f_name = prof_frame_get_name (report->profile, function_row);
  if (f_name == 0)
    return add_address (builder, location);
  int name = intern (builder, f_name), filename = intern (builder, f->filename);
  int module = intern (builder, report->profile->mappings.items[location->mapping].filename);
  if (name < 0 || filename < 0 || module < 0)
    return name < 0 ? name : filename < 0 ? filename : module;
  Key key = { .name = (uint32_t)name, .filename = (uint32_t)filename };
  if (filename == 0)
    key.module = (uint32_t)module;
  ProfReportFunction function = { .function = function_row, .mapping = location->mapping };
  int row = find_or_add (builder, &key, (uint32_t)module, &function);
  if (row >= 0)
    builder->latest[function_row] = (Latest){ location->mapping, (uint32_t)row + 1 };
  return row;
}

static int
add_line (Builder *builder, const ProfLocation *location, uint32_t function_row)
{
  Latest latest = builder->latest[function_row];
  if (latest.row_plus_1 != 0 && latest.mapping == location->mapping)
    return (int)latest.row_plus_1 - 1;
  return add_function (builder, location, function_row);
}

static int
push_frame (Builder *builder, int row)
{
  return row < 0 ? row : prof_vec_push (&builder->report->frames, (uint32_t)row);
}

static int
add_location (Builder *builder, uint32_t row)
{
  ProfReport *report = builder->report;
  const ProfLocation *location = &report->profile->locations.items[row];
  const ProfLine *lines = report->profile->lines.items + location->first_line;
  size_t first = report->frames.n;
  int r = location->n_lines == 0 ? push_frame (builder, add_address (builder, location)) : 0;
  for (uint32_t i = 0; r == 0 && i < location->n_lines; i++)
    r = push_frame (builder, add_line (builder, location, lines[i].function));
  if (r == 0 && report->frames.n > UINT32_MAX)
    r = -EOVERFLOW;
  report->location_frames[row]
      = (ProfReportFrames){ (uint32_t)first, (uint32_t)(report->frames.n - first) };
  return r;
}

static void
set_strings (Builder *builder)
{
  const ProfStringTable *strings = &builder->report->strings;
  for (size_t i = 0; i < builder->keys.n; i++) {
    ProfReportFunction *function = &builder->report->functions.items[i];
    function->name = prof_string_table_get (strings, builder->keys.items[i].name);
    function->filename = prof_string_table_get (strings, builder->keys.items[i].filename);
    function->module = prof_string_table_get (strings, builder->modules.items[i]);
  }
}

/* So that a selection shows no functions of what was left out. */
static void
mark_locations (ProfReport *report)
{
  prof_vec_foreach (stack, &report->stacks) {
    const uint32_t *locations = report->profile->stacks.items + stack->first_location;
    for (uint32_t i = 0; i < stack->n_locations; i++)
      report->location_frames[locations[i]].n = 1;
  }
}

static int
add_all (Builder *builder)
{
  ProfReport *report = builder->report;
  const ProfProfile *profile = report->profile;
  mark_locations (report);
  for (uint32_t row = 0; row < profile->locations.n; row++) {
    int r = report->location_frames[row].n > 0 ? add_location (builder, row) : 0;
    if (r < 0)
      return r;
  }
  set_strings (builder);
  return prof_frame_check_expansion (profile);
}

int
prof_report_build_rows (ProfReport *report)
{
  const ProfProfile *profile = report->profile;
  Builder builder = {
    .report = report,
    .strings = calloc (prof_string_table_count (&profile->strings), sizeof *builder.strings),
    .latest = calloc (profile->functions.n, sizeof *builder.latest),
  };
  report->location_frames = calloc (profile->locations.n, sizeof *report->location_frames);
  int r = -ENOMEM;
  if (report->location_frames != NULL && builder.strings != NULL && builder.latest != NULL)
    r = add_all (&builder);
  prof_vec_clear (&builder.keys);
  prof_vec_clear (&builder.modules);
  prof_hash_index_clear (&builder.index);
  free (builder.strings);
  free (builder.latest);
  return r;
}
