/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/difference.h"
#include "model/search.h"

G_BEGIN_DECLS

/* The functions of a difference: what they cost before and now, of self or of total.
 *
 * Actions of the widget: difference.sort (s: change, increase, decrease, base, new, name),
 * difference.copy-name. */
#define PYRO_TYPE_DIFFERENCE_TABLE (pyro_difference_table_get_type ())
G_DECLARE_FINAL_TYPE (PyroDifferenceTable, pyro_difference_table, PYRO, DIFFERENCE_TABLE, AdwBin)

GtkWidget *pyro_difference_table_new (void);
/* NULL: no rows. */
void pyro_difference_table_set_difference (PyroDifferenceTable *self, PyroDifference *difference);
/* Only the functions that match; taken over. NULL: all. */
void pyro_difference_table_set_search (PyroDifferenceTable *self, PyroSearch *search);
/* Without the columns that can be done without. */
void pyro_difference_table_set_narrow (PyroDifferenceTable *self, gboolean is_narrow);

G_END_DECLS
