/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* The terms of a profile's filter as chips to remove; hidden while there are none. */
#define PYRO_TYPE_FILTER_BAR (pyro_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (PyroFilterBar, pyro_filter_bar, PYRO, FILTER_BAR, AdwBin)

GtkWidget *pyro_filter_bar_new (PyroProfile *profile);

G_END_DECLS
