/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/clean-text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool
is_continuation (uint8_t byte)
{
  return (byte & 0xc0) == 0x80;
}

/* Bytes of the character at p, of which n are there; 0: there is none that may be shown. Overlong
 * forms, surrogates, and the controls of U+0080 to U+009F are none. */
static size_t
get_character_size (const uint8_t *p, size_t n)
{
  if (*p < 0x80)
    return *p >= ' ' && *p != 0x7f;
  size_t size = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
  if (*p < 0xc2 || *p > 0xf4 || size > n)
    return 0;
  for (size_t i = 1; i < size; i++)
    if (!is_continuation (p[i]))
      return 0;
  bool is_wrong = (*p == 0xc2 && p[1] < 0xa0) || (*p == 0xe0 && p[1] < 0xa0)
                  || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90)
                  || (*p == 0xf4 && p[1] > 0x8f);
  return is_wrong ? 0 : size;
}

void
prof_clean_text (char *ret, size_t size, const void *text, size_t n)
{
  const uint8_t *bytes = text;
  size_t n_ret = 0, n_kept = 0; /* kept: up to the last character that is no blank */
  for (size_t i = 0, n_copied; i < n; i += n_copied) {
    size_t n_character = get_character_size (bytes + i, n - i);
    bool is_blank = bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r');
    n_copied = n_character > 0 ? n_character : 1;
    if (n_ret + n_copied >= size)
      break;
    if (is_blank && n_ret == 0)
      continue;
    if (n_character > 0)
      memcpy (ret + n_ret, bytes + i, n_character);
    else
      ret[n_ret] = is_blank ? ' ' : '?';
    n_ret += n_copied;
    n_kept = is_blank ? n_kept : n_ret;
  }
  ret[n_kept] = '\0';
}
