/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/vec.h"

/* Sentences for the user, each once. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (char *) sentences; /* and a NULL behind the last */
} ProfSessionNotes;

void prof_session_notes_finish (ProfSessionNotes *notes);
/* 0 or -ENOMEM. */
int prof_session_notes_add (ProfSessionNotes *notes, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
/* NULL-terminated, good until the next is added. */
const char *const *prof_session_notes_get (const ProfSessionNotes *notes);
