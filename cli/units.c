/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef struct {
  double factor;
  const char *suffix;
} Scale;

/* Three digits, or all those of the whole part. */
static Figure
print_scaled (double value, const char *suffix)
{
  Figure figure;
  double magnitude = fabs (value);
  int decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
  snprintf (figure.text, sizeof figure.text, "%.*f%s", decimals, value, suffix);
  return figure;
}

static Figure
print_whole (double value, const char *suffix)
{
  Figure figure;
  snprintf (figure.text, sizeof figure.text, "%.0f%s", value, suffix);
  return figure;
}

/* `scales`: the greatest first; the last one is the unit itself, which has no fractions. What
 * rounds up to the next scale (999.6 ms) is shown in it. */
static Figure
print_in_scale (double value, const Scale *scales)
{
  double magnitude = fabs (value);
  while (scales->factor > 1 && magnitude < scales->factor * 0.9995)
    scales++;
  if (scales->factor == 1)
    return print_whole (value, scales->suffix);
  return print_scaled (value / scales->factor, scales->suffix);
}

Figure
format_ns (double ns)
{
  static const Scale scales[] = { { 1e9, " s" }, { 1e6, " ms" }, { 1e3, " us" }, { 1, " ns" } };
  return print_in_scale (ns, scales);
}

Figure
format_bytes (double bytes)
{
  static const Scale scales[] = {
    { 0x1p40, " TiB" }, { 0x1p30, " GiB" }, { 0x1p20, " MiB" }, { 0x1p10, " KiB" }, { 1, " B" }
  };
  return print_in_scale (bytes, scales);
}

Figure
format_count (double count)
{
  static const Scale scales[] = { { 1e12, " T" }, { 1e9, " G" }, { 1e6, " M" }, { 1, "" } };
  double magnitude = fabs (count);
  if (magnitude < 999.5 || magnitude >= 999500)
    return print_in_scale (count, scales);
  long whole = lround (magnitude);
  Figure figure;
  snprintf (figure.text, sizeof figure.text, "%s%ld,%03ld", count < 0 ? "-" : "", whole / 1000,
            whole % 1000);
  return figure;
}

Figure
format_percent (double part, double whole)
{
  Figure figure = { "-" };
  if (whole != 0)
    snprintf (figure.text, sizeof figure.text, "%.1f%%", 100 * part / fabs (whole));
  return figure;
}

Figure
format_value (double value, const char *unit)
{
  static const struct {
    const char *unit;
    double factor;
    Figure (*format) (double value);
  } known[] = {
    { "nanoseconds", 1, format_ns },       { "microseconds", 1e3, format_ns },
    { "milliseconds", 1e6, format_ns },    { "seconds", 1e9, format_ns },
    { "bytes", 1, format_bytes },          { "kilobytes", 0x1p10, format_bytes },
    { "megabytes", 0x1p20, format_bytes },
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcasecmp (unit, known[i].unit) == 0)
      return known[i].format (value * known[i].factor);
  return format_count (value);
}
