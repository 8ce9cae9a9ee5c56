/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/percent-encoding.h"

#include <stdbool.h>

static int
get_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  char lower = (char)(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

size_t
prof_percent_decode (char *text, size_t n)
{
  size_t n_decoded = 0;
  for (size_t i = 0; i < n; i++) {
    bool is_escape = text[i] == '%' && n - i > 2 && get_digit (text[i + 1]) >= 0
                     && get_digit (text[i + 2]) >= 0;
    if (is_escape) {
      text[n_decoded++] = (char)(get_digit (text[i + 1]) << 4 | get_digit (text[i + 2]));
      i += 2;
    } else {
      text[n_decoded++] = text[i];
    }
  }
  return n_decoded;
}
