/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Offers files that may be profiles, and all others. */
void pyro_profile_filters_add (GtkFileChooser *chooser);

G_END_DECLS
