/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Columns for tables of PyroDifferenceRow. */
typedef enum {
  PYRO_DIFFERENCE_COLUMN_NAME,
  PYRO_DIFFERENCE_COLUMN_MODULE,
  PYRO_DIFFERENCE_COLUMN_BASE,
  PYRO_DIFFERENCE_COLUMN_CURRENT,
  PYRO_DIFFERENCE_COLUMN_CHANGE,
  PYRO_DIFFERENCE_COLUMN_VERDICT,
  PYRO_DIFFERENCE_N_COLUMNS,
} PyroDifferenceColumn;

GtkColumnViewColumn *pyro_difference_column_new (PyroDifferenceColumn kind);

G_END_DECLS
