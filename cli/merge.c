/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>

#include <prof/profile.h>

#include "command.h"
#include "input.h"
#include "message.h"
#include "output.h"
#include "text.h"

typedef struct {
  const char *output;
} MergeOptions;

static const Option options[] = {
  { "output", 'o', &option_string, offsetof (MergeOptions, output), "OUT",
    N_ ("the file to write; - is standard output") },
  { NULL },
};

static int
add_file (ProfProfile *sum, const char *path)
{
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  if (read_profile (path, INPUT_PROFILE, &profile) < 0)
    return -1;
  ProfError error = PROF_ERROR_INIT;
  if (prof_profile_merge (sum, profile, &error) == 0)
    return 0;
  fail_about (path, &error);
  return -1;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  const MergeOptions *chosen = values;
  if (chosen->output == NULL)
    return usage_error ("merge", "--output is needed: where the merged profile goes");
  if (check_output (chosen->output) < 0)
    return STATUS_FAILURE;
  cleanup (prof_profile_unref) ProfProfile *sum = NULL;
  if (prof_profile_new (&sum) < 0)
    return fail_out_of_memory ();
  for (size_t i = 0; i < n_operands; i++)
    if (add_file (sum, operands[i]) < 0)
      return STATUS_FAILURE;
  return save_profile (sum, chosen->output) < 0 ? STATUS_FAILURE : STATUS_OK;
}

const Command command_merge = {
  .name = "merge",
  .summary = N_ ("add up several profiles"),
  .usage = "-o OUT FILE...",
  .description
  = N_ ("Makes one profile of several that have the same sample types: equal stacks become one "
        "and their values are added. How each was recorded is kept.\n"),
  .examples = N_ ("  prof merge -o all.pb.gz run-1.pb.gz run-2.pb.gz run-3.pb.gz\n"
                  "  prof merge -o - prof-worker-*.pb.gz | prof report -\n"),
  .options = options,
  .values_size = sizeof (MergeOptions),
  .min_operands = 1,
  .max_operands = SIZE_MAX,
  .operands = N_ ("at least one profile"),
  .run = run,
};
