/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Preferences: where source files are looked for that were built elsewhere, each with a button that
 * forgets it.
 *
 * Signal: failed (const char *message)   a sentence for a toast */
#define PYRO_TYPE_SOURCE_FOLDERS_GROUP (pyro_source_folders_group_get_type ())
G_DECLARE_FINAL_TYPE (
    PyroSourceFoldersGroup, pyro_source_folders_group, PYRO, SOURCE_FOLDERS_GROUP, AdwBin)

G_END_DECLS
