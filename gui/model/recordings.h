/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/preferences.h"

G_BEGIN_DECLS

/* Where recordings are kept; g_free. */
char *pyro_recordings_get_folder (const PyroPreferences *preferences);

/* A new name for a recording called `title` in the user's folder of recordings, which is made if it
 * isn't there; g_free. NULL with a sentence. */
char *pyro_recordings_choose_path (const char *title, GError **error);

/* The name without its folder, of the first, second and so on of that second; pure. */
char *pyro_recordings_make_name (const char *title, GDateTime *when, guint number);

G_END_DECLS
