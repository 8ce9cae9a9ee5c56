/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/trace-ids.h"

#include <errno.h>
#include <sys/random.h>

void
prof_trace_format_id (const uint8_t *bytes, size_t n, char *ret)
{
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) {
    *ret++ = digits[bytes[i] >> 4];
    *ret++ = digits[bytes[i] & 15];
  }
  *ret = '\0';
}

int
prof_generate_profile_id (ProfProfileId *ret)
{
  ProfProfileId id = { { 0 } };
  static const ProfProfileId none;
  while (memcmp (&id, &none, sizeof id) == 0)
    if (getrandom (&id, sizeof id, 0) != sizeof id && errno != EINTR)
      return -errno;
  *ret = id;
  return 0;
}

/* Of a lower-case digit; -1: it is none. */
static int
get_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads 2 * n digits and moves behind them. */
static bool
take_hex (const char **text, uint8_t *ret, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    int high = get_digit (**text);
    int low = high < 0 ? -1 : get_digit ((*text)[1]);
    if (low < 0)
      return false;
    ret[i] = (uint8_t)(high << 4 | low);
    *text += 2;
  }
  return true;
}

static bool
take_dash (const char **text)
{
  if (**text != '-')
    return false;
  ++*text;
  return true;
}

/* W3C Trace Context 3.2: version ff is forbidden, and version 00 ends with the flags. */
int
prof_trace_parse (const char *traceparent, ProfTraceLink *ret)
{
  static const uint8_t none[sizeof ret->span_id];
  ProfTraceLink link;
  uint8_t version;
  const char *text = traceparent;
  if (text == NULL || !take_hex (&text, &version, 1) || version == 0xff || !take_dash (&text)
      || !take_hex (&text, link.trace_id, sizeof link.trace_id) || !take_dash (&text)
      || !take_hex (&text, link.span_id, sizeof link.span_id) || !take_dash (&text)
      || !take_hex (&text, &link.flags, 1) || (*text != '\0' && (version == 0 || *text != '-')))
    return -EINVAL;
  if (prof_trace_link_is_none (&link) || memcmp (link.span_id, none, sizeof none) == 0)
    return -EINVAL;
  *ret = link;
  return 0;
}
