/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A GListModel that never changes. An item is made when it is asked for, and lives as long as its
 * list. */
#define PYRO_TYPE_LAZY_LIST (pyro_lazy_list_get_type ())
G_DECLARE_FINAL_TYPE (PyroLazyList, pyro_lazy_list, PYRO, LAZY_LIST, GObject)

typedef gpointer (*PyroMakeItem) (gpointer source, guint position);

/* `make_item` returns a new object of `item_type`; `source` is the list's from now on. */
GListModel *pyro_lazy_list_new (GType item_type,
                                gsize n_items,
                                PyroMakeItem make_item,
                                gpointer source,
                                GDestroyNotify free_source);

G_END_DECLS
