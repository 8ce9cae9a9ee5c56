/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "message.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "text.h"

static struct {
  void (*func) (void *user_data, const char *text);
  void *user_data;
} listener;

void
message_set_listener (void (*func) (void *user_data, const char *text), void *user_data)
{
  listener.func = func;
  listener.user_data = user_data;
}

static void
tell_listener (const char *format, va_list arguments)
{
  char text[1024];
  vsnprintf (text, sizeof text, _ (format), arguments);
  listener.func (listener.user_data, text);
}

void
message (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  flockfile (stderr); /* the agent has two threads that say something */
  fputs ("prof: ", stderr);
  vfprintf (stderr, _ (format), arguments);
  fputc ('\n', stderr);
  funlockfile (stderr);
  va_end (arguments);
  if (listener.func == NULL)
    return;
  va_start (arguments, format);
  tell_listener (format, arguments);
  va_end (arguments);
}

static size_t
length_without_full_stop (const char *sentence)
{
  static const char *const stops[] = { ".", "。" };
  size_t n = strlen (sentence);
  for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
    size_t n_stop = strlen (stops[i]);
    if (n >= n_stop && strcmp (sentence + n - n_stop, stops[i]) == 0)
      return n - n_stop;
  }
  return n;
}

/* The library's sentences stand alone; behind a colon they have neither a capital, unless their
 * first word is a name, nor a full stop. */
static void
print_sentence (const char *about, const char *sentence, const char *rest)
{
  size_t n = length_without_full_stop (sentence);
  bool is_word = isupper ((unsigned char)sentence[0])
                 && (islower ((unsigned char)sentence[1]) || sentence[1] == ' ');
  int first = is_word ? tolower ((unsigned char)sentence[0]) : (unsigned char)sentence[0];
  if (n > 0)
    message ("%s%s%c%.*s%s", about, *about != '\0' ? ": " : "", first, (int)n - 1, sentence + 1,
             rest);
}

int
fail_about (const char *about, const ProfError *error)
{
  print_sentence (about, error->message[0] != '\0' ? error->message : strerror (-error->code), "");
  return STATUS_FAILURE;
}

int
fail (const ProfError *error)
{
  return fail_about ("", error);
}

void
note (const char *sentence)
{
  print_sentence ("", sentence, "");
}

void
note_about (const char *about, const char *sentence, const char *rest)
{
  print_sentence (about, sentence, rest);
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
  vfprintf (stderr, _ (format), arguments);
  fprintf (stderr, _ ("\nTry 'prof %s%s--help'.\n"), command != NULL ? command : "",
           command != NULL ? " " : "");
  va_end (arguments);
  return STATUS_USAGE;
}
