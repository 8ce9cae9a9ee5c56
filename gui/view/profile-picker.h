/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/profile.h"

G_BEGIN_DECLS

/* Chooses a profile among those that are open, recent ones, and all files, which it reads.
 *
 * Properties:
 *   label        string              what it is chosen as
 *   profile (rw) PyroProfile         NULL: none, or not read yet
 *   loading      bool                a file is being read
 *   error        string              why the last file could not be read; NULL */
#define PYRO_TYPE_PROFILE_PICKER (pyro_profile_picker_get_type ())
G_DECLARE_FINAL_TYPE (PyroProfilePicker, pyro_profile_picker, PYRO, PROFILE_PICKER, AdwBin)

/* What to choose from: PyroProfile; besides, recent files are. */
void pyro_profile_picker_set_open (PyroProfilePicker *self, GListModel *profiles);
/* Reads the file and chooses it. */
void pyro_profile_picker_load (PyroProfilePicker *self, GFile *file);
gboolean pyro_profile_picker_is_loading (PyroProfilePicker *self);
const char *pyro_profile_picker_get_error (PyroProfilePicker *self);

G_END_DECLS
