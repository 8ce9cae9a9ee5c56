/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* How a profile was recorded, and how good its stacks are. */
#define PYRO_TYPE_DETAILS_VIEW (pyro_details_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroDetailsView, pyro_details_view, PYRO, DETAILS_VIEW, AdwBin)

GtkWidget *pyro_details_view_new (PyroProfile *profile);

G_END_DECLS
