/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* A profile over time, and the choice of a part of that time, or of a heap's memory; hidden where
 * there is neither. */
#define PYRO_TYPE_TIMELINE_VIEW (pyro_timeline_view_get_type ())
G_DECLARE_FINAL_TYPE (PyroTimelineView, pyro_timeline_view, PYRO, TIMELINE_VIEW, AdwBin)

GtkWidget *pyro_timeline_view_new (PyroProfile *profile);

G_END_DECLS
