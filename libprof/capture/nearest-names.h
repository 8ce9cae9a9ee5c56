/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

enum { PROF_NEAREST_MAX = 3, PROF_NEAREST_NAME_BYTES = 96 };

/* The names that look most like a mistyped one, nearest first, none twice. */
typedef struct {
  char wanted[PROF_NEAREST_NAME_BYTES];
  char names[PROF_NEAREST_MAX][PROF_NEAREST_NAME_BYTES];
  unsigned distances[PROF_NEAREST_MAX];
  size_t n_names;
} ProfNearestNames;

/* Case does not count. A name of PROF_NEAREST_NAME_BYTES or more is cut: nothing will be near. */
void prof_nearest_names_init (ProfNearestNames *nearest, const char *wanted, size_t n);
void prof_nearest_names_offer (ProfNearestNames *nearest, const char *name);
/* Writes "a, b or c" and returns its length, 0 if none was near; cut to fit like snprintf. */
size_t prof_nearest_names_format (const ProfNearestNames *nearest, char *text, size_t n_bytes);
