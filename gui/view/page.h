/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/search.h"

G_BEGIN_DECLS

/* What all pages do in the same way. */

void pyro_page_tell (AdwToastOverlay *toasts, const char *sentence);
void pyro_page_set_status (AdwStatusPage *status,
                           const char *icon,
                           const char *title,
                           const char *sentence);

void pyro_page_open_search (GtkSearchBar *bar, GtkSearchEntry *entry);
/* The expression that was typed, the caller's; NULL if none was. FALSE if it is none: then the
 * entry shows why. */
gboolean pyro_page_read_search (GtkSearchEntry *entry, PyroSearch **search);

G_END_DECLS
