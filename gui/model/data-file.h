/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file that comes with the app, by its path below a folder of data; NULL if it is not there. */
GFile *pyro_data_file_find (const char *path);

G_END_DECLS
