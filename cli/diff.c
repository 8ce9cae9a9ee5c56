/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "diff.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "command.h"
#include "input.h"
#include "message.h"
#include "output.h"
#include "text.h"

enum { LIMIT = 30, UNSET = UINT_MAX };

typedef enum { BY_FUNCTION, BY_STACK } Grouping;

typedef struct {
  Grouping by;
  ProfNormalize normalize;
  const char *type;
  unsigned limit;
  const char *output;
  bool json;
} DiffOptions;

static const char *const normalizations[] = {
  [PROF_NORMALIZE_NONE] = "none",
  [PROF_NORMALIZE_DURATION] = "duration",
  [PROF_NORMALIZE_TOTAL] = "total",
};

static int
parse_normalize (const char *text, void *ret)
{
  for (size_t i = 0; i < sizeof normalizations / sizeof *normalizations; i++)
    if (strcmp (text, normalizations[i]) == 0) {
      *(ProfNormalize *)ret = (ProfNormalize)i;
      return 0;
    }
  return -EINVAL;
}

static int
parse_grouping (const char *text, void *ret)
{
  bool is_stack = strcmp (text, "stack") == 0;
  if (!is_stack && strcmp (text, "function") != 0)
    return -EINVAL;
  *(Grouping *)ret = is_stack ? BY_STACK : BY_FUNCTION;
  return 0;
}

static const OptionType normalize_type = { parse_normalize, N_ ("duration, total or none") };
static const OptionType grouping_type = { parse_grouping, N_ ("function or stack") };

static const Option options[] = {
  { "by", 0, &grouping_type, offsetof (DiffOptions, by), "WHAT",
    N_ ("compare each function (default) or each stack") },
  { "normalize", 'N', &normalize_type, offsetof (DiffOptions, normalize), "HOW",
    N_ ("scale BASE to the duration or to the total of NEW first (default: none)") },
  { "type", 'T', &option_string, offsetof (DiffOptions, type), "NAME",
    N_ ("compare another sample type than the default one") },
  { "limit", 'n', &option_unsigned, offsetof (DiffOptions, limit), "N",
    N_ ("show N rows; 0: all (default: 30, all in JSON)") },
  { "output", 'o', &option_string, offsetof (DiffOptions, output), "FILE",
    N_ ("write the difference as a profile in place of a table, BASE as negative values") },
  { "json", 0, &option_switch, offsetof (DiffOptions, json), NULL,
    N_ ("print JSON; the man page describes it") },
  { NULL },
};

static size_t
choose_limit (const DiffOptions *chosen)
{
  if (chosen->limit == 0 || (chosen->limit == UNSET && chosen->json))
    return SIZE_MAX;
  return chosen->limit != UNSET ? chosen->limit : LIMIT;
}

static int
show (const DiffOptions *chosen, ProfProfile *difference, DiffView *view)
{
  int type = choose_value_type (difference, chosen->type);
  if (type < 0)
    return STATUS_FAILURE;
  cleanup (comparison_finish) Comparison comparison = { 0 };
  int r = chosen->by == BY_STACK
              ? comparison_init_stacks (&comparison, difference, (unsigned)type)
              : comparison_init_functions (&comparison, difference, (unsigned)type);
  if (r < 0)
    return STATUS_FAILURE;
  size_t n;
  const ProfValueType *types = prof_profile_get_value_types (difference, &n);
  view->comparison = &comparison;
  view->type = prof_profile_get_string (difference, types[type].type);
  view->unit = prof_profile_get_string (difference, types[type].unit);
  if (chosen->json)
    print_diff_json (view);
  else
    print_diff (view);
  return STATUS_OK;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)n_operands;
  const DiffOptions *chosen = values;
  if (chosen->output != NULL && chosen->json)
    return usage_error ("diff", "--output and --json exclude each other");
  cleanup (prof_profile_unref) ProfProfile *base = NULL;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  cleanup (prof_profile_unref) ProfProfile *difference = NULL;
  if (read_profile (operands[0], INPUT_PROFILE, &base) < 0
      || read_profile (operands[1], INPUT_PROFILE, &profile) < 0)
    return STATUS_FAILURE;
  ProfError error = PROF_ERROR_INIT;
  if (prof_profile_diff (base, profile, chosen->normalize, &difference, &error) < 0)
    return fail (&error);
  if (chosen->output != NULL)
    return save_profile (difference, chosen->output) < 0 ? STATUS_FAILURE : STATUS_OK;
  DiffView view = {
    .base_path = operands[0],
    .new_path = operands[1],
    .base_duration_ns = prof_profile_get_duration_ns (base),
    .new_duration_ns = prof_profile_get_duration_ns (profile),
    .normalize = normalizations[chosen->normalize],
    .limit = choose_limit (chosen),
  };
  return show (chosen, difference, &view);
}

const Command command_diff = {
  .name = "diff",
  .summary = N_ ("show what changed between two profiles"),
  .usage = "[OPTION]... BASE NEW",
  .description
  = N_ ("Compares two profiles of the same kind: what NEW has more than BASE is positive. The "
        "greatest changes come first. Where the recordings took different times, or did "
        "different amounts of work, --normalize makes them comparable.\n"),
  .examples = N_ ("  prof diff before.pb.gz after.pb.gz\n"
                  "  prof diff --by stack -n 10 before.pb.gz after.pb.gz\n"
                  "  prof diff --normalize duration monday.pb.gz tuesday.pb.gz\n"
                  "  prof diff -o change.pb.gz before.pb.gz after.pb.gz\n"
                  "  prof convert change.pb.gz change.svg      a red and blue flame graph of it\n"),
  .options = options,
  .defaults = &(DiffOptions){ .limit = UNSET },
  .values_size = sizeof (DiffOptions),
  .min_operands = 2,
  .max_operands = 2,
  .operands = N_ ("two profiles"),
  .run = run,
};
