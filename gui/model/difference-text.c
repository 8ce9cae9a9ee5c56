/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>
#include <math.h>

#include "model/difference.h"
#include "model/units.h"

/* Of the normal distribution: 95% of it are nearer to its middle. */
static const double deviations = 1.959964;

static char *
format_signed (double value, const char *unit)
{
  g_autofree char *text = pyro_format_value (value, unit);
  return value == 0 ? g_strdup ("±0") : g_strdup_printf ("%s%s", value > 0 ? "+" : "", text);
}

char *
pyro_difference_format_change (PyroDifference *self, const PyroChange *change)
{
  return format_signed (change->current - change->base, pyro_difference_get_unit (self));
}

char *
pyro_difference_format_share (const PyroChange *change)
{
  if (change->base == 0)
    return g_strdup (change->current == 0 ? "" : C_ ("share of change", "new"));
  if (change->current == 0)
    return g_strdup (C_ ("share of change", "gone"));
  double difference = change->current - change->base;
  g_autofree char *percent = pyro_format_percent (difference, change->base);
  return g_strdup_printf ("%s%s", difference > 0 ? "+" : "", percent);
}

char *
pyro_difference_format_range (PyroDifference *self, const PyroChange *change)
{
  const char *unit = pyro_difference_get_unit (self);
  double difference = change->current - change->base;
  g_autofree char *low = format_signed (difference - deviations * change->deviation, unit);
  g_autofree char *high = format_signed (difference + deviations * change->deviation, unit);
  /* Translators: from … to. */
  return g_strdup_printf (_ ("%s … %s"), low, high);
}

static char *
describe_base (PyroDifference *self, double value)
{
  double scale = pyro_difference_get_scale (self);
  g_autofree char *text = pyro_format_value (value, pyro_difference_get_unit (self));
  if (fabs (scale - 1) < 0.0005)
    return g_steal_pointer (&text);
  /* Translators: a value, and the factor that was applied to it. */
  return g_strdup_printf (_ ("%s (scaled by %.3g)"), text, scale);
}

char *
pyro_difference_describe_whole (PyroDifference *self)
{
  const char *unit = pyro_difference_get_unit (self);
  PyroChange whole = {
    .base = pyro_difference_get_base_whole (self),
    .current = pyro_difference_get_whole (self),
  };
  g_autofree char *base = describe_base (self, whole.base);
  g_autofree char *current = pyro_format_value (whole.current, unit);
  g_autofree char *change = pyro_difference_format_change (self, &whole);
  g_autofree char *share = pyro_difference_format_share (&whole);
  if (*share == '\0')
    return g_strdup_printf (_ ("Base %s, new %s"), base, current);
  /* Translators: two values, their difference and its share of the first one. */
  return g_strdup_printf (_ ("Base %s, new %s: %s (%s)"), base, current, change, share);
}

/* The first of those that are beyond chance differs by the most. */
static const PyroFunctionChange *
find_greatest (PyroDifference *self, guint *ret_n_beyond)
{
  gsize n;
  const PyroFunctionChange *functions = pyro_difference_get_functions (self, &n), *first = NULL;
  *ret_n_beyond = 0;
  for (gsize i = 0; i < n; i++) {
    if (!functions[i].changes[PYRO_COST_SELF].is_beyond)
      continue;
    ++*ret_n_beyond;
    if (first == NULL)
      first = &functions[i];
  }
  return first;
}

static char *
describe_greatest (PyroDifference *self, const PyroFunctionChange *function, guint n_beyond)
{
  const PyroChange *change = &function->changes[PYRO_COST_SELF];
  g_autofree char *name = g_utf8_make_valid (function->function->name, -1);
  g_autofree char *text = pyro_difference_format_change (self, change);
  g_autofree char *range = pyro_difference_format_range (self, change);
  g_autofree char *first
      = change->deviation > 0
            /* Translators: a function, its difference and between which values it lies. */
            ? g_strdup_printf (_ ("The difference of “%s”, %s, is larger than sampling noise (95%% "
                                  "range %s)."),
                               name, text, range)
            : g_strdup_printf (_ ("The difference of “%s”, %s, is exact: all of it was recorded."),
                               name, text);
  if (n_beyond == 1)
    return g_steal_pointer (&first);
  g_autofree char *others
      = g_strdup_printf (ngettext ("So is that of %u other function.",
                                   "So are those of %u other functions.", n_beyond - 1),
                         n_beyond - 1);
  return g_strdup_printf ("%s %s", first, others);
}

char *
pyro_difference_describe_noise (PyroDifference *self)
{
  guint n_beyond;
  const PyroFunctionChange *greatest = find_greatest (self, &n_beyond);
  if (greatest != NULL)
    return describe_greatest (self, greatest, n_beyond);
  if (!pyro_difference_is_judged (self))
    return g_strdup (_ ("Whether the differences are larger than sampling noise can’t be told: the "
                        "profiles do not say how many samples they are made of."));
  return g_strdup (_ ("No function differs by more than sampling noise."));
}
