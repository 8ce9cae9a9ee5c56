/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "window.h"

G_BEGIN_DECLS

typedef void (*PyroHostAct) (PyroWindow *window);

/* Does what takes the prof outside of a sandbox: at once where there is no sandbox; else as soon as
 * that prof has answered. Where none does, a tab says so, and offers to try again. */
void pyro_host_tabs_run (PyroWindow *window, PyroHostAct act);

G_END_DECLS
