/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/collectors.h"

G_BEGIN_DECLS

/* One process for all windows of a session; profiles named on the command line open as tabs. */
#define PYRO_TYPE_APPLICATION (pyro_application_get_type ())
G_DECLARE_FINAL_TYPE (PyroApplication, pyro_application, PYRO, APPLICATION, AdwApplication)

PyroApplication *pyro_application_new (void);

/* Read when they are asked for first. */
PyroCollectors *pyro_application_get_collectors (PyroApplication *self);

G_END_DECLS
