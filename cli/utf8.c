/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "utf8.h"

#include <stdbool.h>

static size_t
find_length (unsigned char lead)
{
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead < 0xe0)
    return 2;
  if (lead >= 0xe0 && lead < 0xf0)
    return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* Too long for its code point, a surrogate, or beyond the last one. */
static bool
is_wrong (uint32_t code_point, size_t n)
{
  return (n == 3 && code_point < 0x800) || (n == 4 && code_point < 0x10000)
         || (code_point >= 0xd800 && code_point < 0xe000) || code_point > 0x10ffff;
}

size_t
utf8_read (const char *text, uint32_t *ret_code_point)
{
  const unsigned char *bytes = (const unsigned char *)text;
  size_t n = find_length (bytes[0]);
  if (n == 0)
    return 0;
  uint32_t code_point = n == 1 ? bytes[0] : bytes[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((bytes[i] & 0xc0) != 0x80)
      return 0;
    code_point = code_point << 6 | (bytes[i] & 0x3f);
  }
  if (is_wrong (code_point, n))
    return 0;
  *ret_code_point = code_point;
  return n;
}

const char *
utf8_next_visible (const char **text, size_t *ret_n_bytes)
{
  const char *start = *text;
  uint32_t code_point = 0;
  size_t n = utf8_read (start, &code_point);
  *text += n > 0 ? n : 1;
  if (n == 0 || code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
    *ret_n_bytes = 3;
    return "\xef\xbf\xbd";
  }
  *ret_n_bytes = n;
  return start;
}
