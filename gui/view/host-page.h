/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Says, in a sandbox, why nothing can be recorded, and how to get the prof that can.
 *
 * Signal: retry    the user has seen to it */
#define PYRO_TYPE_HOST_PAGE (pyro_host_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroHostPage, pyro_host_page, PYRO, HOST_PAGE, AdwBin)

GtkWidget *pyro_host_page_new (void);
/* `reason`: a sentence. */
void pyro_host_page_show (PyroHostPage *self, const char *reason);

G_END_DECLS
