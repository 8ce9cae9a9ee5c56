/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "terminal.h"
#include "utf8.h"

enum { WIDTH = 80 };

/* What stays on one line: a word, or a wide character with the punctuation behind it. */
typedef struct {
  const char *start, *end;
  size_t columns;
} Piece;

static bool
is_among (const char *character, size_t n_bytes, const char *const *list)
{
  for (; *list != NULL; list++)
    if (strncmp (character, *list, n_bytes) == 0)
      return true;
  return false;
}

static Piece
next_piece (const char *text, const char *end)
{
  static const char *const opening[] = { "（", "“", NULL };
  static const char *const closing[]
      = { "，", "。", "；", "：", "、", "）", "”", "！", "？", NULL };
  Piece piece = { text, text, 0 };
  bool was_wide = false;
  bool may_end = true; /* behind what stands last in the piece */
  while (piece.end < end && *piece.end != ' ') {
    const char *next = piece.end;
    size_t n_bytes;
    const char *character = utf8_next_visible (&next, &n_bytes);
    size_t columns = character_columns (character);
    bool is_boundary = piece.end > text && may_end && (columns == 2 || was_wide);
    if (is_boundary && !is_among (character, n_bytes, closing))
      break;
    piece.columns += columns;
    piece.end = next;
    was_wide = columns == 2;
    may_end = !is_among (character, n_bytes, opening);
  }
  return piece;
}

void
print_wrapped (const char *text, size_t n, size_t indent)
{
  const char *end = text + n;
  size_t column = indent;
  while (text < end) {
    size_t n_spaces = column > indent ? strspn (text, " ") : 0;
    Piece piece = next_piece (text + strspn (text, " "), end);
    if (column > indent && column + n_spaces + piece.columns > WIDTH) {
      printf ("\n%*s", (int)indent, "");
      column = indent;
      n_spaces = 0;
    }
    printf ("%*s%.*s", (int)n_spaces, "", (int)(piece.end - piece.start), piece.start);
    column += n_spaces + piece.columns;
    text = piece.end;
  }
  putchar ('\n');
}
