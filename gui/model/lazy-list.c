/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/lazy-list.h"

struct _PyroLazyList {
  GObject parent_instance;
  GType item_type;
  guint n_items;
  GObject **items; /* NULL until asked for */
  PyroMakeItem make_item;
  gpointer source;
  GDestroyNotify free_source;
};

static void init_list_model (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PyroLazyList,
                               pyro_lazy_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

static GType
get_item_type (GListModel *list)
{
  return PYRO_LAZY_LIST (list)->item_type;
}

static guint
get_n_items (GListModel *list)
{
  return PYRO_LAZY_LIST (list)->n_items;
}

static gpointer
get_item (GListModel *list, guint position)
{
  PyroLazyList *self = PYRO_LAZY_LIST (list);
  if (position >= self->n_items)
    return NULL;
  if (self->items[position] == NULL)
    self->items[position] = self->make_item (self->source, position);
  return g_object_ref (self->items[position]);
}

static void
init_list_model (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
finalize (GObject *object)
{
  PyroLazyList *self = PYRO_LAZY_LIST (object);
  for (guint i = 0; i < self->n_items; i++)
    g_clear_object (&self->items[i]);
  g_free (self->items);
  self->free_source (self->source);
  G_OBJECT_CLASS (pyro_lazy_list_parent_class)->finalize (object);
}

static void
pyro_lazy_list_class_init (PyroLazyListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
pyro_lazy_list_init (PyroLazyList *self)
{
}

GListModel *
pyro_lazy_list_new (GType item_type,
                    gsize n_items,
                    PyroMakeItem make_item,
                    gpointer source,
                    GDestroyNotify free_source)
{
  PyroLazyList *self = g_object_new (PYRO_TYPE_LAZY_LIST, NULL);
  self->item_type = item_type;
  self->n_items = (guint)n_items;
  self->items = g_new0 (GObject *, n_items);
  self->make_item = make_item;
  self->source = source;
  self->free_source = free_source;
  return G_LIST_MODEL (self);
}
