/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/heap-view.h"

#include <glib/gi18n.h>
#include <prof/heap.h>

#include "model/error.h"

const char *
pyro_heap_view_get_title (PyroHeapView view)
{
  static const char *const titles[PYRO_N_HEAP_VIEWS] = {
    [PYRO_HEAP_AS_RECORDED] = N_ ("As Recorded"), [PYRO_HEAP_PEAK] = N_ ("In Use at the Peak"),
    [PYRO_HEAP_LIVE] = N_ ("In Use at the End"),  [PYRO_HEAP_LEAKED] = N_ ("Leaked"),
    [PYRO_HEAP_ALLOCATED] = N_ ("Allocated"),     [PYRO_HEAP_TEMPORARY] = N_ ("Temporary"),
  };
  return _ (titles[view]);
}

ProfProfile *
pyro_heap_view_select (
    PyroHeapView view, ProfProfile *profile, gint64 start_ns, gint64 end_ns, GError **error)
{
  static const ProfHeapSelectionKind kinds[PYRO_N_HEAP_VIEWS] = {
    [PYRO_HEAP_PEAK] = PROF_HEAP_LIVE_AT_PEAK,   [PYRO_HEAP_LIVE] = PROF_HEAP_LIVE_AT,
    [PYRO_HEAP_LEAKED] = PROF_HEAP_LEAKED,       [PYRO_HEAP_ALLOCATED] = PROF_HEAP_ALLOCATED_IN,
    [PYRO_HEAP_TEMPORARY] = PROF_HEAP_TEMPORARY,
  };
  ProfHeap *heap;
  ProfProfile *selected;
  ProfError reason = PROF_ERROR_INIT;
  ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
  selection.kind = kinds[view];
  selection.start_ns = start_ns;
  selection.end_ns = end_ns;
  int r = prof_heap_new (profile, &heap, &reason);
  if (r == 0) {
    r = prof_heap_select (heap, &selection, &selected, &reason);
    prof_heap_free (heap);
  }
  if (r == 0)
    return selected;
  pyro_set_error (error, &reason);
  return NULL;
}

guint
pyro_heap_view_find_value_type (ProfProfile *selected, ProfProfile *profile, guint value_type)
{
  size_t n_types;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n_types);
  gboolean is_bytes
      = g_str_equal (prof_profile_get_string (profile, types[value_type].unit), "bytes");
  return (guint)MAX (prof_profile_find_value_type (selected, is_bytes ? "space" : "objects"), 0);
}
