/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/profile-symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/symbolizer.h"

PROF_DEFINE_CLEANUP (ProfSymbolizer *, prof_symbolizer_free)

#define MAX_INLINED 128

typedef struct {
  ProfProfile *profile;
  const ProfStackTables *tables;
  ProfSymbolizer *symbolizer;
  uint32_t *mappings; /* by module; 0: none yet */
} Adder;

/* ---- mappings ---- */

static int
add_mapping (Adder *adder, const ProfModule *module)
{
  int filename = prof_profile_add_string (adder->profile, module->kind == PROF_MODULE_KERNEL
                                                              ? "[kernel.kallsyms]"
                                                              : module->path);
  int build_id
      = prof_profile_add_string (adder->profile, module->build_id != NULL ? module->build_id : "");
  if (filename < 0 || build_id < 0)
    return -ENOMEM;
  ProfSymbolLevel level = prof_symbolizer_get_level (adder->symbolizer, module);
  ProfMapping mapping = {
    .start = module->map_start,
    .limit = module->map_limit,
    .offset = module->map_offset,
    .filename = (uint32_t)filename,
    .build_id = (uint32_t)build_id,
    .has_functions = level > PROF_SYMBOLS_NONE,
    .has_filenames = level == PROF_SYMBOLS_LINES,
    .has_line_numbers = level == PROF_SYMBOLS_LINES,
    .has_inline_frames = level == PROF_SYMBOLS_LINES,
  };
  return prof_profile_add_mapping (adder->profile, &mapping);
}

static int
get_mapping (Adder *adder, const ProfModule *module)
{
  if (adder->mappings[module->id] == 0) {
    int mapping = add_mapping (adder, module);
    if (mapping < 0)
      return mapping;
    adder->mappings[module->id] = (uint32_t)mapping;
  }
  return (int)adder->mappings[module->id];
}

/* pprof takes the first mapping for the main program. */
static int
add_main_mapping (Adder *adder)
{
  prof_vec_foreach (module, &adder->tables->modules) {
    if (adder->tables->main_path != NULL && strcmp ((*module)->path, adder->tables->main_path) == 0)
      return get_mapping (adder, *module);
  }
  return 0;
}

/* ---- locations ---- */

static int
add_function (ProfProfile *profile, const ProfSymbol *symbol)
{
  int name = prof_profile_add_string (profile, symbol->name);
  int system_name = prof_profile_add_string (profile, symbol->system_name);
  int filename = prof_profile_add_string (profile, symbol->filename);
  if (name < 0 || system_name < 0 || filename < 0)
    return -ENOMEM;
  ProfFunction function = { .name = (uint32_t)name,
                            .system_name = (uint32_t)system_name,
                            .filename = (uint32_t)filename,
                            .start_line = symbol->start_line };
  return prof_profile_add_function (profile, &function);
}

static int
add_lines (Adder *adder, const ProfModule *module, uint64_t address, ProfLine *lines)
{
  ProfSymbol symbols[MAX_INLINED];
  int n = prof_symbolizer_lookup (adder->symbolizer, module, address, symbols, MAX_INLINED);
  for (int i = 0; i < n; i++) {
    int function = add_function (adder->profile, &symbols[i]);
    if (function < 0)
      return function;
    lines[i] = (ProfLine){ .function = (uint32_t)function,
                           .line = symbols[i].line,
                           .column = symbols[i].column };
  }
  return n;
}

/* Of a file's offset, the address it had where the file was first mapped. */
static uint64_t
get_run_time_address (const ProfModule *module, uint64_t address)
{
  if (module->kind != PROF_MODULE_FILE && module->kind != PROF_MODULE_VDSO)
    return address;
  return address - module->map_offset + module->map_start;
}

static int
add_location (Adder *adder, const ProfFrame *frame)
{
  const ProfModule *module = adder->tables->modules.items[frame->module];
  ProfLine lines[MAX_INLINED];
  int n_lines = add_lines (adder, module, frame->address, lines);
  int mapping = n_lines < 0 ? n_lines : get_mapping (adder, module);
  if (mapping < 0)
    return mapping;
  ProfLocation location
      = { .address = get_run_time_address (module, frame->address), .mapping = (uint32_t)mapping };
  return prof_profile_add_location (adder->profile, &location, lines, (size_t)n_lines);
}

/* ---- the order of look-ups: module by module, address by address ---- */

typedef struct {
  ProfFrame frame;
  uint32_t number;
} NumberedFrame;

static int
compare_frames (const void *a, const void *b)
{
  const ProfFrame *x = &((const NumberedFrame *)a)->frame, *y = &((const NumberedFrame *)b)->frame;
  if (x->module != y->module)
    return x->module < y->module ? -1 : 1;
  return (x->address > y->address) - (x->address < y->address);
}

static NumberedFrame *
sort_frames (const ProfStackTables *tables)
{
  NumberedFrame *sorted = calloc (tables->frames.n + 1, sizeof *sorted);
  if (sorted == NULL)
    return NULL;
  for (size_t i = 0; i < tables->frames.n; i++)
    sorted[i] = (NumberedFrame){ tables->frames.items[i], (uint32_t)i };
  qsort (sorted, tables->frames.n, sizeof *sorted, compare_frames);
  return sorted;
}

static int
add_locations (Adder *adder, uint32_t *locations)
{
  cleanup (prof_free) NumberedFrame *sorted = sort_frames (adder->tables);
  if (sorted == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < adder->tables->frames.n; i++) {
    int location = add_location (adder, &sorted[i].frame);
    if (location < 0)
      return location;
    locations[sorted[i].number] = (uint32_t)location;
  }
  return 0;
}

int
prof_profile_open_symbolizer (const char *cache_directory, int kallsyms_fd, ProfSymbolizer **ret)
{
  ProfSymbolizerConfig config = {
    .wants_lines = true,
    .cache_directory = cache_directory,
    .kallsyms_fd = kallsyms_fd,
  };
  return prof_symbolizer_new (&config, ret);
}

int
prof_profile_add_symbols (ProfProfile *profile,
                          const ProfStackTables *tables,
                          ProfSymbolizer *symbolizer,
                          const char *cache_directory,
                          int kallsyms_fd,
                          uint32_t *locations,
                          ProfProfileMakerStats *ret_stats)
{
  cleanup (prof_symbolizer_free) ProfSymbolizer *own = NULL;
  int r
      = symbolizer == NULL ? prof_profile_open_symbolizer (cache_directory, kallsyms_fd, &own) : 0;
  if (r < 0)
    return r;
  cleanup (prof_free) uint32_t *mappings = calloc (tables->modules.n + 1, sizeof *mappings);
  if (mappings == NULL)
    return -ENOMEM;
  Adder adder = { profile, tables, own != NULL ? own : symbolizer, mappings };
  if ((r = add_main_mapping (&adder)) < 0 || (r = add_locations (&adder, locations)) < 0)
    return r;
  size_t n_functions, n_locations;
  prof_profile_get_functions (profile, &n_functions);
  prof_profile_get_locations (profile, &n_locations);
  *ret_stats = (ProfProfileMakerStats){ n_functions - 1, n_locations - 1 };
  return 0;
}
