/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/difference-row.h"

#include <glib/gi18n.h>
#include <string.h>

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
finalize_row (GObject *object)
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
  G_OBJECT_CLASS (class)->finalize = finalize_row;
}

static void
pyro_difference_row_init (PyroDifferenceRow *self)
{
}

/* ---- the list ---- */

struct _PyroDifferenceList {
  GObject parent_instance;
  PyroDifference *difference;
  PyroCostKind kind;
  const PyroFunctionChange **functions;
  PyroDifferenceRow **rows;
  guint n_rows;
};

static void init_list_model (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PyroDifferenceList,
                               pyro_difference_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

static GType
get_item_type (GListModel *list)
{
  return PYRO_TYPE_DIFFERENCE_ROW;
}

static guint
get_n_items (GListModel *list)
{
  return PYRO_DIFFERENCE_LIST (list)->n_rows;
}

static PyroDifferenceRow *
make_row (PyroDifferenceList *self, guint position)
{
  PyroDifferenceRow *row = g_object_new (PYRO_TYPE_DIFFERENCE_ROW, NULL);
  row->difference = g_object_ref (self->difference);
  row->function = self->functions[position];
  row->kind = self->kind;
  return row;
}

static gpointer
get_item (GListModel *list, guint position)
{
  PyroDifferenceList *self = PYRO_DIFFERENCE_LIST (list);
  if (position >= self->n_rows)
    return NULL;
  if (self->rows[position] == NULL)
    self->rows[position] = make_row (self, position);
  return g_object_ref (self->rows[position]);
}

static void
init_list_model (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
finalize_list (GObject *object)
{
  PyroDifferenceList *self = PYRO_DIFFERENCE_LIST (object);
  for (guint i = 0; i < self->n_rows; i++)
    g_clear_object (&self->rows[i]);
  g_free (self->rows);
  g_free (self->functions);
  g_clear_object (&self->difference);
  G_OBJECT_CLASS (pyro_difference_list_parent_class)->finalize (object);
}

static void
pyro_difference_list_class_init (PyroDifferenceListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize_list;
}

static void
pyro_difference_list_init (PyroDifferenceList *self)
{
}

PyroDifferenceList *
pyro_difference_list_new (PyroDifference *difference, PyroCostKind kind)
{
  PyroDifferenceList *self = g_object_new (PYRO_TYPE_DIFFERENCE_LIST, NULL);
  gsize n;
  self->difference = g_object_ref (difference);
  self->kind = kind;
  self->functions = pyro_difference_sort_functions (difference, kind, &n);
  self->n_rows = (guint)n;
  self->rows = g_new0 (PyroDifferenceRow *, n + 1);
  return self;
}
