/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "input.h"
#include "message.h"
#include "parse.h"
#include "report-view.h"
#include "text.h"

enum { FLAT_LIMIT = 30, TREE_LIMIT = 60, UNSET = UINT_MAX };

typedef struct {
  bool tree, bottom_up, quality;
  const char *callers, *callees, *lines;
  const char *type;
  const char *focus, *ignore, *hide, *show_from, *label;
  TimeRange time;
  unsigned limit;
  bool verbose, json;
} ReportOptions;

static int
parse_label (const char *text, void *ret)
{
  const char *sign = strchr (text, '=');
  return sign != NULL && sign != text ? option_expression.parse (text, ret) : -EINVAL;
}

static const OptionType label_type
    = { parse_label, N_ ("KEY=VALUE, with a regular expression as VALUE,") };

static const Option options[] = {
  { "tree", 't', &option_switch, offsetof (ReportOptions, tree), NULL,
    N_ ("show the call tree, from the functions that begin the stacks down to those that did the "
        "work") },
  { "bottom-up", 'b', &option_switch, offsetof (ReportOptions, bottom_up), NULL,
    N_ ("show the tree from the functions that did the work up to their callers") },
  { "quality", 0, &option_switch, offsetof (ReportOptions, quality), NULL,
    N_ ("show how far stacks and names can be trusted, module by module, and what would mend "
        "them") },
  { "callers", 0, &option_string, offsetof (ReportOptions, callers), "FUNCTION",
    N_ ("show who calls a function: its name, or a regular expression") },
  { "callees", 0, &option_string, offsetof (ReportOptions, callees), "FUNCTION",
    N_ ("show what a function calls") },
  { "lines", 'l', &option_string, offsetof (ReportOptions, lines), "FUNCTION",
    N_ ("show what was spent in each line of a function, with the source where it is found") },
  { "type", 'T', &option_string, offsetof (ReportOptions, type), "NAME",
    N_ ("show another sample type than the default one, e.g. samples or cpu") },
  { "focus", 0, &option_expression, offsetof (ReportOptions, focus), "REGEX",
    N_ ("only stacks with a function or file that matches") },
  { "ignore", 0, &option_expression, offsetof (ReportOptions, ignore), "REGEX",
    N_ ("only stacks without a function or file that matches") },
  { "hide", 0, &option_expression, offsetof (ReportOptions, hide), "REGEX",
    N_ ("leave out the frames that match; their callers get what they did") },
  { "show-from", 0, &option_expression, offsetof (ReportOptions, show_from), "REGEX",
    N_ ("begin each stack at its first frame that matches, counted from the root") },
  { "label", 0, &label_type, offsetof (ReportOptions, label), "KEY=VALUE",
    N_ ("only samples with a label that matches, e.g. thread=worker; a regular expression") },
  { "time", 0, &option_time_range, offsetof (ReportOptions, time), "START..END",
    N_ ("only samples of this time after the start of the recording, e.g. 2s..5s or 500ms..") },
  { "limit", 'n', &option_unsigned, offsetof (ReportOptions, limit), "N",
    N_ ("show N rows; 0: all (default: 30, 60 of a tree, all in JSON)") },
  { "verbose", 'v', &option_switch, offsetof (ReportOptions, verbose), NULL,
    N_ ("show the path of the module, and the file and line where the function begins") },
  { "json", 0, &option_switch, offsetof (ReportOptions, json), NULL,
    N_ ("print JSON; the man page describes it") },
  { NULL },
};

static size_t
choose_limit (const ReportOptions *chosen)
{
  if (chosen->limit == 0 || (chosen->limit == UNSET && chosen->json))
    return SIZE_MAX;
  if (chosen->limit != UNSET)
    return chosen->limit;
  return chosen->tree || chosen->bottom_up ? TREE_LIMIT : FLAT_LIMIT;
}

/* The label has the time since the epoch, as the profile's own, which is not before it. */
static void
set_time (ProfFilter *filter, const TimeRange *range, int64_t profile_ns)
{
  if (range->start == 0 && range->end == 0)
    return;
  profile_ns = profile_ns > 0 ? profile_ns : 0;
  int64_t room = INT64_MAX - profile_ns;
  filter->start_ns = profile_ns + ((int64_t)range->start < room ? (int64_t)range->start : room);
  filter->end_ns = INT64_MAX;
  if (range->end != 0 && (int64_t)range->end < room)
    filter->end_ns = profile_ns + (int64_t)range->end;
}

static int
filter_profile (const ReportOptions *chosen, ProfProfile *profile, ProfProfile **ret)
{
  ProfFilter filter = PROF_FILTER_INIT;
  filter.focus = chosen->focus;
  filter.ignore = chosen->ignore;
  filter.hide = chosen->hide;
  filter.show_from = chosen->show_from;
  filter.label_focus = chosen->label;
  set_time (&filter, &chosen->time, prof_profile_get_time_ns (profile));
  bool is_needed = filter.focus != NULL || filter.ignore != NULL || filter.hide != NULL
                   || filter.show_from != NULL || filter.label_focus != NULL || filter.end_ns != 0;
  if (!is_needed) {
    *ret = prof_profile_ref (profile);
    return 0;
  }
  ProfError error = PROF_ERROR_INIT;
  int r = prof_profile_select (profile, &filter, ret, &error);
  if (r < 0)
    fail (&error);
  return r;
}

/* Stops at the ends of int64_t, as the report does. */
static int64_t
sum_values (const ProfProfile *profile, unsigned value_type)
{
  size_t n_types, n;
  prof_profile_get_value_types (profile, &n_types);
  const int64_t *values = prof_profile_get_values (profile, &n);
  int64_t sum = 0;
  for (size_t i = value_type; i < n; i += n_types)
    if (__builtin_add_overflow (sum, values[i], &sum))
      sum = values[i] < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

static int
show (const ReportOptions *chosen, const ReportView *view)
{
  bool is_tree = chosen->tree || chosen->bottom_up;
  ProfTreeDirection tree = chosen->bottom_up ? PROF_TREE_BOTTOM_UP : PROF_TREE_TOP_DOWN;
  const char *function = chosen->callers != NULL ? chosen->callers : chosen->callees;
  EdgeDirection edges = chosen->callers != NULL ? EDGES_CALLERS : EDGES_CALLEES;
  if (chosen->quality)
    return print_quality (view, chosen->json);
  if (chosen->lines != NULL && chosen->json)
    return print_lines_json (view, chosen->lines);
  if (chosen->json)
    return function != NULL ? print_edges_json (view, function, edges)
           : is_tree        ? print_tree_json (view, tree)
                            : print_flat_json (view);
  print_report_header (view);
  if (chosen->lines != NULL)
    return print_lines (view, chosen->lines);
  if (function != NULL)
    return print_edges (view, function, edges);
  if (is_tree)
    return print_tree (view, tree);
  print_flat (view);
  return STATUS_OK;
}

static int
report_file (const ReportOptions *chosen, const char *path)
{
  cleanup (prof_profile_unref) ProfProfile *recorded = NULL;
  if (read_profile (path, INPUT_PROFILE, &recorded) < 0)
    return STATUS_FAILURE;
  int type = choose_value_type (recorded, chosen->type);
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  if (type < 0 || filter_profile (chosen, recorded, &profile) < 0)
    return STATUS_FAILURE;
  cleanup (prof_report_free) ProfReport *report = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_report_new (profile, (unsigned)type, &report, &error) < 0)
    return fail (&error);

  size_t n_types;
  const ProfValueType *types = prof_profile_get_value_types (recorded, &n_types);
  int64_t total = prof_report_get_total (report), base = prof_report_get_base_total (report);
  ReportView view = {
    .path = path,
    .recorded = recorded,
    .profile = profile,
    .report = report,
    .value_type = (unsigned)type,
    .type = prof_profile_get_string (recorded, types[type].type),
    .unit = prof_profile_get_string (recorded, types[type].unit),
    .recorded_total = sum_values (recorded, (unsigned)type),
    .total = total,
    .whole = base != 0 ? base : total,
    .limit = choose_limit (chosen),
    .is_verbose = chosen->verbose,
  };
  view.functions = prof_report_get_functions (report, &view.n_functions);
  return show (chosen, &view);
}

static int
run (void *values, char **operands, size_t n_operands)
{
  const ReportOptions *chosen = values;
  bool is_tree = chosen->tree || chosen->bottom_up;
  if (is_tree + (chosen->callers != NULL) + (chosen->callees != NULL) + (chosen->lines != NULL)
          + chosen->quality
      > 1)
    return usage_error ("report",
                        "--tree, --callers, --callees, --lines and --quality exclude each other");
  if (n_operands > 0)
    return report_file (chosen, operands[0]);
  cleanup (free) char *newest = NULL;
  if (find_newest_profile (&newest) == 0)
    return report_file (chosen, newest);
  message ("there is no prof*.pb.gz in this directory: name a file, or record one with "
           "'prof record -- COMMAND'");
  return STATUS_FAILURE;
}

const Command command_report = {
  .name = "report",
  .summary = N_ ("show where a recorded program spent its time"),
  .usage = "[OPTION]... [FILE]",
  .description
  = N_ ("Shows a profile in the format of pprof, recorded by prof or by another tool. FILE - is "
        "standard input; without FILE it is the newest prof*.pb.gz of this directory.\n"
        "\n"
        "Self is what a function did itself, total is together with all that it called. Above "
        "the table stands how good the recording is: samples that were lost, and stacks that "
        "could not be followed to their root.\n"),
  .examples
  = N_ ("  prof report                        the newest recording, function by function\n"
        "  prof report --tree prof-xz.pb.gz   who called what\n"
        "  prof report --callers malloc       who calls malloc\n"
        "  prof report --lines parse          which lines of parse cost most\n"
        "  prof report --focus 'parse|lex' --time 2s..5s\n"
        "                                     only these functions and these 3 seconds\n"
        "  prof report --label thread=worker  only the threads called worker\n"
        "  prof report --quality              whether the stacks and names are complete\n"
        "  prof report --json | jq -r '.functions[0].name'\n"),
  .options = options,
  .defaults = &(ReportOptions){ .limit = UNSET },
  .values_size = sizeof (ReportOptions),
  .max_operands = 1,
  .operands = N_ ("at most one file"),
  .run = run,
};
