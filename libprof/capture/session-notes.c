/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/session-notes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

void
prof_session_notes_finish (ProfSessionNotes *notes)
{
  for (size_t i = 0; i < notes->n; i++)
    free ((char *)notes->sentences[i]);
  *notes = (ProfSessionNotes){ 0 };
}

static bool
has (const ProfSessionNotes *notes, const char *sentence)
{
  for (size_t i = 0; i < notes->n; i++)
    if (strcmp (notes->sentences[i], sentence) == 0)
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
  if (notes->n == PROF_MAX_NOTES || has (notes, sentence))
    return 0;
  /* Release: a reader that sees the pointer sees the sentence. */
  __atomic_store_n (&notes->sentences[notes->n], steal (&sentence), __ATOMIC_RELEASE);
  notes->n++;
  return 0;
}

const char *const *
prof_session_notes_get (const ProfSessionNotes *notes)
{
  return notes->sentences;
}
