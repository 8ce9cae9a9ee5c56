/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/nearest-names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void
prof_nearest_names_init (ProfNearestNames *nearest, const char *wanted, size_t n)
{
  nearest->n_names = 0;
  if (n >= sizeof nearest->wanted)
    n = 0;
  memcpy (nearest->wanted, wanted, n);
  nearest->wanted[n] = '\0';
}

static unsigned
min3 (unsigned a, unsigned b, unsigned c)
{
  unsigned ab = a < b ? a : b;
  return ab < c ? ab : c;
}

/* Levenshtein's distance, one row of the matrix at a time. */
static unsigned
measure_distance (const char *a, const char *b)
{
  unsigned row[PROF_NEAREST_NAME_BYTES];
  size_t n = strlen (b);
  for (size_t j = 0; j <= n; j++)
    row[j] = (unsigned)j;
  for (size_t i = 0; a[i] != '\0'; i++) {
    unsigned diagonal = row[0];
    row[0] = (unsigned)i + 1;
    for (size_t j = 0; j < n; j++) {
      bool is_same = tolower ((unsigned char)a[i]) == tolower ((unsigned char)b[j]);
      unsigned next = min3 (row[j] + 1, row[j + 1] + 1, diagonal + !is_same);
      diagonal = row[j + 1];
      row[j + 1] = next;
    }
  }
  return row[n];
}

static void
insert (ProfNearestNames *nearest, const char *name, unsigned distance)
{
  size_t at = 0;
  while (at < nearest->n_names && nearest->distances[at] <= distance)
    if (strcasecmp (nearest->names[at++], name) == 0)
      return;
  if (at == PROF_NEAREST_MAX)
    return;
  if (nearest->n_names < PROF_NEAREST_MAX)
    nearest->n_names++;
  for (size_t i = nearest->n_names - 1; i > at; i--) {
    memcpy (nearest->names[i], nearest->names[i - 1], sizeof nearest->names[i]);
    nearest->distances[i] = nearest->distances[i - 1];
  }
  strcpy (nearest->names[at], name);
  nearest->distances[at] = distance;
}

void
prof_nearest_names_offer (ProfNearestNames *nearest, const char *name)
{
  size_t n = strlen (name), n_wanted = strlen (nearest->wanted);
  if (n >= PROF_NEAREST_NAME_BYTES || n_wanted == 0)
    return;
  unsigned limit = n_wanted < 6 ? 2 : (unsigned)n_wanted / 3;
  unsigned distance = measure_distance (nearest->wanted, name);
  if (distance <= limit)
    insert (nearest, name, distance);
}

size_t
prof_nearest_names_format (const ProfNearestNames *nearest, char *text, size_t n_bytes)
{
  size_t n = 0;
  text[0] = '\0';
  for (size_t i = 0; i < nearest->n_names && n < n_bytes; i++) {
    const char *separator = i == 0 ? "" : i + 1 == nearest->n_names ? " or " : ", ";
    n += (size_t)snprintf (text + n, n_bytes - n, "%s%s", separator, nearest->names[i]);
  }
  return n < n_bytes ? n : n_bytes - 1;
}
