/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Looks like a tooltip, but is there at once and follows the pointer: a child that its parent
 * places. */
#define PYRO_TYPE_FLAME_TIP (pyro_flame_tip_get_type ())
G_DECLARE_FINAL_TYPE (PyroFlameTip, pyro_flame_tip, PYRO, FLAME_TIP, GtkWidget)

GtkWidget *pyro_flame_tip_new (void);
/* Any bytes. Empty details take no room. */
void pyro_flame_tip_set_text (PyroFlameTip *self,
                              const char *title,
                              const char *details,
                              const char *place);

G_END_DECLS
