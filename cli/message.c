/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

void
message (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  fputs ("prof: ", stderr);
  vfprintf (stderr, format, arguments);
  fputc ('\n', stderr);
  va_end (arguments);
}

int
fail (const ProfError *error)
{
  message ("%s", error->message[0] != '\0' ? error->message : strerror (-error->code));
  return STATUS_FAILURE;
}

int
fail_out_of_memory (void)
{
  message ("out of memory");
  return STATUS_FAILURE;
}

int
usage_error (const char *command, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  fprintf (stderr, "prof%s%s: ", command != NULL ? " " : "", command != NULL ? command : "");
  vfprintf (stderr, format, arguments);
  fprintf (stderr, "\nTry 'prof %s%s--help'.\n", command != NULL ? command : "",
           command != NULL ? " " : "");
  va_end (arguments);
  return STATUS_USAGE;
}
