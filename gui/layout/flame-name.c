/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-name.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool
is_of_name (char c)
{
  return isalnum ((unsigned char)c) || c == '_' || c == '~' || c == '$';
}

static bool
ends_with (const char *start, const char *end, const char *word)
{
  size_t n = strlen (word);
  return (size_t)(end - start) >= n && memcmp (end - n, word, n) == 0;
}

/* Behind the bracket that closes the one at `text`, or NULL. Arrows close nothing. */
static const char *
skip_group (const char *text)
{
  int depth = 0;
  for (const char *c = text; *c != '\0'; c++) {
    bool is_arrow = *c == '>' && c > text && c[-1] == '-';
    if (*c == '<' || *c == '(')
      depth++;
    else if ((*c == '>' && !is_arrow) || *c == ')')
      depth--;
    if (depth == 0)
      return c + 1;
  }
  return NULL;
}

/* The operators of C++ are made of the same characters. */
static size_t
get_operator_length (const char *text)
{
  static const char *const operators[]
      = { "()", "<<=", ">>=", "<=>", "->*", "<<", ">>", "<=", ">=", "->", "<", ">" };
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (strncmp (text, operators[i], strlen (operators[i])) == 0)
      return strlen (operators[i]);
  return 0;
}

/* Arguments follow a name or an operator: "(anonymous namespace)", Rust's "<T as Drop>" and Go's
 * "(*T)" do not. */
static bool
begins_arguments (const char *start, const char *end, char c)
{
  if (end == start || (c != '<' && c != '('))
    return false;
  return is_of_name (end[-1])
         || strchr (c == '<' ? "=+-/%^|!]" : ")<>=+-*/%^|!]&~", end[-1]) != NULL;
}

void
pyro_flame_shorten_name (const char *name, char *ret, size_t size)
{
  char *end = ret, *limit = ret + size - 1;
  while (*name != '\0' && end < limit) {
    size_t n_operator = ends_with (ret, end, "operator") ? get_operator_length (name) : 0;
    const char *behind = NULL;
    if (n_operator == 0 && begins_arguments (ret, end, *name))
      behind = skip_group (name);
    if (behind != NULL) {
      name = behind;
      continue;
    }
    for (size_t n = n_operator > 0 ? n_operator : 1; n > 0 && end < limit; n--)
      *end++ = *name++;
  }
  if (ends_with (ret, end, " const"))
    end -= strlen (" const");
  *end = '\0';
}

const char *
pyro_flame_get_last_parts (const char *short_name, unsigned n)
{
  const char *part = short_name + strlen (short_name);
  while (n > 0 && part > short_name) {
    part--;
    if (part[0] == ':' && part > short_name && part[-1] == ':' && --n == 0)
      return part + 1;
  }
  return part;
}
