/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/event-modifiers.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
  IN_USER = 1 << 0,
  IN_KERNEL = 1 << 1,
  IN_HYPERVISOR = 1 << 2,
} Places;

static int
parse_letters (const char *text, size_t n, Places *places, unsigned *precise)
{
  for (size_t i = 0; i < n; i++) {
    switch (text[i]) {
    case 'u':
      *places |= IN_USER;
      break;
    case 'k':
      *places |= IN_KERNEL;
      break;
    case 'h':
      *places |= IN_HYPERVISOR;
      break;
    case 'p':
      if (++*precise > 3)
        return -EINVAL;
      break;
    default:
      return -EINVAL;
    }
  }
  return n > 0 ? 0 : -EINVAL;
}

static int
parse_number (const char *text, size_t n, uint64_t *ret)
{
  char *end;
  errno = 0;
  unsigned long long value = strtoull (text, &end, 10);
  if (!isdigit ((unsigned char)*text) || errno != 0 || end != text + n || value == 0)
    return -EINVAL;
  *ret = value;
  return 0;
}

static int
parse_one (const char *text, size_t n, struct perf_event_attr *attr, Places *places)
{
  uint64_t number;
  bool is_freq = n > 5 && strncmp (text, "freq=", 5) == 0;
  bool is_period = n > 7 && strncmp (text, "period=", 7) == 0;
  if (is_freq || is_period) {
    size_t n_key = is_freq ? 5 : 7;
    int r = parse_number (text + n_key, n - n_key, &number);
    if (r < 0)
      return r;
    attr->freq = is_freq;
    attr->sample_period = number;
    return 0;
  }
  unsigned precise = attr->precise_ip;
  int r = parse_letters (text, n, places, &precise);
  attr->precise_ip = precise & 3;
  return r;
}

int
prof_event_modifiers_parse (const char *text, struct perf_event_attr *attr)
{
  struct perf_event_attr parsed = *attr;
  Places places = 0;
  for (const char *next = text;; next++) {
    size_t n = strcspn (next, ":");
    int r = parse_one (next, n, &parsed, &places);
    if (r < 0)
      return r;
    next += n;
    if (*next == '\0')
      break;
  }
  if (places != 0) {
    parsed.exclude_user = !(places & IN_USER);
    parsed.exclude_kernel = !(places & IN_KERNEL);
    parsed.exclude_hv = !(places & IN_HYPERVISOR);
  }
  *attr = parsed;
  return 0;
}

const char *
prof_event_modifiers_describe (const struct perf_event_attr *attr)
{
  static const char *const texts[] = { "", ":u", ":k", ":u:k", ":h", ":u:h", ":k:h", "" };
  unsigned places = (attr->exclude_user ? 0 : IN_USER) | (attr->exclude_kernel ? 0 : IN_KERNEL)
                    | (attr->exclude_hv ? 0 : IN_HYPERVISOR);
  return texts[places];
}
