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

static double
get_magnitude (const PyroChange *change)
{
  return fabs (change->current - change->base);
}

/* The one whose own cost differs by the most: they are in that order. */
static const PyroFunctionChange *
find_greatest (PyroDifference *self, guint *ret_n_others)
{
  gsize n;
  const PyroFunctionChange *functions = pyro_difference_get_functions (self, &n), *first = NULL;
  guint n_beyond = 0;
  for (gsize i = 0; i < n; i++) {
    if (!functions[i].changes[PYRO_COST_SELF].is_beyond)
      continue;
    n_beyond++;
    if (first == NULL)
      first = &functions[i];
  }
  *ret_n_others = MAX (n_beyond, 1) - 1;
  return first;
}

/* All callers of a function differ with it. Of those with at least half of the greatest difference
 * the one of which there is the least says the most of where it comes from. */
static const PyroFunctionChange *
find_most_specific (PyroDifference *self)
{
  gsize n;
  const PyroFunctionChange *functions = pyro_difference_get_functions (self, &n), *found = NULL;
  double greatest = 0, least = INFINITY;
  for (gsize i = 0; i < n; i++)
    if (functions[i].changes[PYRO_COST_TOTAL].is_beyond)
      greatest = fmax (greatest, get_magnitude (&functions[i].changes[PYRO_COST_TOTAL]));
  for (gsize i = 0; i < n; i++) {
    const PyroChange *change = &functions[i].changes[PYRO_COST_TOTAL];
    if (!change->is_beyond || get_magnitude (change) < greatest / 2
        || change->base + change->current >= least)
      continue;
    found = &functions[i];
    least = change->base + change->current;
  }
  return found;
}

static char *
describe_finding (PyroDifference *self, const PyroFunctionChange *function, PyroCostKind kind)
{
  const PyroChange *change = &function->changes[kind];
  g_autofree char *name = g_utf8_make_valid (function->function->name, -1);
  g_autofree char *text = pyro_difference_format_change (self, change);
  g_autofree char *range = pyro_difference_format_range (self, change);
  if (change->deviation > 0)
    /* Translators: a function, its difference and between which values it lies. */
    return g_strdup_printf (_ ("The difference of “%s”, %s, is larger than sampling noise (95%% "
                               "range %s)."),
                            name, text, range);
  return g_strdup_printf (_ ("The difference of “%s”, %s, is exact: all of it was recorded."), name,
                          text);
}

static char *
describe_findings (PyroDifference *self)
{
  guint n_others = 0;
  PyroCostKind kind = pyro_difference_get_leading_kind (self);
  const PyroFunctionChange *first
      = kind == PYRO_COST_SELF ? find_greatest (self, &n_others) : find_most_specific (self);
  if (first == NULL)
    return g_strdup (_ ("No function differs by more than sampling noise."));
  char *finding = describe_finding (self, first, kind);
  if (n_others == 0)
    return finding;
  g_autofree char *start = finding;
  g_autofree char *others
      = g_strdup_printf (ngettext ("So is that of %u other function.",
                                   "So are those of %u other functions.", n_others),
                         n_others);
  return g_strdup_printf ("%s %s", start, others);
}

char *
pyro_difference_describe_noise (PyroDifference *self)
{
  if (pyro_difference_is_judged (self))
    return describe_findings (self);
  return g_strdup (_ ("Whether the differences are larger than sampling noise can’t be told: the "
                      "profiles do not say how many samples they are made of."));
}
