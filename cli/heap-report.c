/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "heap-view.h"
#include "input.h"
#include "message.h"
#include "output.h"
#include "text.h"

/* ---- suppressions ---- */

enum { MAX_SUPPRESSION_BYTES = 16 << 20 };

static int
read_text (const char *path, char **ret, size_t *ret_n)
{
  cleanup (fclose) FILE *file = fopen (path, "re");
  if (file == NULL)
    return -errno;
  cleanup (free) char *text = malloc (MAX_SUPPRESSION_BYTES + 1);
  if (text == NULL)
    return -ENOMEM;
  size_t n = fread (text, 1, MAX_SUPPRESSION_BYTES + 1, file);
  if (ferror (file))
    return -errno;
  if (n > MAX_SUPPRESSION_BYTES)
    return -EFBIG;
  *ret = text;
  *ret_n = n;
  text = NULL;
  return 0;
}

static int
add_suppressions (ProfSuppressions *suppressions, const char *path)
{
  cleanup (free) char *text = NULL;
  size_t n = 0;
  ProfError error = PROF_ERROR_INIT;
  int r = read_text (path, &text, &n);
  if (r < 0) {
    message ("can't read %s: %s", path, strerror (-r));
    return -1;
  }
  if (prof_suppressions_add (suppressions, text, n, &error) == 0)
    return 0;
  fail_about (path, &error);
  return -1;
}

/* NULL in *ret if none are named. */
static int
read_suppressions (const StringList *paths, ProfSuppressions **ret)
{
  cleanup (prof_suppressions_free) ProfSuppressions *suppressions = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (paths->n > 0 && prof_suppressions_parse (NULL, 0, &suppressions, &error) < 0) {
    fail (&error);
    return -1;
  }
  for (size_t i = 0; i < paths->n; i++)
    if (add_suppressions (suppressions, paths->items[i]) < 0)
      return -1;
  *ret = suppressions;
  suppressions = NULL;
  return 0;
}

/* ---- what the profile knows ---- */

static bool
needs_frees (const HeapOptions *options)
{
  return options->at.moment != HEAP_AT_NOTHING || options->stayed || options->temporary.is_wanted
         || options->leaks || options->sites_over_time;
}

static bool
needs_times (const HeapOptions *options)
{
  return options->at.moment == HEAP_AT_TIME || options->stayed || options->temporary.is_wanted
         || options->timeline > 0 || options->sites_over_time || options->range.start != 0
         || options->range.end != 0;
}

static int
check_knowledge (const HeapView *view)
{
  if (!view->summary.has_frees && needs_frees (view->options)) {
    message ("%s does not say what was freed: take --allocated, --sizes or --timeline", view->path);
    return -1;
  }
  if (!view->summary.has_times && needs_times (view->options)) {
    message ("%s has no times, only its end is known: take --at end, --leaks, --allocated or "
             "--sizes",
             view->path);
    return -1;
  }
  return 0;
}

static int64_t
after_start (const HeapView *view, uint64_t time_ns)
{
  int64_t room = INT64_MAX - view->summary.start_ns;
  return time_ns < (uint64_t)room ? view->summary.start_ns + (int64_t)time_ns : INT64_MAX;
}

static void
set_range (HeapView *view)
{
  const TimeRange *range = &view->options->range;
  view->start_ns = after_start (view, range->start);
  view->end_ns = range->end != 0 ? after_start (view, range->end) : view->summary.end_ns;
  if (view->end_ns < view->start_ns)
    view->end_ns = view->start_ns;
}

static size_t
choose_limit (const HeapOptions *options)
{
  if (options->limit == 0 || (options->limit == HEAP_LIMIT_UNSET && options->json))
    return SIZE_MAX;
  if (options->limit != HEAP_LIMIT_UNSET)
    return options->limit;
  return options->tree ? 60 : 10;
}

/* ---- output ---- */

static int
save_choice (const HeapView *view, const HeapChoice *choice)
{
  cleanup (prof_profile_unref) ProfProfile *selected = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_heap_select (view->heap, &choice->wanted, &selected, &error) < 0)
    return fail (&error);
  return save_profile (selected, view->options->output) < 0 ? STATUS_FAILURE : STATUS_OK;
}

static bool
chooses_nothing (const HeapOptions *options)
{
  return options->at.moment == HEAP_AT_NOTHING && !options->allocated && !options->stayed
         && !options->temporary.is_wanted && !options->leaks && !options->sizes
         && !options->sites_over_time && options->timeline == 0;
}

static int
print_all (const HeapView *view, const HeapChoice *choices, size_t n_choices)
{
  int status = STATUS_OK;
  if (chooses_nothing (view->options))
    heap_print_summary (view);
  for (size_t i = 0; i < n_choices && status == STATUS_OK; i++)
    status = heap_print_selected (view, &choices[i]);
  heap_print_suppressions (view);
  if (status == STATUS_OK && view->options->timeline > 0)
    status = heap_print_timeline (view);
  if (status == STATUS_OK && view->options->sites_over_time)
    status = heap_print_sites (view);
  if (status == STATUS_OK && view->options->sizes)
    status = heap_print_sizes (view);
  return status;
}

static int
report_heap (HeapView *view)
{
  HeapChoice choices[HEAP_MAX_CHOICES];
  view->summary = (ProfHeapSummary)PROF_HEAP_SUMMARY_INIT;
  prof_heap_get_summary (view->heap, &view->summary);
  prof_heap_get_peak (view->heap, &view->peak);
  if (check_knowledge (view) < 0)
    return STATUS_FAILURE;
  set_range (view);
  size_t n = heap_get_choices (view, choices);
  if (view->options->output != NULL)
    return save_choice (view, &choices[0]);
  if (view->options->json)
    return heap_print_json (view, choices, n);
  return print_all (view, choices, n);
}

static int
report_file (const HeapOptions *options, const char *path)
{
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  cleanup (prof_heap_free) ProfHeap *heap = NULL;
  cleanup (prof_suppressions_free) ProfSuppressions *suppressions = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (read_suppressions (&options->suppressions, &suppressions) < 0
      || read_profile (path, INPUT_PROFILE, &profile) < 0)
    return STATUS_FAILURE;
  const char *const *allocators = string_list_get (&options->allocators);
  if (prof_heap_new_with_allocators (profile, allocators, &heap, &error) < 0)
    return fail_about (path, &error);
  HeapView view = {
    .options = options,
    .path = path,
    .recorded = profile,
    .heap = heap,
    .suppressions = suppressions,
    .limit = choose_limit (options),
  };
  return report_heap (&view);
}

/* ---- the command ---- */

static int
check_options (const HeapOptions *options)
{
  int n_chosen = (options->at.moment != HEAP_AT_NOTHING) + options->allocated + options->stayed
                 + options->temporary.is_wanted + options->leaks;
  if (options->tree && options->stacks)
    return usage_error ("heap-report", "--tree and --stacks exclude each other");
  if (options->suppressions.n > 0 && !options->leaks && !chooses_nothing (options))
    return usage_error ("heap-report", "--suppressions goes with --leaks");
  bool has_tables = options->json || options->sizes || options->sites_over_time
                    || options->timeline > 0 || options->tree || options->stacks;
  if (options->output != NULL && has_tables)
    return usage_error ("heap-report", "--output writes a profile in place of tables and JSON");
  if (options->output != NULL && n_chosen != 1)
    return usage_error ("heap-report", "--output needs one of --at, --leaks, --allocated, --stayed "
                                       "and --temporary");
  return STATUS_OK;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  const HeapOptions *options = values;
  int status = check_options (options);
  if (status != STATUS_OK)
    return status;
  if (options->output != NULL && check_output (options->output) < 0)
    return STATUS_FAILURE;
  if (n_operands > 0)
    return report_file (options, operands[0]);
  cleanup (free) char *newest = NULL;
  if (find_newest_profile (&newest) == 0)
    return report_file (options, newest);
  message ("there is no prof*.pb.gz in this directory: name a file");
  return STATUS_FAILURE;
}

static void
clear (void *values)
{
  HeapOptions *options = values;
  string_list_clear (&options->suppressions);
  string_list_clear (&options->allocators);
}

const Command command_heap_report = {
  .name = "heap-report",
  .summary = N_ ("show who holds, leaks and churns memory, and when"),
  .usage = "[OPTION]... [FILE]",
  .description
  = N_ ("Shows a heap profile, recorded by prof or by another tool. FILE - is standard input; "
        "without "
        "FILE it is the newest prof*.pb.gz of this directory. Without options: a summary, who held "
        "the memory at the peak, and what was still live at the end.\n"
        "\n"
        "Memory counts for the function that asked for it: the innermost one that is not the "
        "allocator's own (malloc, operator new and the like). Several of the options below may be "
        "given; each shows its own table.\n"),
  .examples
  = N_ ("  prof heap-report                   the newest recording\n"
        "  prof heap-report --at 2.5s --tree  who held the memory 2.5 s after the start\n"
        "  prof heap-report --stayed --range 10s..20s\n"
        "                                     what these 10 seconds left behind\n"
        "  prof heap-report --leaks --stacks --suppressions lsan.supp\n"
        "  prof heap-report --leaks -o leaks.pb.gz && prof convert leaks.pb.gz leaks.svg\n"
        "  prof heap-report --timeline=100 --sizes --json | jq .timeline\n"),
  .options = heap_options,
  .defaults = &heap_option_defaults,
  .values_size = sizeof (HeapOptions),
  .max_operands = 1,
  .operands = N_ ("at most one file"),
  .run = run,
  .clear = clear,
};
