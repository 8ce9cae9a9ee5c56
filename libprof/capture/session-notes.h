/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

enum { PROF_MAX_NOTES = 15 };

/* Sentences for the user, each once; more than there is room for are dropped. They stay where they
 * are: another thread may read them while one is added. Zero-initialized is empty. */
typedef struct {
  const char *sentences[PROF_MAX_NOTES + 1]; /* owned, NULL behind the last */
  size_t n;
} ProfSessionNotes;

void prof_session_notes_finish (ProfSessionNotes *notes);
/* 0 or -ENOMEM. */
int prof_session_notes_add (ProfSessionNotes *notes, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
/* NULL-terminated, good as long as the notes are. */
const char *const *prof_session_notes_get (const ProfSessionNotes *notes);
