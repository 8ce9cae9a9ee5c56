/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/profile.h"

#include <glib/gi18n.h>

struct _PyroProfile {
  GObject parent_instance;
  ProfProfile *source;
  char *title;
  GFile *file;
  guint value_type;
  PyroFilter *filter;
  GPtrArray *history;        /* filters before this one, the oldest first */
  gboolean is_step;          /* the filter is the last of many small steps */
  ProfProfile *shown;        /* what the filter has left; NULL: not known yet */
  PyroFilter *shown_filter;  /* by which it was made */
  guint shown_type;          /* its sample type */
  PyroReport *report;        /* of `shown`, or of the one before */
  GCancellable *cancellable; /* of the worker; NULL: none is running */
  char *error;
  char *selection;
};

G_DEFINE_FINAL_TYPE (PyroProfile, pyro_profile, G_TYPE_OBJECT)

enum {
  PROP_TITLE = 1,
  PROP_VALUE_TYPE,
  PROP_FILTER,
  PROP_SHOWN,
  PROP_REPORT,
  PROP_BUSY,
  PROP_ERROR,
  PROP_SELECTION,
  PROP_CAN_UNDO,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

static void
notify (PyroProfile *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* ---- the workers: one filters, then one sums up ---- */

typedef struct {
  ProfProfile *profile; /* in: to be filtered; out: what is left */
  PyroFilter *filter;   /* still to be applied; NULL: `profile` is what it lets through */
  PyroFilter *shown_filter;
  guint value_type;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;
  prof_profile_unref (request->profile);
  g_clear_pointer (&request->filter, pyro_filter_unref);
  pyro_filter_unref (request->shown_filter);
  g_free (request);
}

/* Another sample type of the same samples needs no filtering; of a heap it may be other memory. */
static Request *
request_new (PyroProfile *self)
{
  gboolean is_filtered = self->shown != NULL && pyro_filter_equal (self->filter, self->shown_filter)
                         && pyro_filter_get_heap_view (self->filter) == PYRO_HEAP_AS_RECORDED;
  Request *request = g_new (Request, 1);
  *request = (Request){
    .profile = prof_profile_ref (is_filtered ? self->shown : self->source),
    .filter = is_filtered ? NULL : pyro_filter_ref (self->filter),
    .shown_filter = pyro_filter_ref (self->filter),
    .value_type = self->value_type,
  };
  return request;
}

static void
start_task (PyroProfile *self,
            Request *request,
            GTaskThreadFunc run,
            GAsyncReadyCallback take_result)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, take_result, NULL);
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, run);
}

static void
finish_work (PyroProfile *self, const GError *error)
{
  g_clear_object (&self->cancellable);
  g_free (self->error);
  self->error = error != NULL ? g_strdup (error->message) : NULL;
}

static void
sum_up (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  PyroReport *report = NULL;
  if (!g_cancellable_is_cancelled (cancellable))
    report = pyro_report_new (request->profile, request->value_type, &error);
  if (report == NULL && error == NULL)
    g_task_return_error_if_cancelled (task);
  else if (report != NULL)
    g_task_return_pointer (task, report, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
take_report (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PyroProfile *self = PYRO_PROFILE (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (PyroReport) report = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* a newer request is on its way */
  finish_work (self, error);
  if (report != NULL) {
    g_set_object (&self->report, report);
    notify (self, PROP_REPORT);
  }
  notify (self, PROP_ERROR);
  notify (self, PROP_BUSY);
}

static void
apply_filter (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  if (g_task_return_error_if_cancelled (task))
    return;
  ProfProfile *left
      = request->filter == NULL
            ? prof_profile_ref (request->profile)
            : pyro_filter_apply_to (request->filter, request->profile, request->value_type,
                                    &request->value_type, &error);
  if (left == NULL) {
    g_task_return_error (task, error);
    return;
  }
  prof_profile_unref (request->profile);
  request->profile = left;
  g_task_return_boolean (task, TRUE);
}

/* Pictures need not wait for the sums. */
static void
take_filtered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PyroProfile *self = PYRO_PROFILE (object);
  g_autoptr (GError) error = NULL;
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!is_done) {
    finish_work (self, error);
    notify (self, PROP_ERROR);
    notify (self, PROP_BUSY);
    return;
  }
  const Request *request = g_task_get_task_data (G_TASK (result));
  g_clear_pointer (&self->shown, prof_profile_unref);
  g_clear_pointer (&self->shown_filter, pyro_filter_unref);
  self->shown = prof_profile_ref (request->profile);
  self->shown_filter = pyro_filter_ref (request->shown_filter);
  self->shown_type = request->value_type;
  Request *next = g_new (Request, 1);
  *next = (Request){
    .profile = prof_profile_ref (request->profile),
    .shown_filter = pyro_filter_ref (request->shown_filter),
    .value_type = request->value_type,
  };
  start_task (self, next, sum_up, take_report);
  notify (self, PROP_SHOWN);
}

static void
start_worker (PyroProfile *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  start_task (self, request_new (self), apply_filter, take_filtered);
  notify (self, PROP_BUSY);
}

/* ---- what is looked at ---- */

void
pyro_profile_set_value_type (PyroProfile *self, guint value_type)
{
  if (value_type == self->value_type || value_type >= pyro_profile_get_n_value_types (self))
    return;
  self->value_type = value_type;
  notify (self, PROP_VALUE_TYPE);
  start_worker (self);
}

static void
take_filter (PyroProfile *self, PyroFilter *filter)
{
  pyro_filter_unref (self->filter);
  self->filter = filter;
  self->is_step = FALSE;
  notify (self, PROP_FILTER);
  notify (self, PROP_CAN_UNDO);
  start_worker (self);
}

void
pyro_profile_set_filter (PyroProfile *self, PyroFilter *filter)
{
  if (pyro_filter_equal (filter, self->filter))
    return;
  g_ptr_array_add (self->history, pyro_filter_ref (self->filter));
  take_filter (self, pyro_filter_ref (filter));
}

void
pyro_profile_step_filter (PyroProfile *self, PyroFilter *filter)
{
  if (pyro_filter_equal (filter, self->filter))
    return;
  if (self->is_step)
    take_filter (self, pyro_filter_ref (filter));
  else
    pyro_profile_set_filter (self, filter);
  self->is_step = TRUE;
}

void
pyro_profile_add_filter (PyroProfile *self, PyroFilterKind kind, const char *function)
{
  g_autoptr (PyroFilter) filter = pyro_filter_add (self->filter, kind, function);
  pyro_profile_set_filter (self, filter);
}

void
pyro_profile_remove_filter (PyroProfile *self, guint term)
{
  g_autoptr (PyroFilter) filter = pyro_filter_remove (self->filter, term);
  pyro_profile_set_filter (self, filter);
}

void
pyro_profile_clear_filter (PyroProfile *self)
{
  g_autoptr (PyroFilter) filter = pyro_filter_new ();
  pyro_profile_set_filter (self, filter);
}

gboolean
pyro_profile_can_undo (PyroProfile *self)
{
  return self->history->len > 0;
}

void
pyro_profile_undo (PyroProfile *self)
{
  if (self->history->len > 0)
    take_filter (self, g_ptr_array_steal_index (self->history, self->history->len - 1));
}

void
pyro_profile_set_selection (PyroProfile *self, const char *function)
{
  if (g_strcmp0 (function, self->selection) == 0)
    return;
  g_free (self->selection);
  self->selection = g_strdup (function);
  notify (self, PROP_SELECTION);
}

/* ---- reading ---- */

ProfProfile *
pyro_profile_get_source (PyroProfile *self)
{
  return self->source;
}

const char *
pyro_profile_get_title (PyroProfile *self)
{
  return self->title;
}

GFile *
pyro_profile_get_file (PyroProfile *self)
{
  return self->file;
}

ProfProfile *
pyro_profile_get_shown (PyroProfile *self, guint *ret_value_type)
{
  *ret_value_type = self->shown_type;
  return self->shown;
}

PyroReport *
pyro_profile_get_report (PyroProfile *self)
{
  return self->report;
}

gboolean
pyro_profile_is_busy (PyroProfile *self)
{
  return self->cancellable != NULL;
}

const char *
pyro_profile_get_error (PyroProfile *self)
{
  return self->error;
}

guint
pyro_profile_get_n_value_types (PyroProfile *self)
{
  size_t n_types;
  prof_profile_get_value_types (self->source, &n_types);
  return (guint)n_types;
}

guint
pyro_profile_get_value_type (PyroProfile *self)
{
  return self->value_type;
}

PyroFilter *
pyro_profile_get_filter (PyroProfile *self)
{
  return self->filter;
}

const char *
pyro_profile_get_selection (PyroProfile *self)
{
  return self->selection;
}

const char *
pyro_profile_get_subject (PyroProfile *self)
{
  size_t n = 0;
  const ProfReportFunction *functions = NULL;
  if (self->selection == NULL && self->report != NULL)
    functions = pyro_report_get_functions (self->report, &n);
  return n > 0 ? functions[0].name : self->selection;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroProfile *self = PYRO_PROFILE (object);
  switch (property) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_VALUE_TYPE:
    g_value_set_uint (value, self->value_type);
    break;
  case PROP_FILTER:
    g_value_set_boxed (value, self->filter);
    break;
  case PROP_SHOWN:
    g_value_set_pointer (value, self->shown);
    break;
  case PROP_REPORT:
    g_value_set_object (value, self->report);
    break;
  case PROP_BUSY:
    g_value_set_boolean (value, pyro_profile_is_busy (self));
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  case PROP_SELECTION:
    g_value_set_string (value, self->selection);
    break;
  case PROP_CAN_UNDO:
    g_value_set_boolean (value, pyro_profile_can_undo (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  PyroProfile *self = PYRO_PROFILE (object);
  switch (property) {
  case PROP_VALUE_TYPE:
    pyro_profile_set_value_type (self, g_value_get_uint (value));
    break;
  case PROP_FILTER:
    pyro_profile_set_filter (self, g_value_get_boxed (value));
    break;
  case PROP_SELECTION:
    pyro_profile_set_selection (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
finalize (GObject *object)
{
  PyroProfile *self = PYRO_PROFILE (object);
  prof_profile_unref (self->source);
  g_free (self->title);
  g_clear_object (&self->file);
  pyro_filter_unref (self->filter);
  g_ptr_array_unref (self->history);
  g_clear_object (&self->report);
  g_clear_pointer (&self->shown, prof_profile_unref);
  g_clear_pointer (&self->shown_filter, pyro_filter_unref);
  g_clear_object (&self->cancellable);
  g_free (self->error);
  g_free (self->selection);
  G_OBJECT_CLASS (pyro_profile_parent_class)->finalize (object);
}

static void
pyro_profile_class_init (PyroProfileClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;

  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[PROP_VALUE_TYPE]
      = g_param_spec_uint ("value-type", NULL, NULL, 0, G_MAXUINT, 0, writable);
  properties[PROP_FILTER] = g_param_spec_boxed ("filter", NULL, NULL, PYRO_TYPE_FILTER, writable);
  properties[PROP_SHOWN] = g_param_spec_pointer ("shown", NULL, NULL, readable);
  properties[PROP_REPORT] = g_param_spec_object ("report", NULL, NULL, PYRO_TYPE_REPORT, readable);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, readable);
  properties[PROP_SELECTION] = g_param_spec_string ("selection", NULL, NULL, NULL, writable);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pyro_profile_init (PyroProfile *self)
{
  self->filter = pyro_filter_new ();
  self->history = g_ptr_array_new_with_free_func ((GDestroyNotify)pyro_filter_unref);
}

PyroProfile *
pyro_profile_new (ProfProfile *profile, const char *title, GFile *file)
{
  PyroProfile *self = g_object_new (PYRO_TYPE_PROFILE, NULL);
  self->source = prof_profile_ref (profile);
  self->title = g_strdup (title);
  self->file = file != NULL ? g_object_ref (file) : NULL;
  int value_type = prof_profile_get_default_value_type (profile);
  if (value_type < 0) {
    self->error = g_strdup (_ ("The profile has no sample type, so there is nothing to show."));
  } else {
    self->value_type = (guint)value_type;
    start_worker (self);
  }
  return self;
}
