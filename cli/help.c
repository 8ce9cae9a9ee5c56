/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include "command.h"

enum { HELP_COLUMN = 28, WIDTH = 80 };

/* Wraps a line of `text` that begins at column `indent`, as each next one does. */
static void
print_wrapped (const char *text, size_t n_text, size_t indent)
{
  const char *end = text + n_text;
  size_t column = indent;
  while (text < end) {
    size_t n = strcspn (text, " \n");
    if (column > indent && column + 1 + n > WIDTH) {
      printf ("\n%*s", (int)indent, "");
      column = indent;
    } else if (column > indent) {
      putchar (' ');
      column++;
    }
    printf ("%.*s", (int)n, text);
    column += n;
    text += n + strspn (text + n, " ");
  }
  putchar ('\n');
}

/* A line is a paragraph; one that begins with a space stays as it is. */
static void
print_description (const char *text)
{
  while (*text != '\0') {
    size_t n = strcspn (text, "\n");
    if (*text == ' ')
      printf ("%.*s\n", (int)n, text);
    else
      print_wrapped (text, n, 0);
    text += n + (text[n] == '\n');
  }
}

static void
print_option (char letter, const char *name, const char *value, const char *help)
{
  char left[64];
  char short_form[] = { '-', letter, ',', ' ', '\0' };
  int n = snprintf (left, sizeof left, "  %s--%s%s%s", letter != 0 ? short_form : "    ", name,
                    value != NULL && value[0] != '[' ? " " : "", value != NULL ? value : "");
  fputs (left, stdout);
  if (n + 2 > HELP_COLUMN)
    printf ("\n%*s", HELP_COLUMN, "");
  else
    printf ("%*s", HELP_COLUMN - n, "");
  print_wrapped (help, strlen (help), HELP_COLUMN);
}

static void
print_usage (const Command *command)
{
  const char *lead = "Usage:";
  for (const char *form = command->usage; form != NULL; lead = "      ") {
    size_t n = strcspn (form, "\n");
    printf ("%s prof %s %.*s\n", lead, command->name, (int)n, form);
    form = form[n] != '\0' ? form + n + 1 : NULL;
  }
}

void
print_command_help (const Command *command)
{
  print_usage (command);
  putchar ('\n');
  print_description (command->description);
  printf ("\nOptions:\n");
  for (const Option *option = command->options; option->name != NULL; option++)
    print_option (option->letter, option->name, option->value, option->help);
  print_option ('h', "help", NULL, "show this help");
  printf ("\nExamples:\n%s", command->examples);
}

void
print_help (void)
{
  fputs ("Usage: prof COMMAND [OPTION]... [ARGUMENT]...\n\n"
         "Finds out where programs spend their time. A recording is a profile in the\n"
         "format of pprof, which many other tools read.\n\n"
         "Commands:\n",
         stdout);
  for (const Command *const *command = command_list (); *command != NULL; command++)
    printf ("  %-13s%s\n", (*command)->name, (*command)->summary);
  fputs ("  help         show the help of a command\n\n"
         "Options:\n"
         "  -h, --help     show this help\n"
         "  -V, --version  show the version\n\n"
         "Examples:\n"
         "  prof record -- ./program argument    record a program to its end\n"
         "  prof record -p 1234 -d 10            record a running process for 10 s\n"
         "  prof report                          show the newest recording\n"
         "  prof help record                     learn more about a command\n",
         stdout);
}
