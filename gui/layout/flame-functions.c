/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-functions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The mapping in which a function of the profile was last seen, and 1 + what it is; 0: nowhere. */
typedef struct {
  uint32_t mapping, item_plus_1;
} Latest;

typedef struct {
  PyroFlameFunctions *functions;
  const ProfLocation *locations;
  const ProfLine *lines;
  const ProfFunction *rows;
  const ProfMapping *mappings;
  uint32_t *slots; /* open addressing: function + 1; 0 is free */
  size_t n_slots;  /* a power of two */
  Latest *latest;  /* by function of the profile */
  size_t n_allocated;
} Builder;

static uint32_t
hash_string (const char *text)
{
  uint32_t sum = 2166136261u;
  for (; *text != '\0'; text++)
    sum = (sum ^ (unsigned char)*text) * 16777619u;
  return sum ^ sum >> 15;
}

static bool
is_kernel (const char *module)
{
  size_t n = strlen (module);
  return strncmp (module, "[kernel", 7) == 0 || (n > 3 && strcmp (module + n - 3, ".ko") == 0);
}

static bool
is_same (const PyroFlameFunction *a, const PyroFlameFunction *b)
{
  return a->hash == b->hash && strcmp (a->name, b->name) == 0
         && strcmp (a->filename, b->filename) == 0
         && (*a->filename != '\0' || strcmp (a->module, b->module) == 0);
}

static int
append (Builder *builder, const PyroFlameFunction *function)
{
  PyroFlameFunctions *functions = builder->functions;
  if (functions->n == builder->n_allocated) {
    size_t n = builder->n_allocated == 0 ? 256 : builder->n_allocated * 2;
    PyroFlameFunction *items = realloc (functions->items, n * sizeof *items);
    if (items == NULL)
      return -ENOMEM;
    functions->items = items;
    builder->n_allocated = n;
  }
  functions->items[functions->n++] = *function;
  return 0;
}

/* There are fewer functions than half of the slots. */
static int
find_or_append (Builder *builder, const PyroFlameFunction *function, uint32_t *ret)
{
  const char *place = *function->filename != '\0' ? function->filename : function->module;
  size_t slot = (function->hash ^ hash_string (place) * 31u) & (builder->n_slots - 1);
  while (builder->slots[slot] != 0) {
    *ret = builder->slots[slot] - 1;
    if (is_same (&builder->functions->items[*ret], function))
      return 0;
    slot = (slot + 1) & (builder->n_slots - 1);
  }
  *ret = builder->functions->n;
  builder->slots[slot] = *ret + 1;
  return append (builder, function);
}

static const char *
get_base_name (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash == NULL ? path : slash + 1;
}

static void
set_module (const Builder *builder, const ProfLocation *location, PyroFlameFunction *function)
{
  const ProfMapping *mapping = &builder->mappings[location->mapping];
  function->module = prof_profile_get_string (builder->functions->profile, mapping->filename);
  function->module_hash = hash_string (function->module);
  if (is_kernel (function->module))
    function->kind = PYRO_FLAME_KIND_KERNEL;
  else if (location->mapping > 1)
    function->kind = PYRO_FLAME_KIND_LIBRARY;
}

static int
add_address (Builder *builder, const ProfLocation *location, uint32_t *ret)
{
  PyroFlameFunction function = { .filename = "" };
  set_module (builder, location, &function);
  const ProfMapping *mapping = &builder->mappings[location->mapping];
  char name[160];
  if (*function.module == '\0')
    snprintf (name, sizeof name, "0x%" PRIx64, location->address);
  else
    snprintf (name, sizeof name, "%.100s+0x%" PRIx64, get_base_name (function.module),
              location->address - mapping->start + mapping->offset);
  function.name = name;
  function.hash = hash_string (name);
  if (function.kind != PYRO_FLAME_KIND_KERNEL)
    function.kind = PYRO_FLAME_KIND_UNKNOWN;
  uint32_t n_before = builder->functions->n;
  int r = find_or_append (builder, &function, ret);
  if (r < 0 || builder->functions->n == n_before)
    return r;
  PyroFlameFunction *added = &builder->functions->items[*ret];
  added->name = strdup (name);
  added->is_name_owned = true;
  return added->name == NULL ? -ENOMEM : 0;
}

static int
add_function (Builder *builder, const ProfLocation *location, const ProfLine *line, uint32_t *ret)
{
  const ProfFunction *row = &builder->rows[line->function];
  const ProfProfile *profile = builder->functions->profile;
  const char *name = prof_profile_get_string (profile, row->name);
  if (*name == '\0')
    name = prof_profile_get_string (profile, row->system_name);
  if (*name == '\0')
    return add_address (builder, location, ret);
  PyroFlameFunction function = {
    .name = name,
    .filename = prof_profile_get_string (profile, row->filename),
    .line = row->start_line > 0 ? row->start_line : line->line,
    .hash = hash_string (name),
  };
  set_module (builder, location, &function);
  int r = find_or_append (builder, &function, ret);
  if (r == 0)
    builder->latest[line->function] = (Latest){ location->mapping, *ret + 1 };
  return r;
}

/* Most lines are of a function that was seen in the same mapping before. */
static int
add_line (Builder *builder, const ProfLocation *location, const ProfLine *line, uint32_t *ret)
{
  Latest latest = builder->latest[line->function];
  if (latest.item_plus_1 == 0 || latest.mapping != location->mapping)
    return add_function (builder, location, line, ret);
  *ret = latest.item_plus_1 - 1;
  return 0;
}

static int
add_location (Builder *builder, const ProfLocation *location, uint32_t *ret)
{
  if (location->n_lines == 0)
    return add_address (builder, location, ret);
  int r = 0;
  for (uint32_t i = 0; r == 0 && i < location->n_lines; i++)
    r = add_line (builder, location, &builder->lines[location->first_line + i], ret + i);
  return r;
}

static int
add_locations (Builder *builder, size_t n_locations)
{
  PyroFlameFunctions *functions = builder->functions;
  uint32_t n_frames = 0;
  for (size_t i = 0; i < n_locations; i++) {
    functions->starts[i] = n_frames;
    int r = add_location (builder, &builder->locations[i], functions->frames + n_frames);
    if (r < 0)
      return r;
    uint32_t n = builder->locations[i].n_lines == 0 ? 1 : builder->locations[i].n_lines;
    n_frames += n;
    functions->only[i] = n == 1 ? functions->frames[functions->starts[i]] : PYRO_FLAME_SEVERAL;
    if (n > functions->max_lines)
      functions->max_lines = n;
  }
  functions->starts[n_locations] = n_frames;
  return 0;
}

static int
build (Builder *builder, size_t n_locations)
{
  PyroFlameFunctions *functions = builder->functions;
  uint64_t n_frames = 0;
  for (size_t i = 0; i < n_locations; i++)
    n_frames += builder->locations[i].n_lines == 0 ? 1 : builder->locations[i].n_lines;
  if (n_frames > INT32_MAX)
    return -EFBIG;
  for (builder->n_slots = 1024; builder->n_slots < n_frames * 2;)
    builder->n_slots *= 2;
  functions->frames = malloc ((n_frames + 1) * sizeof *functions->frames);
  functions->starts = malloc ((n_locations + 1) * sizeof *functions->starts);
  functions->only = malloc ((n_locations + 1) * sizeof *functions->only);
  builder->slots = calloc (builder->n_slots, sizeof *builder->slots);
  if (functions->only == NULL || functions->frames == NULL || functions->starts == NULL
      || builder->slots == NULL)
    return -ENOMEM;
  return add_locations (builder, n_locations);
}

int
pyro_flame_functions_init (PyroFlameFunctions *functions, ProfProfile *profile)
{
  *functions = (PyroFlameFunctions){ .profile = prof_profile_ref (profile) };
  size_t n_locations, n_rows, n;
  Builder builder = {
    .functions = functions,
    .locations = prof_profile_get_locations (profile, &n_locations),
    .lines = prof_profile_get_lines (profile, &n),
    .rows = prof_profile_get_functions (profile, &n_rows),
    .mappings = prof_profile_get_mappings (profile, &n),
  };
  builder.latest = calloc (n_rows, sizeof *builder.latest);
  int r = builder.latest == NULL ? -ENOMEM : build (&builder, n_locations);
  free (builder.latest);
  free (builder.slots);
  if (r < 0)
    pyro_flame_functions_finish (functions);
  return r;
}

void
pyro_flame_functions_finish (PyroFlameFunctions *functions)
{
  for (uint32_t i = 0; i < functions->n; i++)
    if (functions->items[i].is_name_owned)
      free ((char *)functions->items[i].name);
  free (functions->items);
  free (functions->frames);
  free (functions->starts);
  free (functions->only);
  if (functions->profile != NULL)
    prof_profile_unref (functions->profile);
  *functions = (PyroFlameFunctions){ 0 };
}
