/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* Strings that are kept once and stay where they are until the end, and their readable forms.
 * Zero-initialized is empty. */
typedef struct {
  PROF_VEC (struct ProfName {
    const char *text;
    const char *demangled; /* NULL: not asked for yet */
  })
  names;
  ProfHashIndex index;
  PROF_VEC (char *) chunks;
  char *chunk_end; /* of the last chunk */
  size_t n_free;   /* bytes before it */
} ProfNames;

void prof_names_finish (ProfNames *names);

/* The kept copy of the string, or NULL: out of memory. */
const char *prof_names_intern (ProfNames *names, const char *text);

/* The readable form of a mangled name, else its kept copy. NULL: out of memory. */
const char *prof_names_demangle (ProfNames *names, const char *text);
