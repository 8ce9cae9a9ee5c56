/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/report.h"
#include "model/search.h"

G_BEGIN_DECLS

/* The nodes of a call tree whose functions match, in the order of a tree that is all open. */
typedef struct PyroTreeSearch PyroTreeSearch;

/* `nodes` is the report's, which has to live as long. */
PyroTreeSearch *pyro_tree_search_new (PyroReport *report,
                                      const ProfReportNode *nodes,
                                      const PyroSearch *search);
void pyro_tree_search_free (PyroTreeSearch *self);

guint pyro_tree_search_get_n_matches (const PyroTreeSearch *self);
/* The next match behind `node`, or before it if `step` is negative, around the ends; 0 is before
 * the first node. 0: none. */
guint32 pyro_tree_search_step (const PyroTreeSearch *self, guint32 node, int step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroTreeSearch, pyro_tree_search_free)

G_END_DECLS
