/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/difference.h"

#include <math.h>
#include <stdlib.h>

struct _PyroDifference {
  GObject parent_instance;
  ProfProfile *profile;
  unsigned value_type;
  PyroTally *base, *current;
  PyroNoise noise;
  gboolean is_judged;
  PyroFunctionChange *functions;
  gsize n_functions;
};

G_DEFINE_FINAL_TYPE (PyroDifference, pyro_difference, G_TYPE_OBJECT)

/* ---- functions of both ---- */

static guint
hash_function (gconstpointer key)
{
  return ((const PyroFlameFunction *)key)->hash;
}

/* As in the profiles themselves. */
static gboolean
is_same_function (gconstpointer a, gconstpointer b)
{
  const PyroFlameFunction *x = a, *y = b;
  return g_str_equal (x->name, y->name) && g_str_equal (x->filename, y->filename)
         && (*x->filename != '\0' || g_str_equal (x->module, y->module));
}

static PyroChange
make_change (PyroDifference *self, PyroEstimate base, PyroEstimate current)
{
  PyroChange change = {
    .base = base.value * self->noise.scale,
    .current = current.value,
    .chance = 1,
  };
  if (self->is_judged) {
    change.deviation = pyro_noise_get_deviation (&self->noise, base, current);
    change.chance = pyro_noise_get_chance (&self->noise, base, current);
  }
  return change;
}

static void
add_function (PyroDifference *self,
              const PyroFlameFunction *function,
              const PyroCost *base,
              const PyroCost *current)
{
  if (base->total.value == 0 && current->total.value == 0)
    return;
  self->functions[self->n_functions++] = (PyroFunctionChange){
    .function = function,
    .changes = { make_change (self, base->self, current->self),
                 make_change (self, base->total, current->total) },
  };
}

/* Those of the base that are in the new profile too are marked as seen. */
static void
add_functions (PyroDifference *self)
{
  static const PyroCost nothing;
  const PyroFlameFunctions *old = &self->base->functions, *now = &self->current->functions;
  g_autoptr (GHashTable) rows = g_hash_table_new (hash_function, is_same_function);
  g_autofree gboolean *is_seen = g_new0 (gboolean, old->n + 1);
  for (guint32 i = 0; i < old->n; i++)
    g_hash_table_insert (rows, &old->items[i], GUINT_TO_POINTER (i + 1));
  self->functions = g_new (PyroFunctionChange, (gsize)old->n + now->n);
  for (guint32 i = 0; i < now->n; i++) {
    guint32 row = GPOINTER_TO_UINT (g_hash_table_lookup (rows, &now->items[i]));
    is_seen[row > 0 ? row - 1 : old->n] = TRUE;
    add_function (self, &now->items[i], row > 0 ? &self->base->costs[row - 1] : &nothing,
                  &self->current->costs[i]);
  }
  for (guint32 i = 0; i < old->n; i++)
    if (!is_seen[i])
      add_function (self, &old->items[i], &self->base->costs[i], &nothing);
}

static void
mark_findings (PyroDifference *self, PyroCostKind kind)
{
  g_autofree double *chances = g_new (double, self->n_functions + 1);
  gsize n = 0;
  for (gsize i = 0; i < self->n_functions; i++) {
    const PyroChange *change = &self->functions[i].changes[kind];
    if (change->base != 0 || change->current != 0)
      chances[n++] = change->chance;
  }
  double limit = pyro_noise_find_limit (chances, n);
  for (gsize i = 0; i < self->n_functions; i++) {
    PyroChange *change = &self->functions[i].changes[kind];
    change->is_beyond = change->chance <= limit;
  }
}

static double
get_magnitude (const PyroFunctionChange *function, PyroCostKind kind)
{
  const PyroChange *change = &function->changes[kind];
  return fabs (change->current - change->base);
}

static int
compare_functions (const void *a, const void *b)
{
  const PyroFunctionChange *x = a, *y = b;
  for (PyroCostKind kind = PYRO_COST_SELF; kind <= PYRO_COST_TOTAL; kind++) {
    double m = get_magnitude (x, kind), n = get_magnitude (y, kind);
    if (m != n)
      return m > n ? -1 : 1;
  }
  return strcmp (x->function->name, y->function->name);
}

static int
compare_totals (const void *a, const void *b)
{
  const PyroFunctionChange *x = *(const PyroFunctionChange *const *)a;
  const PyroFunctionChange *y = *(const PyroFunctionChange *const *)b;
  double m = get_magnitude (x, PYRO_COST_TOTAL), n = get_magnitude (y, PYRO_COST_TOTAL);
  if (m != n)
    return m > n ? -1 : 1;
  return x < y ? -1 : x > y;
}

const PyroFunctionChange **
pyro_difference_sort_functions (PyroDifference *self, PyroCostKind kind, gsize *ret_n)
{
  const PyroFunctionChange **sorted = g_new (const PyroFunctionChange *, self->n_functions + 1);
  *ret_n = 0;
  for (gsize i = 0; i < self->n_functions; i++) {
    const PyroChange *change = &self->functions[i].changes[kind];
    if (change->base != 0 || change->current != 0)
      sorted[(*ret_n)++] = &self->functions[i];
  }
  if (kind == PYRO_COST_TOTAL)
    qsort (sorted, *ret_n, sizeof *sorted, compare_totals);
  return sorted;
}

PyroDifference *
pyro_difference_new (ProfProfile *profile,
                     unsigned value_type,
                     PyroTally *base,
                     PyroTally *current,
                     double scale,
                     gboolean is_by_total)
{
  PyroDifference *self = g_object_new (PYRO_TYPE_DIFFERENCE, NULL);
  self->profile = prof_profile_ref (profile);
  self->value_type = value_type;
  self->base = pyro_tally_ref (base);
  self->current = pyro_tally_ref (current);
  self->noise = (PyroNoise){ base->whole, current->whole, scale, is_by_total };
  self->is_judged = base->has_variance && current->has_variance && base->whole.value > 0
                    && current->whole.value > 0;
  add_functions (self);
  mark_findings (self, PYRO_COST_SELF);
  mark_findings (self, PYRO_COST_TOTAL);
  qsort (self->functions, self->n_functions, sizeof *self->functions, compare_functions);
  return self;
}

/* ---- reading ---- */

ProfProfile *
pyro_difference_get_profile (PyroDifference *self)
{
  return self->profile;
}

unsigned
pyro_difference_get_value_type (PyroDifference *self)
{
  return self->value_type;
}

const char *
pyro_difference_get_unit (PyroDifference *self)
{
  gsize n_types;
  const ProfValueType *types = prof_profile_get_value_types (self->profile, &n_types);
  return prof_profile_get_string (self->profile, types[self->value_type].unit);
}

double
pyro_difference_get_scale (PyroDifference *self)
{
  return self->noise.scale;
}

double
pyro_difference_get_base_whole (PyroDifference *self)
{
  return self->base->whole.value * self->noise.scale;
}

double
pyro_difference_get_whole (PyroDifference *self)
{
  return self->current->whole.value;
}

PyroCostKind
pyro_difference_get_leading_kind (PyroDifference *self)
{
  return self->current->is_of_heap ? PYRO_COST_TOTAL : PYRO_COST_SELF;
}

gboolean
pyro_difference_is_judged (PyroDifference *self)
{
  return self->is_judged;
}

const PyroFunctionChange *
pyro_difference_get_functions (PyroDifference *self, gsize *ret_n)
{
  *ret_n = self->n_functions;
  return self->functions;
}

/* ---- GObject ---- */

static void
finalize (GObject *object)
{
  PyroDifference *self = PYRO_DIFFERENCE (object);
  prof_profile_unref (self->profile);
  g_clear_pointer (&self->base, pyro_tally_unref);
  g_clear_pointer (&self->current, pyro_tally_unref);
  g_free (self->functions);
  G_OBJECT_CLASS (pyro_difference_parent_class)->finalize (object);
}

static void
pyro_difference_class_init (PyroDifferenceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_difference_init (PyroDifference *self)
{
}
