/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"

int
parse_uint64 (const char *text, uint64_t *ret)
{
  if (!isdigit ((unsigned char)*text))
    return -EINVAL;
  char *end;
  errno = 0;
  unsigned long long value = strtoull (text, &end, 10);
  if (*end != '\0')
    return -EINVAL;
  if (errno == ERANGE)
    return -ERANGE;
  *ret = value;
  return 0;
}

int
parse_unsigned (const char *text, unsigned *ret)
{
  uint64_t value;
  int r = parse_uint64 (text, &value);
  if (r < 0)
    return r;
  if (value > INT_MAX)
    return -ERANGE;
  *ret = (unsigned)value;
  return 0;
}

typedef struct {
  const char *suffix;
  double factor;
} Suffix;

/* A decimal number and one of `suffixes`; the last one has the suffix NULL. */
static int
parse_scaled (const char *text, const Suffix *suffixes, uint64_t *ret)
{
  size_t n_digits = strspn (text, "0123456789.");
  char *end;
  double value = strtod (text, &end);
  if (n_digits == 0 || end != text + n_digits)
    return -EINVAL;
  while (suffixes->suffix != NULL && strcasecmp (end, suffixes->suffix) != 0)
    suffixes++;
  if (suffixes->suffix == NULL)
    return -EINVAL;
  value *= suffixes->factor;
  if (value >= 0x1p63)
    return -ERANGE;
  *ret = (uint64_t)llround (value);
  return 0;
}

int
parse_duration (const char *text, uint64_t *ret_ns)
{
  static const Suffix suffixes[]
      = { { "", 1e9 },   { "s", 1e9 },    { "ms", 1e6 },   { "us", 1e3 }, { "ns", 1 },
          { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 }, { NULL } };
  return parse_scaled (text, suffixes, ret_ns);
}

int
parse_size (const char *text, uint64_t *ret_bytes)
{
  static const Suffix suffixes[]
      = { { "", 1 },       { "B", 1 },        { "k", 0x1p10 }, { "KiB", 0x1p10 },
          { "M", 0x1p20 }, { "MiB", 0x1p20 }, { NULL } };
  return parse_scaled (text, suffixes, ret_bytes);
}

int
parse_time_range (const char *text, TimeRange *ret)
{
  const char *dots = strstr (text, "..");
  if (dots == NULL || strcmp (text, "..") == 0)
    return -EINVAL;
  cleanup (free) char *start = strndup (text, (size_t)(dots - text));
  if (start == NULL)
    return -ENOMEM;
  TimeRange range = { 0 };
  int r = *start != '\0' ? parse_duration (start, &range.start) : 0;
  if (r == 0 && dots[2] != '\0')
    r = parse_duration (dots + 2, &range.end);
  if (r < 0)
    return r;
  if (dots[2] != '\0' && range.end <= range.start)
    return -EINVAL;
  *ret = range;
  return 0;
}

int
string_list_append (StringList *list, const char *text, size_t n_bytes)
{
  char **items = reallocarray (list->items, list->n + 2, sizeof *items);
  if (items == NULL)
    return -ENOMEM;
  list->items = items;
  items[list->n] = strndup (text, n_bytes);
  if (items[list->n] == NULL)
    return -ENOMEM;
  items[++list->n] = NULL;
  return 0;
}

static int
split (StringList *list, const char *text, const char *separators)
{
  for (;;) {
    size_t n = strcspn (text, separators);
    int r = n > 0 ? string_list_append (list, text, n) : -EINVAL;
    if (r < 0 || text[n] == '\0')
      return r;
    text += n + 1;
  }
}

int
string_list_append_split (StringList *list, const char *text)
{
  return split (list, text, ",");
}

void
string_list_clear (StringList *list)
{
  for (size_t i = 0; i < list->n; i++)
    free (list->items[i]);
  free (list->items);
  *list = (StringList){ 0 };
}

const char *const *
string_list_get (const StringList *list)
{
  return (const char *const *)list->items;
}

static int
append_pid (PidList *list, const char *text)
{
  unsigned pid;
  int r = parse_unsigned (text, &pid);
  if (r < 0 || pid == 0)
    return -EINVAL;
  pid_t *items = reallocarray (list->items, list->n + 1, sizeof *items);
  if (items == NULL)
    return -ENOMEM;
  list->items = items;
  items[list->n++] = (pid_t)pid;
  return 0;
}

/* pidof(1) and pgrep(1) put blanks between the numbers. */
int
parse_pids (const char *text, PidList *ret)
{
  cleanup (string_list_clear) StringList words = { 0 };
  int r = split (&words, text, ", \n");
  for (size_t i = 0; r == 0 && i < words.n; i++)
    r = append_pid (ret, words.items[i]);
  return r;
}
