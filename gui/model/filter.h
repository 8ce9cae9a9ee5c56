/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <glib-object.h>
#include <prof/profile.h>

#include "model/heap-view.h"

G_BEGIN_DECLS

/* What of a profile is looked at. Never changed once made, so that any thread may read it and undo
 * is going back to the one before. */
typedef struct PyroFilter PyroFilter;

#define PYRO_TYPE_FILTER (pyro_filter_get_type ())
GType pyro_filter_get_type (void);

/* The rules of prof_profile_filter (ProfFilter), for one function by its whole name. */
typedef enum {
  PYRO_FILTER_FOCUS,
  PYRO_FILTER_IGNORE,
  PYRO_FILTER_HIDE,
  PYRO_FILTER_SHOW_FROM,
} PyroFilterKind;

typedef struct {
  PyroFilterKind kind;
  const char *function;
} PyroFilterTerm;

PyroFilter *pyro_filter_new (void);
PyroFilter *pyro_filter_ref (PyroFilter *filter);
void pyro_filter_unref (PyroFilter *filter);

/* New filters. Adding a term that is there already gives an equal filter. */
PyroFilter *pyro_filter_add (const PyroFilter *filter, PyroFilterKind kind, const char *function);
PyroFilter *pyro_filter_remove (const PyroFilter *filter, guint term);
/* Nanoseconds since the Unix epoch; both 0: all of the time. */
PyroFilter *pyro_filter_set_range (const PyroFilter *filter, gint64 start_ns, gint64 end_ns);
PyroFilter *pyro_filter_set_heap_view (const PyroFilter *filter, PyroHeapView view);

guint pyro_filter_get_n_terms (const PyroFilter *filter);
PyroFilterTerm pyro_filter_get_term (const PyroFilter *filter, guint term);
/* FALSE if there is no range. */
gboolean pyro_filter_get_range (const PyroFilter *filter, gint64 *ret_start_ns, gint64 *ret_end_ns);
PyroHeapView pyro_filter_get_heap_view (const PyroFilter *filter);
gboolean pyro_filter_is_empty (const PyroFilter *filter);
gboolean pyro_filter_equal (const PyroFilter *a, const PyroFilter *b);

/* What the terms and the range let through; without those a reference to `profile`. NULL on
 * failure. Any thread. */
ProfProfile *pyro_filter_apply (const PyroFilter *filter, ProfProfile *profile, GError **error);
/* The same of the memory that is looked at, if `value_type` counts memory. *ret_value_type is what
 * the sample type is in the result. */
ProfProfile *pyro_filter_apply_to (const PyroFilter *filter,
                                   ProfProfile *profile,
                                   guint value_type,
                                   guint *ret_value_type,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroFilter, pyro_filter_unref)

G_END_DECLS
