/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/collectors.h"
#include "model/profile.h"

G_BEGIN_DECLS

/* Chooses, describes and tries collectors, and sends a profile to one of them.
 *
 * Signal: answered (PyroCollector, string sentence, bool is_sent) when a profile was sent, or was
 * not, and the dialog is closed by then. */
#define PYRO_TYPE_EXPORT_DIALOG (pyro_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PyroExportDialog, pyro_export_dialog, PYRO, EXPORT_DIALOG, AdwWindow)

GtkWidget *pyro_export_dialog_new (GtkWindow *parent,
                                   PyroCollectors *collectors,
                                   PyroProfile *profile);

G_END_DECLS
