/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The text of a source file that a profile names, if it is there. Zero-initialized has none. */
typedef struct {
  char *text;
  size_t n;
  size_t next; /* where line `number` begins: lines are asked for in their order */
  int64_t number;
} SourceText;

/* None if it is no regular file, or bigger than 8 MiB. */
void source_text_read (SourceText *source, const char *path);
void source_text_clear (SourceText *source);
static inline void
source_text_clear_p (SourceText *source)
{
  source_text_clear (source);
}

/* Line `number`, counted from 1 and not before the last one that was asked for, without the space
 * around it; *ret_n is its length. "" if there is no such line. */
const char *source_text_get_line (SourceText *source, int64_t number, size_t *ret_n);
