/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/units.h"

#include <glib/gi18n.h>
#include <math.h>

typedef struct {
  double factor;
  const char *suffix;
} Scale;

/* Three digits, or all those of the whole part. */
static char *
print_scaled (double value, const char *suffix)
{
  double magnitude = fabs (value);
  int decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
  return g_strdup_printf ("%.*f%s%s", decimals, value, *suffix ? "\u202f" : "", suffix);
}

/* `scales`: the greatest first; the last one is the unit itself, which has no fractions. What
 * rounds up to the next scale (999.6 ms) is shown in it. */
static char *
print_in_scale (double value, const Scale *scales)
{
  double magnitude = fabs (value);
  while (scales->factor > 1 && magnitude < scales->factor * 0.9995)
    scales++;
  const char *suffix = *scales->suffix ? _ (scales->suffix) : "";
  if (scales->factor == 1)
    return g_strdup_printf ("%'.0f%s%s", value, *suffix ? "\u202f" : "", suffix);
  return print_scaled (value / scales->factor, suffix);
}

char *
pyro_format_duration (double ns)
{
  static const Scale scales[]
      = { { 1e9, N_ ("s") }, { 1e6, N_ ("ms") }, { 1e3, N_ ("µs") }, { 1, N_ ("ns") } };
  return print_in_scale (ns, scales);
}

char *
pyro_format_bytes (double bytes)
{
  static const Scale scales[] = { { 0x1p40, N_ ("TiB") },
                                  { 0x1p30, N_ ("GiB") },
                                  { 0x1p20, N_ ("MiB") },
                                  { 0x1p10, N_ ("KiB") },
                                  { 1, N_ ("B") } };
  return print_in_scale (bytes, scales);
}

char *
pyro_format_count (double count)
{
  static const Scale scales[]
      = { { 1e12, N_ ("T") }, { 1e9, N_ ("G") }, { 1e6, N_ ("M") }, { 1, "" } };
  return print_in_scale (count, scales);
}

char *
pyro_format_percent (double part, double whole)
{
  if (whole == 0)
    return g_strdup ("–");
  return g_strdup_printf ("%.1f%%", 100 * part / fabs (whole));
}

char *
pyro_format_value (double value, const char *unit)
{
  static const struct {
    const char *unit;
    double factor;
    char *(*format) (double value);
  } known[] = {
    { "nanoseconds", 1, pyro_format_duration },
    { "microseconds", 1e3, pyro_format_duration },
    { "milliseconds", 1e6, pyro_format_duration },
    { "seconds", 1e9, pyro_format_duration },
    { "bytes", 1, pyro_format_bytes },
    { "kilobytes", 0x1p10, pyro_format_bytes },
    { "megabytes", 0x1p20, pyro_format_bytes },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (unit, known[i].unit) == 0)
      return known[i].format (value * known[i].factor);
  return pyro_format_count (value);
}

char *
pyro_format_value_type (const char *type, const char *unit)
{
  static const struct {
    const char *type, *title;
  } known[] = {
    { "samples", N_ ("Samples") },
    { "cpu", N_ ("CPU time") },
    { "wall", N_ ("Wall time") },
    { "alloc_objects", N_ ("Allocated blocks") },
    { "alloc_space", N_ ("Allocated bytes") },
    { "inuse_objects", N_ ("Blocks in use") },
    { "inuse_space", N_ ("Bytes in use") },
    { "objects", N_ ("Blocks") },
    { "space", N_ ("Bytes") },
    { "contentions", N_ ("Contentions") },
    { "delay", N_ ("Delay") },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (type, known[i].type))
      return g_strdup (_ (known[i].title));
  if (*type == '\0')
    return g_strdup (_ ("Values"));
  if (*unit == '\0' || g_str_equal (unit, "count") || g_str_equal (unit, type))
    return g_utf8_make_valid (type, -1);
  g_autofree char *text = g_strdup_printf ("%s (%s)", type, unit);
  return g_utf8_make_valid (text, -1);
}
