/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "option-reader.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "message.h"
#include "text.h"

/* What getopt_long returns for option number i of the table, and for --help. */
enum { FIRST_VALUE = 256, HELP_VALUE = 255 };

typedef struct {
  struct option *longs;
  char *letters;
} Getopt;

static inline void
getopt_finish_p (Getopt *tables)
{
  free (tables->longs);
  free (tables->letters);
}

static bool
takes_value (const Option *option)
{
  return option->type != &option_switch;
}

static int
get_argument_kind (const Option *option)
{
  if (!takes_value (option))
    return no_argument;
  return option->type->bare != NULL ? optional_argument : required_argument;
}

static size_t
count_options (const Option *options)
{
  size_t n = 0;
  while (options[n].name != NULL)
    n++;
  return n;
}

static int
getopt_init (Getopt *tables, const Command *command)
{
  size_t n = count_options (command->options);
  tables->longs = calloc (n + 2, sizeof *tables->longs);
  tables->letters = calloc (3 + 2 * (n + 1), 1);
  if (tables->longs == NULL || tables->letters == NULL)
    return -ENOMEM;
  char *letter = stpcpy (tables->letters, command->operands_are_a_command ? "+:h" : ":h");
  for (size_t i = 0; i < n; i++) {
    const Option *option = &command->options[i];
    tables->longs[i] = (struct option){ .name = option->name,
                                        .has_arg = get_argument_kind (option),
                                        .val = (int)(FIRST_VALUE + i) };
    if (option->letter != 0)
      *letter++ = option->letter;
    if (option->letter != 0 && takes_value (option))
      *letter++ = ':';
  }
  tables->longs[n] = (struct option){ .name = "help", .val = HELP_VALUE };
  return 0;
}

/* By what getopt_long returned, or left in optopt: a letter or a number from FIRST_VALUE on. */
static const Option *
find_option (const Command *command, int value)
{
  if (value >= FIRST_VALUE)
    return &command->options[value - FIRST_VALUE];
  for (const Option *option = command->options; option->name != NULL; option++)
    if (option->letter != 0 && option->letter == value)
      return option;
  return NULL;
}

static size_t
count_prefixed (const Command *command, const char *word, size_t n)
{
  size_t count = 0;
  for (const Option *option = command->options; option->name != NULL; option++)
    count += strncmp (option->name, word, n) == 0;
  return count;
}

static int
report_unknown (const Command *command, const char *word)
{
  if (optopt == HELP_VALUE)
    return usage_error (command->name, "--help takes no value");
  if (optopt >= FIRST_VALUE)
    return usage_error (command->name, "--%s takes no value", find_option (command, optopt)->name);
  if (optopt != 0)
    return usage_error (command->name, "there is no option -%c", optopt);
  int n = (int)strcspn (word, "=");
  if (n > 2 && count_prefixed (command, word + 2, (size_t)n - 2) > 1)
    return usage_error (command->name, "%.*s is the beginning of several options", n, word);
  return usage_error (command->name, "there is no option %.*s", n, word);
}

static int
report_bad_value (const Command *command, const Option *option, const char *value, int r)
{
  if (r == -ENOMEM)
    return fail_out_of_memory ();
  return usage_error (command->name, "--%s: '%s' is %s; %s is expected", option->name, value,
                      r == -ERANGE ? _ ("too large") : _ ("not understood"),
                      _ (option->type->expected));
}

/* 0, or -1 with *ret_status. */
static int
set_option (const Command *command, int value, void *values, char **argv, int *ret_status)
{
  if (value == HELP_VALUE || value == 'h') {
    print_command_help (command);
    *ret_status = STATUS_OK;
    return -1;
  }
  if (value == '?') {
    *ret_status = report_unknown (command, argv[optind - 1]);
    return -1;
  }
  const Option *option = find_option (command, value == ':' ? optopt : value);
  if (value == ':') {
    *ret_status = usage_error (command->name, "--%s needs a value: %s", option->name,
                               _ (option->type->expected));
    return -1;
  }
  const char *text = optarg != NULL ? optarg : option->type->bare;
  int r = option->type->parse (text, (char *)values + option->offset);
  if (r == 0)
    return 0;
  *ret_status = report_bad_value (command, option, text, r);
  return -1;
}

static int
check_operands (const Command *command, char **operands, size_t n)
{
  unsigned long n_expected = command->min_operands > 1 ? command->min_operands : 1;
  if (n > command->max_operands)
    return usage_error (command->name,
                        ngettext ("'%s' is too much: %s is expected",
                                  "'%s' is too much: %s are expected", n_expected),
                        operands[command->max_operands], _ (command->operands));
  if (n < command->min_operands)
    return usage_error (command->name, ngettext ("%s is expected", "%s are expected", n_expected),
                        _ (command->operands));
  return STATUS_OK;
}

int
options_read (const Command *command,
              int argc,
              char **argv,
              void *values,
              char ***ret_operands,
              int *ret_status)
{
  cleanup (getopt_finish) Getopt tables = { 0 };
  if (getopt_init (&tables, command) < 0) {
    *ret_status = fail_out_of_memory ();
    return -1;
  }
  opterr = 0;
  optind = 0; /* getopt(3): starts again, and reads the first character of the letters */
  for (;;) {
    optopt = 0;
    int value = getopt_long (argc, argv, tables.letters, tables.longs, NULL);
    if (value < 0)
      break;
    if (set_option (command, value, values, argv, ret_status) < 0)
      return -1;
  }
  *ret_operands = argv + optind;
  int n = argc - optind;
  *ret_status = check_operands (command, *ret_operands, (size_t)n);
  return *ret_status == STATUS_OK ? n : -1;
}
