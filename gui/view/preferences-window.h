/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/preferences.h"

G_BEGIN_DECLS

/* What is changed counts, and is saved, at once. */
#define PYRO_TYPE_PREFERENCES_WINDOW (pyro_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (
    PyroPreferencesWindow, pyro_preferences_window, PYRO, PREFERENCES_WINDOW, AdwPreferencesWindow)

GtkWidget *pyro_preferences_window_new (GtkWindow *parent);

/* Makes the app light, dark, or what the system is. */
void pyro_preferences_apply_scheme (const PyroPreferences *preferences);

G_END_DECLS
