/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "quality.h"
#include "report-view.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

/* The kernel copies less than 64 KiB of a stack. */
enum { MAX_STACK_BYTES = 65528, MAX_REMEDIES = 8, MAX_REMEDY = 512 };

/* ---- what would help ---- */

typedef struct {
  char items[MAX_REMEDIES][MAX_REMEDY];
  size_t n;
} Remedies;

static void __attribute__ ((format (printf, 2, 3)))
add_remedy (Remedies *remedies, const char *format, ...)
{
  if (remedies->n == MAX_REMEDIES)
    return;
  va_list args;
  va_start (args, format);
  vsnprintf (remedies->items[remedies->n++], MAX_REMEDY, _ (format), args);
  va_end (args);
}

/* At least one in a hundred. */
static bool
is_notable (uint64_t part, uint64_t whole)
{
  return part > 0 && part >= whole / 100;
}

static uint32_t
get_stack_bytes (const Quality *quality)
{
  uint32_t most = 0;
  for (size_t i = 0; i < quality->n_sessions; i++)
    if (quality->sessions[i]->stack_bytes > most)
      most = quality->sessions[i]->stack_bytes;
  return most;
}

static void
find_stack_remedies (const Quality *quality, Remedies *remedies)
{
  bool is_largest = get_stack_bytes (quality) >= MAX_STACK_BYTES;
  if (is_notable (quality->ends[END_SLICE], quality->stacks))
    add_remedy (remedies, "%s of the stacks are larger than the part that was copied: %s",
                format_percent ((double)quality->ends[END_SLICE], (double)quality->stacks).text,
                is_largest
                    ? _ ("no more can be; build with frame pointers, and record with --unwind fp")
                    : _ ("record with --stack-size 65528"));
  if (is_notable (quality->ends[END_DEPTH_LIMIT], quality->stacks))
    add_remedy (remedies,
                "%s of the stacks are deeper than was asked for: record with a larger "
                "--max-depth",
                format_percent ((double)quality->ends[END_DEPTH_LIMIT], (double)quality->stacks)
                    .text);
  for (size_t i = 0; i < quality->n_modules; i++) {
    const ModuleQuality *module = &quality->modules[i];
    if (is_notable (module->ends[END_NO_UNWIND_DATA], quality->stacks))
      add_remedy (remedies,
                  "%s has code without unwind tables: build it with frame pointers or "
                  "-fasynchronous-unwind-tables, and record with --unwind auto",
                  module->module[0] != '\0' ? module->module : _ ("code in no file"));
  }
}

static void
add_symbol_remedy (const ModuleQuality *module, Remedies *remedies)
{
  const char *lack = module->symbols == SYMBOLS_LINES ? _ ("names for a part of its functions")
                     : module->symbols == SYMBOLS_NAMES && module->nameless == 0
                         ? _ ("source files and lines")
                         : _ ("names for its functions");
  if (strcmp (module->module, "[kernel.kallsyms]") == 0)
    add_remedy (remedies, "the kernel's functions have no names: record as root, or with "
                          "kernel.kptr_restrict=0 (sysctl)");
  else if (module->build_id[0] != '\0')
    add_remedy (remedies, "%s lacks %s: install its debug symbols (build ID %s), and record again",
                module->module, lack, module->build_id);
  else
    add_remedy (remedies, "%s lacks %s: build it with -g", module->module, lack);
}

/* The kernel's symbols have no lines, and generated code has no file. */
static bool
has_better_symbols (const ModuleQuality *module)
{
  bool is_file = module->module[0] == '/';
  return module->nameless > 0 || (is_file && module->symbols < SYMBOLS_LINES);
}

static void
find_symbol_remedies (const Quality *quality, Remedies *remedies)
{
  for (size_t i = 0; i < quality->n_modules; i++) {
    const ModuleQuality *module = &quality->modules[i];
    bool is_kernel = strcmp (module->module, "[kernel.kallsyms]") == 0;
    bool matters = is_notable (module->nameless, quality->frames)
                   || (is_notable (module->samples, quality->samples) && !is_kernel);
    if (matters && has_better_symbols (module) && (module->module[0] == '/' || is_kernel))
      add_symbol_remedy (module, remedies);
  }
}

static Remedies
find_remedies (const Quality *quality)
{
  Remedies remedies = { .n = 0 };
  find_stack_remedies (quality, &remedies);
  find_symbol_remedies (quality, &remedies);
  return remedies;
}

/* ---- text ---- */

static void
print_module (const ReportView *view, const Quality *quality, const ModuleQuality *module)
{
  const char *slash = strrchr (module->module, '/');
  const char *name = module->module[0] == '\0'            ? _ ("(no file)")
                     : slash != NULL && !view->is_verbose ? slash + 1
                                                          : module->module;
  printf ("%10s %7s %10s %10s %9s  %s  ", format_count ((double)module->samples).text,
          format_percent ((double)module->samples, (double)quality->samples).text,
          format_count ((double)get_n_broken (module->ends)).text,
          format_count ((double)module->frames).text,
          format_percent ((double)module->nameless, (double)module->frames).text,
          cell (-7, _ (get_source_name (module->symbols))).text);
  print_text (name, SIZE_MAX);
  putchar ('\n');
}

static void
print_stacks (const Quality *quality)
{
  if (quality->stacks == 0) {
    puts (_ ("stacks: how they ended was not recorded"));
    return;
  }
  printf (_ ("stacks: %s of %s reached their root"),
          format_percent ((double)quality->ends[END_ROOT], (double)quality->stacks).text,
          format_count ((double)quality->stacks).text);
  for (int end = END_DEPTH_LIMIT; end < N_ENDS; end++)
    if (quality->ends[end] > 0)
      printf ("; %s %s", format_count ((double)quality->ends[end]).text,
              _ (get_end_name ((StackEnd)end)));
  putchar ('\n');
}

static void
print_modules (const ReportView *view, const Quality *quality)
{
  printf ("\n%s%s %s %s %s %s  %s  %s%s\n", style_begin (STYLE_DIM), cell (10, _ ("samples")).text,
          cell (7, _ ("share")).text, cell (10, _ ("broken")).text, cell (10, _ ("frames")).text,
          cell (9, _ ("nameless")).text, cell (-7, _ ("symbols")).text, _ ("module"), style_end ());
  size_t n = quality->n_modules < view->limit ? quality->n_modules : view->limit;
  for (size_t i = 0; i < n; i++)
    print_module (view, quality, &quality->modules[i]);
  if (n < quality->n_modules)
    printf (_ ("%s%zu more modules: --limit 0 shows all%s\n"), style_begin (STYLE_DIM),
            quality->n_modules - n, style_end ());
}

static void
print_quality_text (const ReportView *view, const Quality *quality)
{
  Remedies remedies = find_remedies (quality);
  print_recordings (view);
  putchar ('\n');
  print_stacks (quality);
  printf (_ ("names:  %s of %s frames have one\n"),
          format_percent ((double)(quality->frames - quality->nameless), (double)quality->frames)
              .text,
          format_count ((double)quality->frames).text);
  print_modules (view, quality);
  printf ("\n%s\n",
          remedies.n > 0 ? _ ("what would help:") : _ ("nothing that prof knows of would help."));
  for (size_t i = 0; i < remedies.n; i++) {
    printf ("  - ");
    print_text (remedies.items[i], SIZE_MAX);
    putchar ('\n');
  }
}

/* ---- JSON ---- */

static void
add_ends (Json *json, const uint64_t ends[N_ENDS])
{
  json_begin_object (json, "ends");
  for (int end = 0; end < N_ENDS; end++)
    if (ends[end] > 0)
      json_add_unsigned (json, get_end_name ((StackEnd)end), ends[end]);
  json_end_object (json);
}

static void
add_module (Json *json, const ModuleQuality *module)
{
  json_begin_object (json, NULL);
  json_add_string (json, "module", module->module);
  json_add_string (json, "build_id", module->build_id);
  json_add_string (json, "symbols", get_source_name (module->symbols));
  json_add_unsigned (json, "samples", module->samples);
  json_add_unsigned (json, "frames", module->frames);
  json_add_unsigned (json, "nameless_frames", module->nameless);
  add_ends (json, module->ends);
  json_end_object (json);
}

static void
print_quality_json (const ReportView *view, const Quality *quality)
{
  Json json = JSON_INIT (stdout);
  Remedies remedies = find_remedies (quality);
  json_begin_object (&json, NULL);
  json_add_integer (&json, "version", 1);
  json_add_string (&json, "file", view->path);
  add_recordings (&json, view);
  json_add_unsigned (&json, "samples", quality->samples);
  json_add_unsigned (&json, "frames", quality->frames);
  json_add_unsigned (&json, "nameless_frames", quality->nameless);
  json_add_unsigned (&json, "stacks", quality->stacks);
  add_ends (&json, quality->ends);
  json_begin_array (&json, "modules");
  for (size_t i = 0; i < quality->n_modules && i < view->limit; i++)
    add_module (&json, &quality->modules[i]);
  json_end_array (&json);
  json_begin_array (&json, "remedies");
  for (size_t i = 0; i < remedies.n; i++)
    json_add_string (&json, NULL, remedies.items[i]);
  json_end_array (&json);
  json_end_object (&json);
}

int
print_quality (const ReportView *view, bool as_json)
{
  Quality quality;
  int r = measure_quality (view->profile, &quality);
  if (r == 0 && as_json)
    print_quality_json (view, &quality);
  else if (r == 0)
    print_quality_text (view, &quality);
  clear_quality (&quality);
  return r == 0 ? STATUS_OK : fail_out_of_memory ();
}
