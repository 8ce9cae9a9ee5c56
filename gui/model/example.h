/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The profile that comes with the app, from where data is installed; NULL if it is not there. */
GFile *pyro_example_find (void);

G_END_DECLS
