/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "output.h"
#include "text.h"

static int
show_help_of (const char *name)
{
  const Command *command = command_find (name);
  if (command == NULL)
    return usage_error (NULL, "there is no command '%s'", name);
  print_command_help (command);
  return STATUS_OK;
}

static int
run_help (int argc, char **argv)
{
  if (argc > 2)
    return usage_error (NULL, "help: '%s' is too much: one command is expected", argv[2]);
  if (argc == 2 && strcmp (argv[1], "--help") != 0)
    return show_help_of (argv[1]);
  print_help ();
  return STATUS_OK;
}

static int
dispatch (int argc, char **argv)
{
  if (argc == 0)
    return usage_error (NULL, "a command is expected, such as record or report");
  const char *word = argv[0];
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0)
    return run_help (word[0] == '-' ? 1 : argc, argv);
  if (strcmp (word, "--version") == 0 || strcmp (word, "-V") == 0) {
    puts ("prof " PROF_VERSION);
    return STATUS_OK;
  }
  if (word[0] == '-')
    return usage_error (NULL, "there is no option %s before a command", word);
  const Command *command = command_find (word);
  if (command == NULL)
    return usage_error (NULL, "there is no command '%s'", word);
  return command_run (command, argc, argv);
}

/* What the library would not fail for. */
static void
show_warning (ProfLogLevel level, const char *sentence, void *user_data)
{
  (void)user_data;
  if (level == PROF_LOG_WARNING)
    note (sentence);
}

int
main (int argc, char **argv)
{
  text_open ();
  prof_set_log_func (show_warning, NULL);
  int status = dispatch (argc > 0 ? argc - 1 : 0, argv + 1);
  int r = flush (stdout);
  if (r == 0 || status != STATUS_OK)
    return status;
  message ("can't write to standard output: %s", strerror (-r));
  return STATUS_FAILURE;
}
