/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"
#include "model/search.h"

G_BEGIN_DECLS

/* All functions of a profile with self and total. */
#define PYRO_TYPE_FUNCTIONS_VIEW (pyro_functions_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroFunctionsView, pyro_functions_view, PYRO, FUNCTIONS_VIEW, AdwBin)

GtkWidget *pyro_functions_view_new (PyroProfile *profile);
/* Shows only the functions that match; NULL: all. `search` is the view's. */
void pyro_functions_view_set_search (PyroFunctionsView *self, PyroSearch *search);
void pyro_functions_view_set_narrow (PyroFunctionsView *self, gboolean is_narrow);

G_END_DECLS
