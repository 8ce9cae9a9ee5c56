/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "command.h"

#include <string.h>

#include "cleanup.h"
#include "message.h"
#include "option-reader.h"

static const Command *const commands[] = {
  &command_record,
  &command_report,
  &command_heap_report,
  &command_diff,
  &command_merge,
  &command_convert,
  &command_export,
  &command_agent,
  &command_events,
  &command_mem,
  &command_processes,
  &command_doctor,
  NULL,
};

const Command *const *
command_list (void)
{
  return commands;
}

const Command *
command_find (const char *name)
{
  for (const Command *const *command = commands; *command != NULL; command++)
    if (strcmp ((*command)->name, name) == 0)
      return *command;
  return NULL;
}

int
command_run (const Command *command, int argc, char **argv)
{
  cleanup (free) void *values = calloc (1, command->values_size);
  if (values == NULL)
    return fail_out_of_memory ();
  if (command->defaults != NULL)
    memcpy (values, command->defaults, command->values_size);
  char **operands;
  int status;
  int n = options_read (command, argc, argv, values, &operands, &status);
  if (n >= 0)
    status = command->run (values, operands, (size_t)n);
  if (command->clear != NULL)
    command->clear (values);
  return status;
}
