/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* The source of the selected function with what each of its lines cost. */
#define PYRO_TYPE_SOURCE_VIEW (pyro_source_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroSourceView, pyro_source_view, PYRO, SOURCE_VIEW, AdwBin)

GtkWidget *pyro_source_view_new (PyroProfile *profile);
/* The source of the function that is shown is this file, and others next to it are likewise. */
void pyro_source_view_locate (PyroSourceView *self, const char *path);

G_END_DECLS
