/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "window.h"

G_BEGIN_DECLS

/* Tabs of a window that are no profiles: what to record, recordings that go on, memory. */

/* Adds win.record, win.record-again and win.memory. */
void pyro_recording_tabs_install (GtkWidgetClass *window_class);
/* To be called when a tab is to be closed. FALSE: it is no business of a recording; else it was
 * closed, or will be once the user has said what becomes of the recording. */
gboolean pyro_recording_tabs_close (PyroWindow *window, AdwTabPage *page);
/* To be called when the window is to be closed. FALSE: nothing is being recorded; else it will be
 * closed once the user has said what becomes of the recordings. */
gboolean pyro_recording_tabs_close_all (PyroWindow *window);

G_END_DECLS
