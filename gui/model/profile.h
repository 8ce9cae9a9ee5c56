/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/filter.h"
#include "model/report.h"

G_BEGIN_DECLS

/* An open profile and what of it is looked at. A change of the sample type or of the filter starts
 * workers; when they are done, first `shown` changes and then `report`. Of several changes only the
 * last one counts. Main thread only.
 *
 * Properties (each notifies):
 *   title       string
 *   value-type  uint (rw)    the sample type, a row of the profile's
 *   filter      PyroFilter (rw)
 *   shown       ProfProfile  what the filter has left; NULL until the first one is made
 *   report      PyroReport   of that; NULL until the first one is made
 *   busy        bool         a report is being made; the old one stays until then
 *   error       string       why there is no new report; NULL
 *   selection   string (rw)  the function that all views look at; NULL: none
 *   can-undo    bool         of the filter */
#define PYRO_TYPE_PROFILE (pyro_profile_get_type ())
G_DECLARE_FINAL_TYPE (PyroProfile, pyro_profile, PYRO, PROFILE, GObject)

/* `file` may be NULL: not saved. */
PyroProfile *pyro_profile_new (ProfProfile *profile, const char *title, GFile *file);

ProfProfile *pyro_profile_get_source (PyroProfile *self);
const char *pyro_profile_get_title (PyroProfile *self);
GFile *pyro_profile_get_file (PyroProfile *self);
/* And the row of the sample type in it, which of a heap view is another than value-type. Borrowed.
 */
ProfProfile *pyro_profile_get_shown (PyroProfile *self, guint *ret_value_type);
PyroReport *pyro_profile_get_report (PyroProfile *self);
gboolean pyro_profile_is_busy (PyroProfile *self);
const char *pyro_profile_get_error (PyroProfile *self);

guint pyro_profile_get_n_value_types (PyroProfile *self);
guint pyro_profile_get_value_type (PyroProfile *self);
void pyro_profile_set_value_type (PyroProfile *self, guint value_type);

PyroFilter *pyro_profile_get_filter (PyroProfile *self);
void pyro_profile_set_filter (PyroProfile *self, PyroFilter *filter);
/* The same, as one of many small steps: those that follow each other are undone at once. */
void pyro_profile_step_filter (PyroProfile *self, PyroFilter *filter);
void pyro_profile_add_filter (PyroProfile *self, PyroFilterKind kind, const char *function);
void pyro_profile_remove_filter (PyroProfile *self, guint term);
void pyro_profile_clear_filter (PyroProfile *self);
gboolean pyro_profile_can_undo (PyroProfile *self);
void pyro_profile_undo (PyroProfile *self);

const char *pyro_profile_get_selection (PyroProfile *self);
/* What views of one function show: the selection, or else the function with most of its own. NULL:
 * there is none. */
const char *pyro_profile_get_subject (PyroProfile *self);
void pyro_profile_set_selection (PyroProfile *self, const char *function);

G_END_DECLS
