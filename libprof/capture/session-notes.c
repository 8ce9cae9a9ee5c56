/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/session-notes.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/cleanup.h"

void
prof_session_notes_finish (ProfSessionNotes *notes)
{
  prof_vec_foreach (sentence, &notes->sentences)
    free (*sentence);
  prof_vec_clear (&notes->sentences);
}

static bool
has (const ProfSessionNotes *notes, const char *sentence)
{
  prof_vec_foreach (old, &notes->sentences)
    if (strcmp (*old, sentence) == 0)
      return true;
  return false;
}

int
prof_session_notes_add (ProfSessionNotes *notes, const char *format, ...)
{
  cleanup (prof_free) char *sentence = NULL;
  va_list args;
  va_start (args, format);
  int n = vasprintf (&sentence, format, args);
  va_end (args);
  if (n < 0) {
    sentence = NULL;
    return -ENOMEM;
  }
  if (has (notes, sentence))
    return 0;
  if (prof_vec_reserve (&notes->sentences, 2) < 0)
    return -ENOMEM;
  notes->sentences.items[notes->sentences.n++] = steal (&sentence);
  notes->sentences.items[notes->sentences.n] = NULL;
  return 0;
}

const char *const *
prof_session_notes_get (const ProfSessionNotes *notes)
{
  static const char *const none[] = { NULL };
  return notes->sentences.n > 0 ? (const char *const *)notes->sentences.items : none;
}
