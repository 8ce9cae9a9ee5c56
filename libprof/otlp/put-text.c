/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/put-text.h"

#include <stdbool.h>
#include <string.h>

/* RFC 3629. Bytes of the character at p, of which n are there; 0: there is none. */
static size_t
get_character_size (const uint8_t *p, size_t n)
{
  if (*p < 0x80)
    return 1;
  size_t size = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
  if (*p < 0xc2 || *p > 0xf4 || size > n)
    return 0;
  for (size_t i = 1; i < size; i++)
    if ((p[i] & 0xc0) != 0x80)
      return 0;
  bool is_wrong = (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f)
                  || (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f);
  return is_wrong ? 0 : size;
}

/* Names are hardly ever anything else: bytes below 0x80 at the beginning, eight at a time. */
static size_t
count_ascii (const uint8_t *p, size_t n)
{
  uint64_t eight = 0;
  size_t i = 0;
  for (; n - i >= sizeof eight; i += sizeof eight) {
    memcpy (&eight, p + i, sizeof eight);
    if ((eight & 0x8080808080808080) != 0)
      break;
  }
  return i;
}

/* How many bytes at the beginning are UTF-8. */
static size_t
count_good (const uint8_t *p, size_t n)
{
  size_t i = count_ascii (p, n);
  for (size_t size = 1; i < n && size > 0; i += size)
    size = get_character_size (p + i, n - i);
  return i;
}

void
prof_otlp_put_text (ProfWireBuffer *buffer, uint32_t field, const char *text, size_t n)
{
  const uint8_t *p = (const uint8_t *)text;
  size_t n_good = count_good (p, n);
  if (n_good == n) {
    prof_wire_put_bytes (buffer, field, text, n);
    return;
  }
  size_t start = prof_wire_begin (buffer, field);
  for (; n_good < n; n_good = count_good (p, n)) {
    prof_wire_put_raw (buffer, p, n_good);
    prof_wire_put_raw (buffer, "\xef\xbf\xbd", 3);
    p += n_good + 1;
    n -= n_good + 1;
  }
  prof_wire_put_raw (buffer, p, n);
  prof_wire_end (buffer, start);
}
