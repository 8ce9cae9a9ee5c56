/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "terminal.h"

#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
count_columns (const char *text)
{
  size_t n_bytes, columns = 0;
  for (; *text != '\0'; columns++)
    utf8_next_visible (&text, &n_bytes);
  return columns;
}

/* Prints the characters from number `first` to before number `last`. */
static void
print_slice (const char *text, size_t first, size_t last)
{
  for (size_t i = 0; *text != '\0' && i < last; i++) {
    size_t n_bytes;
    const char *character = utf8_next_visible (&text, &n_bytes);
    if (i >= first)
      fwrite (character, 1, n_bytes, stdout);
  }
}

size_t
print_text (const char *text, size_t width)
{
  size_t columns = count_columns (text);
  if (columns <= width) {
    print_slice (text, 0, columns);
    return columns;
  }
  const char *dots = terminal_is_utf8 () ? "…" : "~";
  if (width == 0)
    return 0;
  size_t head = (width - 1) * 2 / 3, tail = width - 1 - head;
  print_slice (text, 0, head);
  fputs (dots, stdout);
  print_slice (text, columns - tail, columns);
  return width;
}

void
print_padded (const char *text, size_t width)
{
  size_t used = print_text (text, width);
  printf ("%*s", (int)(width - used), "");
}
