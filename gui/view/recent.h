/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Puts the file first in the list of recent profiles; it is listed while it is there. */
void pyro_recent_add (GFile *file);
/* No more than `n_most` GtkRecentInfo of profiles that are still there, the newest first. */
GPtrArray *pyro_recent_list (guint n_most);

G_END_DECLS
