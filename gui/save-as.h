/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "window.h"

G_BEGIN_DECLS

/* Adds win.save-as: a copy of the profile that is shown, in a place that the user chooses. */
void pyro_save_as_install (GtkWidgetClass *window_class);

G_END_DECLS
