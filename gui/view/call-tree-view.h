/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"
#include "model/search.h"

G_BEGIN_DECLS

/* Who calls whom, as a tree: from the roots of the stacks or from their leaves. The hottest path is
 * open at first. */
#define PYRO_TYPE_CALL_TREE_VIEW (pyro_call_tree_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroCallTreeView, pyro_call_tree_view, PYRO, CALL_TREE_VIEW, AdwBin)

GtkWidget *pyro_call_tree_view_new (PyroProfile *profile);
/* Takes the search; NULL: none. What matches is gone to by tree.next-match and tree.previous-match,
 * actions of this widget. */
void pyro_call_tree_view_set_search (PyroCallTreeView *self, PyroSearch *search);
void pyro_call_tree_view_set_narrow (PyroCallTreeView *self, gboolean is_narrow);

G_END_DECLS
