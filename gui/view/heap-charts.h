/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* Who has the memory over time, and how great the blocks are. */
#define PYRO_TYPE_HEAP_CHARTS (pyro_heap_charts_get_type ())
G_DECLARE_FINAL_TYPE (PyroHeapCharts, pyro_heap_charts, PYRO, HEAP_CHARTS, AdwBin)

GtkWidget *pyro_heap_charts_new (PyroProfile *profile);
/* Whether the profile measures memory. */
gboolean pyro_heap_charts_can_show (PyroProfile *profile);

G_END_DECLS
