/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/record-options.h"
#include "model/recorder.h"

G_BEGIN_DECLS

/* A recording while it goes on: how it goes, and what there is so far.
 *
 * Property: title (string).
 * Signals:
 *   saved (GFile *file)    the profile is written
 *   discarded              there will be none
 *   open (GFile *file)     the user wants to see what was kept of one that failed */
#define PYRO_TYPE_RECORDING_PAGE (pyro_recording_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroRecordingPage, pyro_recording_page, PYRO, RECORDING_PAGE, AdwBin)

GtkWidget *pyro_recording_page_new (PyroRecorder *recorder,
                                    const char *title,
                                    const PyroRecordOptions *options);
PyroRecorder *pyro_recording_page_get_recorder (PyroRecordingPage *self);

G_END_DECLS
