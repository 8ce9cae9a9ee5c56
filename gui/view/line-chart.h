/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The latest values of one quantity, from 0 up, the newest at the right. Its name for a screen
 * reader is given by who uses it; its description is the newest value. */
#define PYRO_TYPE_LINE_CHART (pyro_line_chart_get_type ())
G_DECLARE_FINAL_TYPE (PyroLineChart, pyro_line_chart, PYRO, LINE_CHART, GtkWidget)

/* `text`: the value as people read it. */
void pyro_line_chart_append (PyroLineChart *self, double value, const char *text);
/* What the upper edge is; 0, as at first: the greatest value there is. */
void pyro_line_chart_set_top (PyroLineChart *self, double top);

G_END_DECLS
