/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What stdout can show. */
typedef enum {
  STYLE_BOLD,
  STYLE_DIM,
  STYLE_RED,
  STYLE_GREEN,
  STYLE_YELLOW,
} Style;

/* Around a text: the sequences, or "" where stdout is no terminal or colours are unwanted
 * (https://no-color.org). */
const char *style_begin (Style style);
const char *style_end (void);

/* Line drawing and dots need UTF-8. */
bool terminal_is_utf8 (void);
/* Columns of the terminal; SIZE_MAX if stdout is none: nothing is cut then. */
size_t terminal_width (void);

/* Prints a text from a profile: nothing in it reaches the terminal as a control sequence. Cut in
 * the middle to `width` columns or one less; returns the columns used. */
size_t print_text (const char *text, size_t width);
/* … and filled up with spaces. */
void print_padded (const char *text, size_t width);
/* The columns that a terminal gives the text: characters of East Asia take two. */
size_t count_columns (const char *text);
/* Of its first character; 1 in a locale that does not know it. */
size_t character_columns (const char *text);

/* The text with spaces before it, or behind it where `width` is negative, to that many columns.
 * Returned by value, so that a call can stand among printf's arguments. */
typedef struct {
  char text[256];
} Cell;

Cell cell (int width, const char *text);
