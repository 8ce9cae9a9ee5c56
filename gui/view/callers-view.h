/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"
#include "model/search.h"

G_BEGIN_DECLS

/* The selected function between those that call it and those that it calls. */
#define PYRO_TYPE_CALLERS_VIEW (pyro_callers_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroCallersView, pyro_callers_view, PYRO, CALLERS_VIEW, AdwBin)

GtkWidget *pyro_callers_view_new (PyroProfile *profile);
/* Takes the search: what matches is shown; NULL: all. */
void pyro_callers_view_set_search (PyroCallersView *self, PyroSearch *search);
void pyro_callers_view_set_narrow (PyroCallersView *self, gboolean is_narrow);

G_END_DECLS
