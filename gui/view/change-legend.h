/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The colours of a flame graph of differences, from less to more. */
#define PYRO_TYPE_CHANGE_LEGEND (pyro_change_legend_get_type ())
G_DECLARE_FINAL_TYPE (PyroChangeLegend, pyro_change_legend, PYRO, CHANGE_LEGEND, GtkWidget)

GtkWidget *pyro_change_legend_new (void);

G_END_DECLS
