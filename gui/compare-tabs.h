/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "window.h"

G_BEGIN_DECLS

/* Tabs of a window that compare two profiles. */

/* Adds win.compare: the shown profile with another one. */
void pyro_compare_tabs_install (GtkWidgetClass *window_class);
/* To be called when tabs come and go: without a profile there is nothing to compare. */
void pyro_compare_tabs_update (PyroWindow *window);
/* Compares two files. */
void pyro_compare_tabs_open (PyroWindow *window, GFile *base, GFile *current);

G_END_DECLS
