/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
prof_base64_encode (const void *bytes, size_t n, char *ret)
{
  const uint8_t *p = bytes;
  for (size_t i = 0; i < n; i += 3) {
    size_t n_left = n - i;
    uint32_t bits = (uint32_t)p[i] << 16;
    bits |= n_left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
    bits |= n_left > 2 ? p[i + 2] : 0;
    *ret++ = digits[bits >> 18];
    *ret++ = digits[bits >> 12 & 63];
    *ret++ = n_left > 1 ? digits[bits >> 6 & 63] : '=';
    *ret++ = n_left > 2 ? digits[bits & 63] : '=';
  }
  *ret = '\0';
}

ptrdiff_t
prof_base64_decode (const char *text, size_t n, uint8_t *ret)
{
  uint8_t *start = ret;
  uint32_t bits = 0;
  unsigned n_bits = 0;
  for (unsigned padding = 0; padding < 2 && n > 0 && text[n - 1] == '='; padding++)
    n--;
  if (n % 4 == 1)
    return -1;
  for (size_t i = 0; i < n; i++) {
    const char *digit = memchr (digits, text[i], sizeof digits - 1);
    if (digit == NULL)
      return -1;
    bits = bits << 6 | (uint32_t)(digit - digits);
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      *ret++ = (uint8_t)(bits >> n_bits);
    }
  }
  return ret - start;
}
