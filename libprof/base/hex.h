/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes 2 * n digits and a NUL. */
static inline void
prof_write_hex (const uint8_t *bytes, size_t n, char *ret)
{
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) {
    *ret++ = digits[bytes[i] >> 4];
    *ret++ = digits[bytes[i] & 15];
  }
  *ret = '\0';
}
