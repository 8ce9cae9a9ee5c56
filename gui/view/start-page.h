/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What a window without profiles shows: how to get one, and those that were open before.
 *
 * Signal: open (GFile *file), for a recent profile or the example. */
#define PYRO_TYPE_START_PAGE (pyro_start_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroStartPage, pyro_start_page, PYRO, START_PAGE, AdwBin)

GtkWidget *pyro_start_page_new (void);

G_END_DECLS
