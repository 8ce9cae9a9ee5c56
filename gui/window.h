/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Profiles in tabs; without one, the start page. */
#define PYRO_TYPE_WINDOW (pyro_window_get_type ())
G_DECLARE_FINAL_TYPE (PyroWindow, pyro_window, PYRO, WINDOW, AdwApplicationWindow)

PyroWindow *pyro_window_new (GtkApplication *application);

/* Opens the profile in a tab, or shows the tab that has it. */
void pyro_window_open (PyroWindow *self, GFile *file);

/* Shows `child` in a tab of its own, called as its property title is, if it has one. */
void pyro_window_add_tab (PyroWindow *self, GtkWidget *child, const char *title);

/* Tells something that needs no answer; the sentence is no markup. News that were not asked for
 * stay until they are sent away. */
void pyro_window_tell (PyroWindow *self, const char *sentence, gboolean is_news);

/* Takes the toast. Without effect in a window that was closed. */
void pyro_window_add_toast (PyroWindow *self, AdwToast *toast);

AdwTabView *pyro_window_get_tab_view (PyroWindow *self);

G_END_DECLS
