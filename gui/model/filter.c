/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/filter.h"

#include <string.h>

#include "layout/timeline.h"
#include "model/error.h"

struct PyroFilter {
  GPtrArray *terms; /* Term */
  gint64 start_ns, end_ns;
  PyroHeapView heap_view;
};

typedef struct {
  PyroFilterKind kind;
  char *function;
} Term;

G_DEFINE_BOXED_TYPE (PyroFilter, pyro_filter, pyro_filter_ref, pyro_filter_unref)

static void
free_term (gpointer term)
{
  g_free (((Term *)term)->function);
  g_free (term);
}

static void
append (PyroFilter *filter, PyroFilterKind kind, const char *function)
{
  Term *term = g_new (Term, 1);
  *term = (Term){ kind, g_strdup (function) };
  g_ptr_array_add (filter->terms, term);
}

PyroFilter *
pyro_filter_new (void)
{
  PyroFilter *filter = g_atomic_rc_box_new0 (PyroFilter);
  filter->terms = g_ptr_array_new_with_free_func (free_term);
  return filter;
}

PyroFilter *
pyro_filter_ref (PyroFilter *filter)
{
  return g_atomic_rc_box_acquire (filter);
}

static void
clear (gpointer filter)
{
  g_ptr_array_unref (((PyroFilter *)filter)->terms);
}

void
pyro_filter_unref (PyroFilter *filter)
{
  g_atomic_rc_box_release_full (filter, clear);
}

/* A copy without term number `without`. */
static PyroFilter *
copy (const PyroFilter *filter, guint without)
{
  PyroFilter *result = pyro_filter_new ();
  result->start_ns = filter->start_ns;
  result->end_ns = filter->end_ns;
  result->heap_view = filter->heap_view;
  for (guint i = 0; i < filter->terms->len; i++) {
    const Term *term = filter->terms->pdata[i];
    if (i != without)
      append (result, term->kind, term->function);
  }
  return result;
}

static gboolean
has_term (const PyroFilter *filter, PyroFilterKind kind, const char *function)
{
  for (guint i = 0; i < filter->terms->len; i++) {
    const Term *term = filter->terms->pdata[i];
    if (term->kind == kind && g_str_equal (term->function, function))
      return TRUE;
  }
  return FALSE;
}

PyroFilter *
pyro_filter_add (const PyroFilter *filter, PyroFilterKind kind, const char *function)
{
  PyroFilter *result = copy (filter, G_MAXUINT);
  if (!has_term (filter, kind, function))
    append (result, kind, function);
  return result;
}

PyroFilter *
pyro_filter_remove (const PyroFilter *filter, guint term)
{
  return copy (filter, term);
}

PyroFilter *
pyro_filter_set_range (const PyroFilter *filter, gint64 start_ns, gint64 end_ns)
{
  PyroFilter *result = copy (filter, G_MAXUINT);
  result->start_ns = start_ns;
  result->end_ns = end_ns;
  return result;
}

PyroFilter *
pyro_filter_set_heap_view (const PyroFilter *filter, PyroHeapView view)
{
  PyroFilter *result = copy (filter, G_MAXUINT);
  result->heap_view = view;
  return result;
}

PyroHeapView
pyro_filter_get_heap_view (const PyroFilter *filter)
{
  return filter->heap_view;
}

guint
pyro_filter_get_n_terms (const PyroFilter *filter)
{
  return filter->terms->len;
}

PyroFilterTerm
pyro_filter_get_term (const PyroFilter *filter, guint term)
{
  const Term *found = filter->terms->pdata[term];
  return (PyroFilterTerm){ found->kind, found->function };
}

gboolean
pyro_filter_get_range (const PyroFilter *filter, gint64 *ret_start_ns, gint64 *ret_end_ns)
{
  *ret_start_ns = filter->start_ns;
  *ret_end_ns = filter->end_ns;
  return filter->start_ns != 0 || filter->end_ns != 0;
}

gboolean
pyro_filter_is_empty (const PyroFilter *filter)
{
  return filter->terms->len == 0 && filter->start_ns == 0 && filter->end_ns == 0
         && filter->heap_view == PYRO_HEAP_AS_RECORDED;
}

gboolean
pyro_filter_equal (const PyroFilter *a, const PyroFilter *b)
{
  if (a->terms->len != b->terms->len || a->start_ns != b->start_ns || a->end_ns != b->end_ns
      || a->heap_view != b->heap_view)
    return FALSE;
  for (guint i = 0; i < a->terms->len; i++) {
    const Term *x = a->terms->pdata[i], *y = b->terms->pdata[i];
    if (x->kind != y->kind || !g_str_equal (x->function, y->function))
      return FALSE;
  }
  return TRUE;
}

/* ---- applying ---- */

/* POSIX extended regular expression for just this name. */
static void
append_pattern (GString *pattern, const char *name)
{
  g_string_append (pattern, pattern->len > 0 ? "|^" : "^");
  for (; *name != '\0'; name++) {
    if (strchr (".[]{}()\\*+?^$|", *name) != NULL)
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *name);
  }
  g_string_append_c (pattern, '$');
}

/* One expression for all terms of a kind; NULL: none. */
static char *
join_terms (const PyroFilter *filter, PyroFilterKind kind)
{
  GString *pattern = g_string_new (NULL);
  for (guint i = 0; i < filter->terms->len; i++) {
    const Term *term = filter->terms->pdata[i];
    if (term->kind == kind)
      append_pattern (pattern, term->function);
  }
  return g_string_free (pattern, pattern->len == 0);
}

/* Replaces *profile by what is left of it. */
static gboolean
pass (ProfProfile **profile, const ProfFilter *filter, GError **error)
{
  ProfProfile *result;
  ProfError reason = PROF_ERROR_INIT;
  if (prof_profile_select (*profile, filter, &result, &reason) < 0)
    return pyro_set_error (error, &reason);
  prof_profile_unref (*profile);
  *profile = result;
  return TRUE;
}

/* Samples must have all the functions that are focused on: a pass for each. */
static gboolean
pass_focuses (const PyroFilter *filter, ProfProfile **profile, GError **error)
{
  for (guint i = 0; i < filter->terms->len; i++) {
    const Term *term = filter->terms->pdata[i];
    if (term->kind != PYRO_FILTER_FOCUS)
      continue;
    g_autoptr (GString) pattern = g_string_new (NULL);
    append_pattern (pattern, term->function);
    ProfFilter focus = PROF_FILTER_INIT;
    focus.focus = pattern->str;
    if (!pass (profile, &focus, error))
      return FALSE;
  }
  return TRUE;
}

ProfProfile *
pyro_filter_apply (const PyroFilter *filter, ProfProfile *profile, GError **error)
{
  g_autofree char *ignore = join_terms (filter, PYRO_FILTER_IGNORE);
  g_autofree char *hide = join_terms (filter, PYRO_FILTER_HIDE);
  g_autofree char *show_from = join_terms (filter, PYRO_FILTER_SHOW_FROM);
  ProfFilter rest = PROF_FILTER_INIT;
  rest.ignore = ignore;
  rest.hide = hide;
  rest.show_from = show_from;
  rest.start_ns = filter->start_ns;
  rest.end_ns = filter->end_ns;

  ProfProfile *result = prof_profile_ref (profile);
  if (filter->terms->len == 0 && filter->start_ns == 0 && filter->end_ns == 0)
    return result;
  if (pass_focuses (filter, &result, error) && pass (&result, &rest, error))
    return result;
  prof_profile_unref (result);
  return NULL;
}

ProfProfile *
pyro_filter_apply_to (const PyroFilter *filter,
                      ProfProfile *profile,
                      guint value_type,
                      guint *ret_value_type,
                      GError **error)
{
  *ret_value_type = value_type;
  if (filter->heap_view == PYRO_HEAP_AS_RECORDED || !pyro_timeline_is_heap (profile, value_type))
    return pyro_filter_apply (filter, profile, error);
  ProfProfile *selected
      = pyro_heap_view_select (filter->heap_view, profile, filter->start_ns, filter->end_ns, error);
  if (selected == NULL)
    return NULL;
  *ret_value_type = pyro_heap_view_find_value_type (selected, profile, value_type);
  /* What is in use at a time may be older than the range. */
  g_autoptr (PyroFilter) rest = filter->heap_view == PYRO_HEAP_LIVE
                                    ? pyro_filter_set_range (filter, 0, 0)
                                    : copy (filter, G_MAXUINT);
  ProfProfile *result = pyro_filter_apply (rest, selected, error);
  prof_profile_unref (selected);
  return result;
}
