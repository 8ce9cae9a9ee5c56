/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>

#include <prof/memory.h>

#include "command.h"
#include "json.h"
#include "message.h"
#include "units.h"

typedef struct {
  bool json;
} MemOptions;

static const Option options[] = {
  { "json", 0, &option_switch, offsetof (MemOptions, json), NULL, "print JSON" },
  { NULL },
};

static void
print_json (const ProfSystemMemory *memory)
{
  Json json = JSON_INIT (stdout);
  json_begin_object (&json, NULL);
  json_add_unsigned (&json, "total_bytes", memory->total_bytes);
  json_add_unsigned (&json, "available_bytes", memory->available_bytes);
  json_add_unsigned (&json, "used_bytes", memory->used_bytes);
  json_add_unsigned (&json, "cached_bytes", memory->cached_bytes);
  json_add_number (&json, "used_percent", memory->used_percent);
  json_end_object (&json);
}

static void
print_table (const ProfSystemMemory *memory)
{
  printf ("total      %12s\n", format_bytes ((double)memory->total_bytes).text);
  printf ("used       %12s  %.1f%%\n", format_bytes ((double)memory->used_bytes).text,
          memory->used_percent);
  printf ("available  %12s\n", format_bytes ((double)memory->available_bytes).text);
  printf ("cached     %12s\n", format_bytes ((double)memory->cached_bytes).text);
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)operands, (void)n_operands;
  const MemOptions *chosen = values;
  ProfSystemMemory memory;
  ProfError error = PROF_ERROR_INIT;
  if (prof_get_system_memory (&memory, &error) < 0)
    return fail (&error);
  if (chosen->json)
    print_json (&memory);
  else
    print_table (&memory);
  return STATUS_OK;
}

const Command command_mem = {
  .name = "mem",
  .summary = "show how much memory this machine has and uses",
  .usage = "[--json]",
  .description
  = "Shows the memory of the whole machine, as /proc/meminfo has it: used is what is not "
    "available to new programs, cached is what the kernel would give back.\n",
  .examples = "  prof mem\n"
              "  prof mem --json\n",
  .options = options,
  .values_size = sizeof (MemOptions),
  .operands = "no argument",
  .run = run,
};
