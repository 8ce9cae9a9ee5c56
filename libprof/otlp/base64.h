/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* RFC 4648, section 4. */

/* Bytes that n bytes take when encoded, with the NUL. */
static inline size_t
prof_base64_get_size (size_t n)
{
  return (n + 2) / 3 * 4 + 1;
}

/* Encodes with padding and a NUL at the end. */
void prof_base64_encode (const void *bytes, size_t n, char *ret);

/* Decodes with or without padding; `ret` has room for 3 bytes of each 4 characters, rounded up.
 * Returns how many bytes there are, or -1: not base64. */
ptrdiff_t prof_base64_decode (const char *text, size_t n, uint8_t *ret);
