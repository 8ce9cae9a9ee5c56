/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "terminal.h"
#include "text.h"
#include "wrap.h"

enum { HELP_COLUMN = 28 };

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
  const char *lead = _ ("Usage:");
  int width = (int)count_columns (lead);
  for (const char *form = command->usage; form != NULL; lead = "") {
    size_t n = strcspn (form, "\n");
    printf ("%s prof %s %.*s\n", cell (width, lead).text, command->name, (int)n, form);
    form = form[n] != '\0' ? form + n + 1 : NULL;
  }
}

void
print_command_help (const Command *command)
{
  print_usage (command);
  putchar ('\n');
  print_description (_ (command->description));
  printf ("\n%s\n", _ ("Options:"));
  for (const Option *option = command->options; option->name != NULL; option++)
    print_option (option->letter, option->name, option->value, _ (option->help));
  print_option ('h', "help", NULL, _ ("show this help"));
  printf ("\n%s\n%s", _ ("Examples:"), _ (command->examples));
}

void
print_help (void)
{
  fputs (_ ("Usage: prof COMMAND [OPTION]... [ARGUMENT]...\n\n"
            "Finds out where programs spend their time. A recording is a profile in the\n"
            "format of pprof, which many other tools read.\n\n"
            "Commands:\n"),
         stdout);
  for (const Command *const *command = command_list (); *command != NULL; command++)
    printf ("  %-13s%s\n", (*command)->name, _ ((*command)->summary));
  fputs (_ ("  help         show the help of a command\n\n"
            "Options:\n"
            "  -h, --help     show this help\n"
            "  -V, --version  show the version\n\n"
            "Examples:\n"
            "  prof record -- ./program argument    record a program to its end\n"
            "  prof record -p 1234 -d 10            record a running process for 10 s\n"
            "  prof report                          show the newest recording\n"
            "  prof help record                     learn more about a command\n"),
         stdout);
}
