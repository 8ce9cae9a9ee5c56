/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* All that is shown of one profile: the sample type, the search, the filters and the views.
 *
 * Actions of the widget, for its views: page.view (s), page.show-callers, page.show-source,
 * page.undo,
 * page.clear-filters, page.search, page.tell (s: a sentence for a toast). */
#define PYRO_TYPE_PROFILE_PAGE (pyro_profile_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroProfilePage, pyro_profile_page, PYRO, PROFILE_PAGE, AdwBin)

GtkWidget *pyro_profile_page_new (PyroProfile *profile);

G_END_DECLS
