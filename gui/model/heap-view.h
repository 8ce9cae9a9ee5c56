/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>
#include <prof/profile.h>

G_BEGIN_DECLS

/* Which memory of a heap profile is looked at; with a range of time, at its end or allocated in
 * it. */
typedef enum {
  PYRO_HEAP_AS_RECORDED,
  PYRO_HEAP_PEAK,      /* in use when most was */
  PYRO_HEAP_LIVE,      /* in use at the end of the range */
  PYRO_HEAP_LEAKED,    /* never freed */
  PYRO_HEAP_ALLOCATED, /* in the range */
  PYRO_HEAP_TEMPORARY, /* freed soon after */
  PYRO_N_HEAP_VIEWS,
} PyroHeapView;

/* As it is read by people. */
const char *pyro_heap_view_get_title (PyroHeapView view);

/* A profile of that memory, which has sample types of its own; NULL on failure. A range whose end
 * is 0 is all of the time. Any thread. */
ProfProfile *pyro_heap_view_select (
    PyroHeapView view, ProfProfile *profile, gint64 start_ns, gint64 end_ns, GError **error);

/* The sample type of the profile so made that measures what `value_type` of `profile` does: objects
 * or bytes. */
guint pyro_heap_view_find_value_type (ProfProfile *selected,
                                      ProfProfile *profile,
                                      guint value_type);

G_END_DECLS
