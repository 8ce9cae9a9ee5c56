/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/timeline-view.h"

#include <errno.h>
#include <glib/gi18n.h>

#include "view/timeline-chart.h"

enum { N_BUCKETS = 2048, MAX_THREADS = 32 };

struct _PyroTimelineView {
  AdwBin parent_instance;
  PyroProfile *profile;
  GCancellable *cancellable;
  gint64 start_ns, end_ns; /* shown; both 0: all */
  GtkLabel *readout;
  GtkDropDown *heap_views;
  GtkWidget *zoom_buttons;
  GtkWidget *zoom_out_button;
  GtkWidget *reveal_button;
  GtkWidget *revealer;
  PyroTimelineChart *chart;
};

G_DEFINE_FINAL_TYPE (PyroTimelineView, pyro_timeline_view, ADW_TYPE_BIN)

/* ---- the worker ---- */

typedef struct {
  ProfProfile *profile;
  guint value_type;
  gint64 start_ns, end_ns;
} Job;

static void
job_free (gpointer data)
{
  prof_profile_unref (((Job *)data)->profile);
  g_free (data);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  PyroTimeline *timeline = NULL;
  int r = 0;
  gboolean has_times
      = job->end_ns != 0 || pyro_timeline_get_extent (job->profile, &job->start_ns, &job->end_ns);
  if (has_times)
    r = pyro_timeline_new (job->profile, job->value_type, job->start_ns, job->end_ns, N_BUCKETS,
                           MAX_THREADS, &timeline);
  if (r < 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (-r),
                             _ ("The timeline could not be made: %s."), g_strerror (-r));
  else
    g_task_return_pointer (task, timeline, (GDestroyNotify)pyro_timeline_free);
}

static void
show_hint (PyroTimelineView *self)
{
  gtk_label_set_text (self->readout, _ ("Drag to look at a part of the time"));
}

static void
show_range (PyroTimelineView *self)
{
  gint64 start_ns, end_ns;
  pyro_filter_get_range (pyro_profile_get_filter (self->profile), &start_ns, &end_ns);
  pyro_timeline_chart_set_range (self->chart, start_ns, end_ns);
}

/* Nothing to select from: the choices stay where there are some. */
static void
show_no_times (PyroTimelineView *self, const char *why)
{
  gtk_label_set_text (self->readout, why);
  gtk_widget_set_visible (self->zoom_buttons, FALSE);
  gtk_widget_set_visible (self->revealer, FALSE);
  gtk_widget_set_visible (self->reveal_button, FALSE);
}

static void
take_timeline (GObject *object, GAsyncResult *result, gpointer data)
{
  PyroTimelineView *self = PYRO_TIMELINE_VIEW (object);
  g_autoptr (GError) error = NULL;
  PyroTimeline *timeline = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->profile == NULL
      || g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)))) {
    g_clear_pointer (&timeline, pyro_timeline_free);
    return;
  }
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  if (timeline == NULL) {
    show_no_times (self, error != NULL ? error->message
                                       : _ ("This profile has no times: record it without "
                                            "--no-timestamps to see a timeline"));
    return;
  }
  Job *job = g_task_get_task_data (G_TASK (result));
  gint64 zero_ns = prof_profile_get_time_ns (job->profile);
  pyro_timeline_chart_set_timeline (self->chart, timeline, zero_ns);
  gtk_widget_set_sensitive (self->zoom_out_button, self->end_ns != 0);
  show_range (self);
}

static void
load (PyroTimelineView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  Job *job = g_new (Job, 1);
  *job = (Job){
    .profile = prof_profile_ref (pyro_profile_get_source (self->profile)),
    .value_type = pyro_profile_get_value_type (self->profile),
    .start_ns = self->start_ns,
    .end_ns = self->end_ns,
  };
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, take_timeline, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run);
}

/* ---- what the user does ---- */

static void
choose_range (PyroTimelineView *self, gint64 start_ns, gint64 end_ns)
{
  g_autoptr (PyroFilter) filter
      = pyro_filter_set_range (pyro_profile_get_filter (self->profile), start_ns, end_ns);
  pyro_profile_set_filter (self->profile, filter);
}

static void
step_range (PyroTimelineView *self, gint64 start_ns, gint64 end_ns)
{
  g_autoptr (PyroFilter) filter
      = pyro_filter_set_range (pyro_profile_get_filter (self->profile), start_ns, end_ns);
  pyro_profile_step_filter (self->profile, filter);
}

static void
choose_shown (PyroTimelineView *self, gint64 start_ns, gint64 end_ns)
{
  self->start_ns = start_ns;
  self->end_ns = end_ns;
  load (self);
}

static void
show_pointed (PyroTimelineView *self, const char *text)
{
  if (text != NULL)
    gtk_label_set_text (self->readout, text);
  else
    show_hint (self);
}

static void
zoom_in (PyroTimelineView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->chart), "timeline.zoom-in", NULL);
}

static void
zoom_out (PyroTimelineView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->chart), "timeline.zoom-out", NULL);
}

static void
choose_heap_view (PyroTimelineView *self)
{
  if (self->profile == NULL)
    return;
  g_autoptr (PyroFilter) filter
      = pyro_filter_set_heap_view (pyro_profile_get_filter (self->profile),
                                   (PyroHeapView)gtk_drop_down_get_selected (self->heap_views));
  pyro_profile_set_filter (self->profile, filter);
}

static void
take_filter (PyroTimelineView *self)
{
  PyroFilter *filter = pyro_profile_get_filter (self->profile);
  gtk_drop_down_set_selected (self->heap_views, pyro_filter_get_heap_view (filter));
  show_range (self);
}

/* The rows of a heap differ from those of threads. */
static void
take_value_type (PyroTimelineView *self)
{
  ProfProfile *source = pyro_profile_get_source (self->profile);
  gboolean is_heap = pyro_timeline_is_heap (source, pyro_profile_get_value_type (self->profile));
  gtk_widget_set_visible (GTK_WIDGET (self->heap_views), is_heap);
  load (self);
}

static void
add_heap_views (PyroTimelineView *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  for (PyroHeapView view = 0; view < PYRO_N_HEAP_VIEWS; view++)
    gtk_string_list_append (titles, pyro_heap_view_get_title (view));
  gtk_drop_down_set_model (self->heap_views, G_LIST_MODEL (titles));
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroTimelineView *self = PYRO_TIMELINE_VIEW (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->profile != NULL)
    pyro_timeline_chart_set_timeline (self->chart, NULL, 0);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_timeline_view_parent_class)->dispose (object);
}

static void
pyro_timeline_view_class_init (PyroTimelineViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  g_type_ensure (PYRO_TYPE_TIMELINE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/timeline-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, readout);
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, heap_views);
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, zoom_buttons);
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, zoom_out_button);
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, reveal_button);
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, revealer);
  gtk_widget_class_bind_template_child (widget_class, PyroTimelineView, chart);
  gtk_widget_class_bind_template_callback (widget_class, zoom_in);
  gtk_widget_class_bind_template_callback (widget_class, zoom_out);
  gtk_widget_class_bind_template_callback (widget_class, choose_heap_view);
}

static void
pyro_timeline_view_init (PyroTimelineView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_heap_views (self);
  show_hint (self);
}

GtkWidget *
pyro_timeline_view_new (PyroProfile *profile)
{
  PyroTimelineView *self = g_object_new (PYRO_TYPE_TIMELINE_VIEW, "visible", FALSE, NULL);
  self->profile = g_object_ref (profile);
  g_signal_connect_swapped (self->chart, "range-changed", G_CALLBACK (choose_range), self);
  g_signal_connect_swapped (self->chart, "range-stepped", G_CALLBACK (step_range), self);
  g_signal_connect_swapped (self->chart, "shown-changed", G_CALLBACK (choose_shown), self);
  g_signal_connect_swapped (self->chart, "pointed", G_CALLBACK (show_pointed), self);
  g_signal_connect_object (profile, "notify::filter", G_CALLBACK (take_filter), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "notify::value-type", G_CALLBACK (take_value_type), self,
                           G_CONNECT_SWAPPED);
  take_filter (self);
  take_value_type (self);
  return GTK_WIDGET (self);
}
