/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/retry-after.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT"; strptime would read names of the locale's language. */
static int64_t
parse_date (const char *text)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4];
  struct tm date = { 0 };
  int n_read = 0;
  int n = sscanf (text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &date.tm_mday, month,
                  &date.tm_year, &date.tm_hour, &date.tm_min, &date.tm_sec, &n_read);
  const char *found = n == 6 && n_read > 0 && strlen (month) == 3 ? strstr (months, month) : NULL;
  if (found == NULL || (found - months) % 3 != 0)
    return -1;
  date.tm_mon = (int)(found - months) / 3;
  date.tm_year -= 1900;
  return timegm (&date);
}

static int64_t
parse_seconds (const char *text)
{
  int64_t seconds = 0;
  for (; *text >= '0' && *text <= '9'; text++)
    seconds = seconds < prof_max_retry_after_s ? seconds * 10 + (*text - '0') : seconds;
  return *text == '\0' ? seconds : 0;
}

int64_t
prof_parse_retry_after (const char *text, int64_t now_s)
{
  int64_t seconds;
  if (*text >= '0' && *text <= '9')
    seconds = parse_seconds (text);
  else
    seconds = parse_date (text) - now_s;
  if (seconds > prof_max_retry_after_s)
    return prof_max_retry_after_s;
  return seconds > 0 ? seconds : 0;
}
