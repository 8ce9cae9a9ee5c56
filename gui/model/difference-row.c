/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/difference-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/lazy-list.h"

struct _PyroDifferenceRow {
  GObject parent_instance;
  PyroDifference *difference;
  const PyroFunctionChange *function; /* borrowed from it */
  PyroCostKind kind;
  char *name, *module; /* made when asked for */
};

G_DEFINE_FINAL_TYPE (PyroDifferenceRow, pyro_difference_row, G_TYPE_OBJECT)

const PyroChange *
pyro_difference_row_get_change (PyroDifferenceRow *self)
{
  return &self->function->changes[self->kind];
}

PyroDifference *
pyro_difference_row_get_difference (PyroDifferenceRow *self)
{
  return self->difference;
}

const char *
pyro_difference_row_get_name (PyroDifferenceRow *self)
{
  if (self->name == NULL)
    self->name = g_utf8_make_valid (self->function->function->name, -1);
  return self->name;
}

const char *
pyro_difference_row_get_module (PyroDifferenceRow *self)
{
  const char *path = self->function->function->module;
  const char *slash = strrchr (path, '/');
  if (self->module == NULL)
    self->module = g_utf8_make_valid (slash != NULL ? slash + 1 : path, -1);
  return self->module;
}

const char *
pyro_difference_row_get_function (PyroDifferenceRow *self)
{
  return self->function->function->name;
}

const char *
pyro_difference_row_get_verdict (PyroDifferenceRow *self)
{
  if (!pyro_difference_is_judged (self->difference))
    return "–";
  return pyro_difference_row_get_change (self)->is_beyond ? C_ ("beyond noise", "yes")
                                                          : C_ ("beyond noise", "no");
}

char *
pyro_difference_row_describe_verdict (PyroDifferenceRow *self)
{
  const PyroChange *change = pyro_difference_row_get_change (self);
  if (!pyro_difference_is_judged (self->difference))
    return g_strdup (_ ("The profiles do not say how many samples they are made of."));
  g_autofree char *range = pyro_difference_format_range (self->difference, change);
  return g_strdup_printf (_ ("95%% range of the change: %s\nProbability of such a change by "
                             "chance: "
                             "%.2g%%"),
                          range, change->chance * 100);
}

static void
finalize (GObject *object)
{
  PyroDifferenceRow *self = PYRO_DIFFERENCE_ROW (object);
  g_clear_object (&self->difference);
  g_free (self->name);
  g_free (self->module);
  G_OBJECT_CLASS (pyro_difference_row_parent_class)->finalize (object);
}

static void
pyro_difference_row_class_init (PyroDifferenceRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_difference_row_init (PyroDifferenceRow *self)
{
}

/* ---- the list ---- */

typedef struct {
  PyroDifference *difference;
  PyroCostKind kind;
  const PyroFunctionChange **functions;
} Source;

static gpointer
make_row (gpointer source, guint position)
{
  Source *self = source;
  PyroDifferenceRow *row = g_object_new (PYRO_TYPE_DIFFERENCE_ROW, NULL);
  row->difference = g_object_ref (self->difference);
  row->function = self->functions[position];
  row->kind = self->kind;
  return row;
}

static void
free_source (gpointer source)
{
  Source *self = source;
  g_object_unref (self->difference);
  g_free (self->functions);
  g_free (self);
}

GListModel *
pyro_difference_row_list (PyroDifference *difference, PyroCostKind kind)
{
  Source *source = g_new (Source, 1);
  gsize n_rows;
  source->difference = g_object_ref (difference);
  source->kind = kind;
  source->functions = pyro_difference_sort_functions (difference, kind, &n_rows);
  return pyro_lazy_list_new (PYRO_TYPE_DIFFERENCE_ROW, n_rows, make_row, source, free_source);
}
