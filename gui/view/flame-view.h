/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* The flame graph of a profile, with the buttons to find one's way in it. */
#define PYRO_TYPE_FLAME_VIEW (pyro_flame_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroFlameView, pyro_flame_view, PYRO, FLAME_VIEW, AdwBin)

GtkWidget *pyro_flame_view_new (PyroProfile *profile);
/* Of differences: coloured by the change, without filters. */
GtkWidget *pyro_flame_view_new_difference (void);
/* What such a view shows: a result of prof_profile_diff; NULL: nothing. */
void pyro_flame_view_set_difference (PyroFlameView *self, ProfProfile *difference, int value_type);
/* Marks the functions that match; "" or NULL: none. */
void pyro_flame_view_set_search (PyroFlameView *self, const char *text);
/* Selects the next box that matches, or the one before. */
void pyro_flame_view_step_match (PyroFlameView *self, gboolean is_back);

G_END_DECLS
