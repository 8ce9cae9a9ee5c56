/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "window.h"

G_BEGIN_DECLS

/* The actions win.export, a dialog, and win.export-again, to the collector that was used last. */
void pyro_export_install (GtkWidgetClass *window_class);

G_END_DECLS
