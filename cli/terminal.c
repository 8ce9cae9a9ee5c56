/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "terminal.h"

#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "utf8.h"

static bool
wants_colours (void)
{
  const char *no_color = getenv ("NO_COLOR");
  const char *terminal = getenv ("TERM");
  return isatty (STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') && terminal != NULL
         && strcmp (terminal, "dumb") != 0;
}

const char *
style_begin (Style style)
{
  static const char *const sequences[] = {
    [STYLE_BOLD] = "\033[1m",   [STYLE_DIM] = "\033[2m",     [STYLE_RED] = "\033[31m",
    [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m",
  };
  return wants_colours () ? sequences[style] : "";
}

const char *
style_end (void)
{
  return wants_colours () ? "\033[0m" : "";
}

bool
terminal_is_utf8 (void)
{
  return strcmp (nl_langinfo (CODESET), "UTF-8") == 0;
}

size_t
terminal_width (void)
{
  struct winsize size;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
    return SIZE_MAX;
  return size.ws_col;
}

size_t
character_columns (const char *character)
{
  uint32_t code_point;
  return utf8_read (character, &code_point) > 1 && wcwidth ((wchar_t)code_point) == 2 ? 2 : 1;
}

size_t
count_columns (const char *text)
{
  size_t n_bytes, columns = 0;
  while (*text != '\0')
    columns += character_columns (utf8_next_visible (&text, &n_bytes));
  return columns;
}

/* Prints what is whole from column `first` to before column `end`; returns its columns. */
static size_t
print_slice (const char *text, size_t first, size_t end)
{
  size_t n_bytes, width, printed = 0;
  for (size_t column = 0; *text != '\0' && column < end; column += width) {
    const char *character = utf8_next_visible (&text, &n_bytes);
    width = character_columns (character);
    if (column < first || column + width > end)
      continue;
    fwrite (character, 1, n_bytes, stdout);
    printed += width;
  }
  return printed;
}

size_t
print_text (const char *text, size_t width)
{
  size_t columns = count_columns (text);
  if (columns <= width)
    return print_slice (text, 0, columns);
  if (width == 0)
    return 0;
  size_t head = (width - 1) * 2 / 3, tail = width - 1 - head;
  size_t used = print_slice (text, 0, head);
  fputs (terminal_is_utf8 () ? "…" : "~", stdout);
  return used + 1 + print_slice (text, columns - tail, columns);
}

void
print_padded (const char *text, size_t width)
{
  size_t used = print_text (text, width);
  printf ("%*s", (int)(width - used), "");
}

Cell
cell (int width, const char *text)
{
  Cell cell;
  int n_spaces = abs (width) - (int)count_columns (text);
  n_spaces = n_spaces > 0 ? n_spaces : 0;
  snprintf (cell.text, sizeof cell.text, "%*s%s%*s", width > 0 ? n_spaces : 0, "", text,
            width < 0 ? n_spaces : 0, "");
  return cell;
}
