/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

/* What the programs here allocate has sizes that nobody else asks for. */
enum { MAIN_SIZE = 4321, CHILD_SIZE = 4322, OTHER_SIZE = 4323 };

/* Allocates n blocks of a size and frees the first n_freed of them. */
static inline void
allocate (size_t size, unsigned n, unsigned n_freed)
{
  for (unsigned i = 0; i < n; i++) {
    void *volatile block = malloc (size);
    if (i < n_freed)
      free (block);
  }
}

typedef struct {
  const char *name;
  int (*run) (char **arguments);
} Case;

static inline int
run_case (const Case *cases, size_t n, char **arguments)
{
  for (size_t i = 0; i < n; i++) {
    const char *a = arguments[1], *b = cases[i].name;
    while (a && *a && *a == *b)
      a++, b++;
    if (a && *a == *b)
      return cases[i].run (arguments);
  }
  return 2;
}
#define RUN_CASE(cases, arguments) run_case (cases, sizeof (cases) / sizeof *(cases), arguments)
