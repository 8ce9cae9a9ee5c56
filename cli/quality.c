/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "quality.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"

const char *
get_end_name (StackEnd end)
{
  static const char *const names[N_ENDS]
      = { N_ ("root"),           N_ ("depth limit"), N_ ("stack slice ended"),
          N_ ("no unwind data"), N_ ("bad read"),    N_ ("loop"),
          N_ ("other") };
  return names[end];
}

const char *
get_source_name (SymbolSource source)
{
  static const char *const names[] = { N_ ("none"), N_ ("names"), N_ ("lines") };
  return names[source];
}

uint64_t
get_n_broken (const uint64_t ends[N_ENDS])
{
  uint64_t n = 0;
  for (int end = END_SLICE; end < N_ENDS; end++)
    n += ends[end];
  return n;
}

/* ---- modules ---- */

/* There are some hundreds at most. */
static ModuleQuality *
get_module (Quality *quality, const char *name)
{
  for (size_t i = 0; i < quality->n_modules; i++)
    if (strcmp (quality->modules[i].module, name) == 0)
      return &quality->modules[i];
  quality->modules[quality->n_modules] = (ModuleQuality){ .module = name, .build_id = "" };
  return &quality->modules[quality->n_modules++];
}

/* The module of each mapping, by its row; there may be several mappings of one. */
static size_t *
list_mappings (const ProfProfile *profile, Quality *quality)
{
  size_t n;
  const ProfMapping *mappings = prof_profile_get_mappings (profile, &n);
  size_t *modules = calloc (n, sizeof *modules);
  for (size_t i = 0; i < n && modules != NULL; i++) {
    const char *name = prof_profile_get_string (profile, mappings[i].filename);
    ModuleQuality *module = get_module (quality, name);
    module->build_id = prof_profile_get_string (profile, mappings[i].build_id);
    modules[i] = (size_t)(module - quality->modules);
  }
  return modules;
}

/* ---- frames ---- */

/* "libx.so+0x1000" is where a function begins that has no name. */
static bool
is_place (const char *name, const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *module = slash != NULL ? slash + 1 : path;
  size_t n = strlen (module);
  return strncmp (name, module, n) == 0 && strncmp (name + n, "+0x", 3) == 0;
}

/* What is known of a frame, whatever the mapping says of itself. */
static SymbolSource
get_source (const ProfProfile *profile, const ProfLocation *location, const char *module)
{
  size_t n;
  if (location->n_lines == 0)
    return SYMBOLS_NONE;
  const ProfLine *outermost
      = &prof_profile_get_lines (profile, &n)[location->first_line + location->n_lines - 1];
  const ProfFunction *function = &prof_profile_get_functions (profile, &n)[outermost->function];
  const char *name = prof_profile_get_string (profile, function->name);
  if (name[0] == '\0' || is_place (name, module))
    return SYMBOLS_NONE;
  return outermost->line > 0 ? SYMBOLS_LINES : SYMBOLS_NAMES;
}

/* What a sample stands for, by the first sample type that counts. -1: there is none. */
static int
find_count_type (const ProfProfile *profile)
{
  size_t n;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n);
  for (size_t i = 0; i < n; i++)
    if (strcmp (prof_profile_get_string (profile, types[i].unit), "count") == 0)
      return (int)i;
  return -1;
}

static void
count_frames (const ProfProfile *profile,
              const ProfSample *sample,
              uint64_t count,
              const size_t *modules,
              Quality *quality)
{
  size_t n;
  const uint32_t *stack = prof_profile_get_stacks (profile, &n) + sample->first_location;
  const ProfLocation *locations = prof_profile_get_locations (profile, &n);
  for (uint32_t i = 0; i < sample->n_locations; i++) {
    const ProfLocation *location = &locations[stack[i]];
    ModuleQuality *module = &quality->modules[modules[location->mapping]];
    SymbolSource source = get_source (profile, location, module->module);
    bool lacks_name = source == SYMBOLS_NONE;
    if (source > module->symbols)
      module->symbols = source;
    module->samples += i == 0 ? count : 0;
    module->frames += count;
    module->nameless += lacks_name ? count : 0;
    quality->frames += count;
    quality->nameless += lacks_name ? count : 0;
  }
}

static void
count_samples (const ProfProfile *profile, const size_t *modules, Quality *quality)
{
  size_t n_samples, n_types, n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n);
  int type = find_count_type (profile);
  prof_profile_get_value_types (profile, &n_types);
  for (size_t i = 0; i < n_samples; i++) {
    int64_t count = type < 0 ? 1 : values[i * n_types + (size_t)type];
    if (count <= 0)
      continue;
    quality->samples += (uint64_t)count;
    count_frames (profile, &samples[i], (uint64_t)count, modules, quality);
  }
}

/* ---- stacks ---- */

static StackEnd
find_end (const char *reason)
{
  for (int end = 0; end < END_OTHER; end++)
    if (strcmp (reason, get_end_name (end)) == 0)
      return (StackEnd)end;
  return END_OTHER;
}

static void
count_ends (const ProfSession *session, Quality *quality)
{
  for (size_t i = 0; i < session->n_stack_ends; i++) {
    const ProfSessionStackEnd *ending = &session->stack_ends[i];
    StackEnd end = find_end (ending->reason);
    get_module (quality, ending->module)->ends[end] += ending->n_stacks;
    quality->ends[end] += ending->n_stacks;
    quality->stacks += ending->n_stacks;
  }
}

/* Those that can be read. */
static int
read_sessions (const ProfProfile *profile, Quality *quality, size_t *ret_n_ends)
{
  size_t n = prof_profile_get_n_sessions (profile);
  *ret_n_ends = 0;
  quality->sessions = calloc (n + 1, sizeof *quality->sessions);
  for (size_t i = 0; i < n && quality->sessions != NULL; i++) {
    ProfSession **session = &quality->sessions[quality->n_sessions];
    if (prof_profile_get_session (profile, i, session, NULL) < 0)
      continue;
    *ret_n_ends += (*session)->n_stack_ends;
    quality->n_sessions++;
  }
  return quality->sessions != NULL ? 0 : -1;
}

/* ---- the whole ---- */

static int
compare (const void *a, const void *b)
{
  const ModuleQuality *x = a, *y = b;
  if (x->samples != y->samples)
    return x->samples > y->samples ? -1 : 1;
  uint64_t x_broken = get_n_broken (x->ends), y_broken = get_n_broken (y->ends);
  return x_broken != y_broken ? (x_broken > y_broken ? -1 : 1) : strcmp (x->module, y->module);
}

/* Mappings that no stack goes through say nothing. */
static void
drop_unused (Quality *quality)
{
  size_t n = 0;
  for (size_t i = 0; i < quality->n_modules; i++) {
    const ModuleQuality *module = &quality->modules[i];
    if (module->frames > 0 || module->ends[END_ROOT] > 0 || module->ends[END_DEPTH_LIMIT] > 0
        || get_n_broken (module->ends) > 0)
      quality->modules[n++] = *module;
  }
  quality->n_modules = n;
}

int
measure_quality (ProfProfile *profile, Quality *ret)
{
  size_t n_ends, n_mappings;
  *ret = (Quality){ 0 };
  prof_profile_get_mappings (profile, &n_mappings);
  if (read_sessions (profile, ret, &n_ends) < 0)
    return -1;
  ret->modules = calloc (n_mappings + n_ends + 1, sizeof *ret->modules);
  if (ret->modules == NULL)
    return -1;
  cleanup (free) size_t *modules = list_mappings (profile, ret);
  if (modules == NULL)
    return -1;
  count_samples (profile, modules, ret);
  for (size_t i = 0; i < ret->n_sessions; i++)
    count_ends (ret->sessions[i], ret);
  drop_unused (ret);
  qsort (ret->modules, ret->n_modules, sizeof *ret->modules, compare);
  return 0;
}

void
clear_quality (Quality *quality)
{
  for (size_t i = 0; i < quality->n_sessions; i++)
    prof_session_free (quality->sessions[i]);
  free (quality->sessions);
  free (quality->modules);
  *quality = (Quality){ 0 };
}
