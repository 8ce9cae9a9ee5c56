/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/heap-charts.h"

#include <errno.h>
#include <glib/gi18n.h>

#include "model/units.h"
#include "view/heap-legend.h"
#include "view/heap-stack-chart.h"
#include "view/size-bars.h"

enum { N_POINTS = 512, MAX_SITES = 10 };

struct _PyroHeapCharts {
  AdwBin parent_instance;
  PyroProfile *profile;
  GCancellable *cancellable;
  GtkLabel *readout, *sizes_title;
  PyroHeapStackChart *chart;
  PyroHeapLegend *legend;
  PyroSizeBars *sizes;
};

G_DEFINE_FINAL_TYPE (PyroHeapCharts, pyro_heap_charts, ADW_TYPE_BIN)

/* ---- the worker ---- */

typedef struct {
  ProfProfile *source;
  PyroReport *report;
  PyroFilter *terms; /* the filter without its range: the chart has a time of its own */
  gint64 start_ns, end_ns;
  PyroHeapStack *stack; /* what comes out; NULL: none could be made, for this reason */
  int code;
  PyroSizeHistogram sizes;
  gboolean has_sizes;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;
  prof_profile_unref (job->source);
  g_object_unref (job->report);
  pyro_filter_unref (job->terms);
  g_clear_pointer (&job->stack, pyro_heap_stack_free);
  g_free (job);
}

static void
make_stack (Job *job)
{
  ProfProfile *left = pyro_filter_apply (job->terms, job->source, NULL);
  if (left == NULL) {
    job->code = -ENOMEM;
    return;
  }
  job->code
      = pyro_heap_stack_new (left, job->start_ns, job->end_ns, N_POINTS, MAX_SITES, &job->stack);
  prof_profile_unref (left);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  unsigned objects, bytes;
  ProfProfile *filtered = pyro_report_get_profile (job->report);
  make_stack (job);
  job->has_sizes
      = pyro_size_histogram_find_types (filtered, pyro_report_get_value_type (job->report),
                                        &objects, &bytes)
        == 0;
  if (job->has_sizes)
    pyro_size_histogram_init (&job->sizes, filtered, objects, bytes);
  g_task_return_boolean (task, TRUE);
}

static void
show_hint (PyroHeapCharts *self)
{
  const PyroHeapStack *stack = pyro_heap_stack_chart_get_stack (self->chart);
  if (stack != NULL)
    gtk_label_set_text (self->readout, _ ("Point at a band to see whose it is; click to select "
                                          "the function"));
}

static void
show_stack (PyroHeapCharts *self, Job *job)
{
  gboolean has_bands = job->stack != NULL && job->stack->top > 0;
  gtk_widget_set_visible (GTK_WIDGET (self->chart), has_bands);
  pyro_heap_stack_chart_set_stack (self->chart, g_steal_pointer (&job->stack),
                                   prof_profile_get_time_ns (job->source));
  pyro_heap_legend_show (self->legend, pyro_heap_stack_chart_get_stack (self->chart));
  if (job->code == -ENODATA)
    gtk_label_set_text (self->readout, _ ("This profile does not say when memory was allocated "
                                          "and freed. Recordings made with “prof record --heap” "
                                          "do."));
  else if (job->code < 0)
    gtk_label_set_text (self->readout, g_strerror (-job->code));
  else if (!has_bands)
    gtk_label_set_text (self->readout, _ ("No memory was in use in this time."));
  else
    show_hint (self);
}

static void
show_sizes (PyroHeapCharts *self, Job *job)
{
  g_autofree char *bytes = pyro_format_bytes (job->sizes.bytes);
  g_autofree char *objects = pyro_format_count (job->sizes.objects);
  g_autofree char *text = g_strdup_printf (_ ("%s in %s blocks"), bytes, objects);
  gtk_label_set_text (self->sizes_title, text);
  pyro_size_bars_show (self->sizes, job->has_sizes ? &job->sizes : NULL);
}

static void
take (GObject *object, GAsyncResult *result, gpointer data)
{
  PyroHeapCharts *self = PYRO_HEAP_CHARTS (object);
  GTask *task = G_TASK (result);
  if (self->profile == NULL || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return;
  show_stack (self, g_task_get_task_data (task));
  show_sizes (self, g_task_get_task_data (task));
}

/* Only while it is looked at. */
static void
load (PyroHeapCharts *self)
{
  PyroReport *report = pyro_profile_get_report (self->profile);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (report == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->cancellable = g_cancellable_new ();
  Job *job = g_new0 (Job, 1);
  job->source = prof_profile_ref (pyro_profile_get_source (self->profile));
  job->report = g_object_ref (report);
  PyroFilter *filter = pyro_profile_get_filter (self->profile);
  pyro_filter_get_range (filter, &job->start_ns, &job->end_ns);
  job->terms = pyro_filter_set_range (filter, 0, 0);
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, take, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run);
}

/* ---- what the user does ---- */

static void
show_pointed (PyroHeapCharts *self, const char *text)
{
  if (text != NULL)
    gtk_label_set_text (self->readout, text);
  else
    show_hint (self);
}

static void
choose_band (PyroHeapCharts *self, guint band)
{
  const PyroHeapStack *stack = pyro_heap_stack_chart_get_stack (self->chart);
  pyro_heap_stack_chart_set_highlight (self->chart, band);
  pyro_heap_legend_select (self->legend, band);
  if (*stack->sites[band].name != '\0')
    pyro_profile_set_selection (self->profile, stack->sites[band].name);
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroHeapCharts *self = PYRO_HEAP_CHARTS (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_heap_charts_parent_class)->dispose (object);
}

static void
pyro_heap_charts_class_init (PyroHeapChartsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
}

static GtkLabel *
add_label (GtkWidget *box, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
add_children (PyroHeapCharts *self, GtkWidget *box)
{
  add_label (box, _ ("Memory in Use by Function"), "heading");
  self->readout = add_label (box, "", "dim-label");
  self->chart = g_object_new (PYRO_TYPE_HEAP_STACK_CHART, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->chart));
  self->legend = g_object_new (PYRO_TYPE_HEAP_LEGEND, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->legend));
  GtkLabel *title = add_label (box, _ ("Sizes of Blocks"), "heading");
  gtk_widget_set_margin_top (GTK_WIDGET (title), 18);
  self->sizes_title = add_label (box, "", "dim-label");
  self->sizes = g_object_new (PYRO_TYPE_SIZE_BARS, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->sizes));
}

static void
pyro_heap_charts_init (PyroHeapCharts *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_object_set (box, "margin-top", 18, "margin-bottom", 18, "margin-start", 12, "margin-end", 12,
                NULL);
  add_children (self, box);
  GtkWidget *clamp = adw_clamp_new ();
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1100);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  adw_bin_set_child (ADW_BIN (self), scrolled);
  g_signal_connect_swapped (self->chart, "pointed", G_CALLBACK (show_pointed), self);
  g_signal_connect_swapped (self->chart, "chosen", G_CALLBACK (choose_band), self);
  g_signal_connect_swapped (self->legend, "chosen", G_CALLBACK (choose_band), self);
}

gboolean
pyro_heap_charts_can_show (PyroProfile *profile)
{
  unsigned objects, bytes;
  return pyro_size_histogram_find_types (pyro_profile_get_source (profile), 0, &objects, &bytes)
         == 0;
}

GtkWidget *
pyro_heap_charts_new (PyroProfile *profile)
{
  PyroHeapCharts *self = g_object_new (PYRO_TYPE_HEAP_CHARTS, NULL);
  self->profile = g_object_ref (profile);
  g_signal_connect_object (profile, "notify::report", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_after (self, "map", G_CALLBACK (load), NULL);
  return GTK_WIDGET (self);
}
