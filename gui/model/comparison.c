/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/comparison.h"

#include <glib/gi18n.h>

#include "model/error.h"
#include "model/value-types.h"

enum { BASE, CURRENT, N_SIDES };

struct _PyroComparison {
  GObject parent_instance;
  PyroProfile *sides[N_SIDES];
  PyroTally *tallies[N_SIDES]; /* of `tally_type`; NULL: not made yet */
  guint tally_type;
  guint value_type;
  ProfNormalize normalize;
  gboolean is_normalize_set;
  PyroDifference *difference;
  GCancellable *cancellable; /* of the worker; NULL: none is running */
  char *error;
};

G_DEFINE_FINAL_TYPE (PyroComparison, pyro_comparison, G_TYPE_OBJECT)

enum {
  PROP_BASE = 1,
  PROP_CURRENT,
  PROP_VALUE_TYPE,
  PROP_NORMALIZE,
  PROP_DIFFERENCE,
  PROP_BUSY,
  PROP_ERROR,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

static void
notify (PyroComparison *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static ProfProfile *
get_source (PyroComparison *self, guint side)
{
  return pyro_profile_get_source (self->sides[side]);
}

/* ---- what can't be compared ---- */

static gboolean
have_same_types (ProfProfile *a, ProfProfile *b)
{
  gsize n_a, n_b;
  const ProfValueType *x = prof_profile_get_value_types (a, &n_a);
  const ProfValueType *y = prof_profile_get_value_types (b, &n_b);
  gboolean is_same = n_a == n_b;
  for (gsize i = 0; is_same && i < n_a; i++)
    is_same = g_str_equal (prof_profile_get_string (a, x[i].type),
                           prof_profile_get_string (b, y[i].type))
              && g_str_equal (prof_profile_get_string (a, x[i].unit),
                              prof_profile_get_string (b, y[i].unit));
  return is_same;
}

static char *
list_types (ProfProfile *profile)
{
  g_autofree char *types = pyro_value_types_join (profile);
  return g_strdup (*types != '\0' ? types : _ ("nothing"));
}

/* NULL: they can be compared. */
static char *
find_obstacle (PyroComparison *self)
{
  ProfProfile *base = get_source (self, BASE), *current = get_source (self, CURRENT);
  const char *base_title = pyro_profile_get_title (self->sides[BASE]);
  const char *title = pyro_profile_get_title (self->sides[CURRENT]);
  PyroProfile *timeless = pyro_comparison_find_timeless (self);
  if (base == current)
    return g_strdup (_ ("Base and new are the same profile. Choose another one for one of them."));
  if (!have_same_types (base, current)) {
    g_autofree char *base_types = list_types (base), *types = list_types (current);
    return g_strdup_printf (_ ("The profiles measure different things: “%s” has %s, “%s” has %s. "
                               "Choose two that were recorded in the same way."),
                            base_title, base_types, title, types);
  }
  if (pyro_profile_get_n_value_types (self->sides[BASE]) == 0)
    return g_strdup (_ ("The profiles have no sample type, so there is nothing to compare."));
  if (self->normalize == PROF_NORMALIZE_DURATION && timeless != NULL)
    return g_strdup_printf (_ ("“%s” does not say how long it was recorded. Compare by the total "
                               "instead."),
                            pyro_profile_get_title (timeless));
  return NULL;
}

/* ---- the worker ---- */

typedef struct {
  ProfProfile *sources[N_SIDES];
  PyroTally *tallies[N_SIDES]; /* NULL: to be made */
  guint value_type;
  ProfNormalize normalize;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;
  for (guint i = 0; i < N_SIDES; i++) {
    prof_profile_unref (request->sources[i]);
    g_clear_pointer (&request->tallies[i], pyro_tally_unref);
  }
  g_free (request);
}

static double
choose_scale (const Request *request)
{
  double base = request->tallies[BASE]->whole.value, all = request->tallies[CURRENT]->whole.value;
  switch (request->normalize) {
  case PROF_NORMALIZE_DURATION:
    return (double)prof_profile_get_duration_ns (request->sources[CURRENT])
           / (double)prof_profile_get_duration_ns (request->sources[BASE]);
  case PROF_NORMALIZE_TOTAL:
    return base != 0 ? all / base : 1;
  case PROF_NORMALIZE_NONE:
    break;
  }
  return 1;
}

static PyroDifference *
make_difference (Request *request, ProfProfile *profile, GError **error)
{
  for (guint i = 0; i < N_SIDES; i++) {
    if (request->tallies[i] == NULL)
      request->tallies[i] = pyro_tally_new (request->sources[i], request->value_type);
    if (request->tallies[i] != NULL)
      continue;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _ ("The profiles are too large to be compared."));
    return NULL;
  }
  return pyro_difference_new (profile, request->value_type, request->tallies[BASE],
                              request->tallies[CURRENT], choose_scale (request),
                              request->normalize == PROF_NORMALIZE_TOTAL);
}

static void
compare (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  ProfProfile *profile = NULL;
  ProfError reason = PROF_ERROR_INIT;
  GError *error = NULL;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (prof_profile_diff (request->sources[BASE], request->sources[CURRENT], request->normalize,
                         &profile, &reason)
      < 0) {
    pyro_set_error (&error, &reason);
    g_task_return_error (task, error);
    return;
  }
  PyroDifference *difference = g_cancellable_is_cancelled (cancellable)
                                   ? NULL
                                   : make_difference (request, profile, &error);
  prof_profile_unref (profile);
  if (difference != NULL)
    g_task_return_pointer (task, difference, g_object_unref);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_error_if_cancelled (task);
}

static void
forget_tallies (PyroComparison *self)
{
  for (guint i = 0; i < N_SIDES; i++)
    g_clear_pointer (&self->tallies[i], pyro_tally_unref);
}

static void
keep_tallies (PyroComparison *self, const Request *request)
{
  forget_tallies (self);
  self->tally_type = request->value_type;
  for (guint i = 0; i < N_SIDES; i++)
    self->tallies[i] = pyro_tally_ref (request->tallies[i]);
}

static void
show (PyroComparison *self, PyroDifference *difference, const char *error)
{
  g_clear_object (&self->cancellable);
  g_free (self->error);
  self->error = g_strdup (error);
  g_set_object (&self->difference, difference);
  notify (self, PROP_ERROR);
  notify (self, PROP_DIFFERENCE);
  notify (self, PROP_BUSY);
}

static void
take_difference (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PyroComparison *self = PYRO_COMPARISON (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroDifference) difference = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* a newer request is on its way, or none is needed */
  if (difference != NULL)
    keep_tallies (self, g_task_get_task_data (G_TASK (result)));
  show (self, difference, error != NULL ? error->message : NULL);
}

static Request *
request_new (PyroComparison *self)
{
  Request *request = g_new0 (Request, 1);
  request->value_type = self->value_type;
  request->normalize = self->normalize;
  for (guint i = 0; i < N_SIDES; i++) {
    request->sources[i] = prof_profile_ref (get_source (self, i));
    if (self->tallies[i] != NULL && self->tally_type == self->value_type)
      request->tallies[i] = pyro_tally_ref (self->tallies[i]);
  }
  return request;
}

static void
start_worker (PyroComparison *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gboolean is_complete = self->sides[BASE] != NULL && self->sides[CURRENT] != NULL;
  g_autofree char *obstacle = is_complete ? find_obstacle (self) : NULL;
  if (!is_complete || obstacle != NULL) {
    show (self, NULL, obstacle);
    return;
  }
  self->cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, take_difference, NULL);
  g_task_set_task_data (task, request_new (self), request_free);
  g_task_run_in_thread (task, compare);
  notify (self, PROP_BUSY);
}

/* ---- what is compared ---- */

PyroProfile *
pyro_comparison_find_timeless (PyroComparison *self)
{
  for (guint i = 0; i < N_SIDES; i++)
    if (self->sides[i] != NULL && prof_profile_get_duration_ns (get_source (self, i)) <= 0)
      return self->sides[i];
  return NULL;
}

static void
choose_normalize (PyroComparison *self)
{
  ProfNormalize best = pyro_comparison_find_timeless (self) == NULL ? PROF_NORMALIZE_DURATION
                                                                    : PROF_NORMALIZE_TOTAL;
  if (self->is_normalize_set || best == self->normalize)
    return;
  self->normalize = best;
  notify (self, PROP_NORMALIZE);
}

/* The same as before where the new profile has it. */
static void
choose_value_type (PyroComparison *self)
{
  PyroProfile *leader = self->sides[CURRENT] != NULL ? self->sides[CURRENT] : self->sides[BASE];
  if (leader == NULL || self->value_type < pyro_profile_get_n_value_types (leader))
    return;
  self->value_type = pyro_profile_get_value_type (leader);
  notify (self, PROP_VALUE_TYPE);
}

static void
set_side (PyroComparison *self, guint side, PyroProfile *profile)
{
  if (!g_set_object (&self->sides[side], profile))
    return;
  g_clear_pointer (&self->tallies[side], pyro_tally_unref);
  choose_value_type (self);
  choose_normalize (self);
  notify (self, side == BASE ? PROP_BASE : PROP_CURRENT);
  start_worker (self);
}

void
pyro_comparison_set_base (PyroComparison *self, PyroProfile *base)
{
  set_side (self, BASE, base);
}

void
pyro_comparison_set_current (PyroComparison *self, PyroProfile *current)
{
  set_side (self, CURRENT, current);
}

void
pyro_comparison_swap (PyroComparison *self)
{
  PyroProfile *base = self->sides[BASE];
  PyroTally *tally = self->tallies[BASE];
  self->sides[BASE] = self->sides[CURRENT];
  self->sides[CURRENT] = base;
  self->tallies[BASE] = self->tallies[CURRENT];
  self->tallies[CURRENT] = tally;
  notify (self, PROP_BASE);
  notify (self, PROP_CURRENT);
  start_worker (self);
}

PyroProfile *
pyro_comparison_get_base (PyroComparison *self)
{
  return self->sides[BASE];
}

PyroProfile *
pyro_comparison_get_current (PyroComparison *self)
{
  return self->sides[CURRENT];
}

guint
pyro_comparison_get_value_type (PyroComparison *self)
{
  return self->value_type;
}

void
pyro_comparison_set_value_type (PyroComparison *self, guint value_type)
{
  PyroProfile *current = self->sides[CURRENT];
  if (value_type == self->value_type
      || (current != NULL && value_type >= pyro_profile_get_n_value_types (current)))
    return;
  self->value_type = value_type;
  notify (self, PROP_VALUE_TYPE);
  start_worker (self);
}

ProfNormalize
pyro_comparison_get_normalize (PyroComparison *self)
{
  return self->normalize;
}

void
pyro_comparison_set_normalize (PyroComparison *self, ProfNormalize normalize)
{
  if (normalize == self->normalize)
    return;
  self->is_normalize_set = TRUE;
  self->normalize = normalize;
  notify (self, PROP_NORMALIZE);
  start_worker (self);
}

PyroDifference *
pyro_comparison_get_difference (PyroComparison *self)
{
  return self->difference;
}

gboolean
pyro_comparison_is_busy (PyroComparison *self)
{
  return self->cancellable != NULL;
}

const char *
pyro_comparison_get_error (PyroComparison *self)
{
  return self->error;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroComparison *self = PYRO_COMPARISON (object);
  switch (property) {
  case PROP_BASE:
    g_value_set_object (value, self->sides[BASE]);
    break;
  case PROP_CURRENT:
    g_value_set_object (value, self->sides[CURRENT]);
    break;
  case PROP_VALUE_TYPE:
    g_value_set_uint (value, self->value_type);
    break;
  case PROP_NORMALIZE:
    g_value_set_uint (value, self->normalize);
    break;
  case PROP_DIFFERENCE:
    g_value_set_object (value, self->difference);
    break;
  case PROP_BUSY:
    g_value_set_boolean (value, self->cancellable != NULL);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  PyroComparison *self = PYRO_COMPARISON (object);
  switch (property) {
  case PROP_BASE:
    pyro_comparison_set_base (self, g_value_get_object (value));
    break;
  case PROP_CURRENT:
    pyro_comparison_set_current (self, g_value_get_object (value));
    break;
  case PROP_VALUE_TYPE:
    pyro_comparison_set_value_type (self, g_value_get_uint (value));
    break;
  case PROP_NORMALIZE:
    pyro_comparison_set_normalize (self, (ProfNormalize)g_value_get_uint (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
dispose (GObject *object)
{
  PyroComparison *self = PYRO_COMPARISON (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  for (guint i = 0; i < N_SIDES; i++)
    g_clear_object (&self->sides[i]);
  forget_tallies (self);
  g_clear_object (&self->difference);
  g_clear_pointer (&self->error, g_free);
  G_OBJECT_CLASS (pyro_comparison_parent_class)->dispose (object);
}

static void
pyro_comparison_class_init (PyroComparisonClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags r = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags rw = r | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY;
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  properties[PROP_BASE] = g_param_spec_object ("base", NULL, NULL, PYRO_TYPE_PROFILE, rw);
  properties[PROP_CURRENT] = g_param_spec_object ("current", NULL, NULL, PYRO_TYPE_PROFILE, rw);
  properties[PROP_VALUE_TYPE]
      = g_param_spec_uint ("value-type", NULL, NULL, 0, G_MAXUINT, G_MAXUINT, rw);
  properties[PROP_NORMALIZE] = g_param_spec_uint ("normalize", NULL, NULL, PROF_NORMALIZE_NONE,
                                                  PROF_NORMALIZE_TOTAL, PROF_NORMALIZE_TOTAL, rw);
  properties[PROP_DIFFERENCE]
      = g_param_spec_object ("difference", NULL, NULL, PYRO_TYPE_DIFFERENCE, r);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, r);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, r);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pyro_comparison_init (PyroComparison *self)
{
  self->value_type = G_MAXUINT;
  self->normalize = PROF_NORMALIZE_TOTAL;
}

PyroComparison *
pyro_comparison_new (void)
{
  return g_object_new (PYRO_TYPE_COMPARISON, NULL);
}
