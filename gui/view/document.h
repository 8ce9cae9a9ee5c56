/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* What a tab holds: a file that is being read, then its profile, or the reason why there is none.
 * The file is read once: what happens to it later changes nothing here.
 *
 * Properties: title (string), loading (bool), profile (PyroProfile; NULL until it is read). */
#define PYRO_TYPE_DOCUMENT (pyro_document_get_type ())
G_DECLARE_FINAL_TYPE (PyroDocument, pyro_document, PYRO, DOCUMENT, AdwBin)

/* Begins to read. */
GtkWidget *pyro_document_new (GFile *file);
GFile *pyro_document_get_file (PyroDocument *self);
PyroProfile *pyro_document_get_profile (PyroDocument *self);
/* Ends the reading; to be called when the tab is closed. */
void pyro_document_cancel (PyroDocument *self);
/* Reads the file again. */
void pyro_document_reload (PyroDocument *self);

G_END_DECLS
