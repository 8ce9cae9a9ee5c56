/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/process-list.h"

#include <unistd.h>

#include "model/host-command.h"
#include "model/prof-program.h"

struct _PyroProcessList {
  GObject parent_instance;
  GPtrArray *processes;
  gboolean is_active, is_scanning;
  guint source;
  gint64 scanned_us; /* when the latest samples were taken; 0: never */
};

static void init_list_model (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PyroProcessList,
                               pyro_process_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

enum { REFRESHED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- what changes ---- */

static void
insert (PyroProcessList *self, guint position, const PyroProcessSample *sample)
{
  g_ptr_array_insert (self->processes, (int)position, pyro_process_new (sample));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static void
remove_at (PyroProcessList *self, guint position)
{
  g_ptr_array_remove_index (self->processes, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
take_sample (PyroProcessList *self, guint position, const PyroProcessSample *sample, double ticks)
{
  while (position < self->processes->len
         && pyro_process_get_pid (self->processes->pdata[position]) < sample->pid)
    remove_at (self, position);
  if (position < self->processes->len
      && pyro_process_update (self->processes->pdata[position], sample, ticks))
    return;
  if (position < self->processes->len
      && pyro_process_get_pid (self->processes->pdata[position]) == sample->pid)
    remove_at (self, position);
  insert (self, position, sample);
}

void
pyro_process_list_take (PyroProcessList *self, GPtrArray *samples, double ticks)
{
  for (guint i = 0; i < samples->len; i++)
    take_sample (self, i, samples->pdata[i], ticks);
  while (self->processes->len > samples->len)
    remove_at (self, samples->len);
  g_signal_emit (self, signals[REFRESHED], 0);
}

/* ---- what there is ---- */

PyroProcess *
pyro_process_list_find (PyroProcessList *self, guint pid)
{
  guint low = 0, high = self->processes->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (pyro_process_get_pid (self->processes->pdata[middle]) < pid)
      low = middle + 1;
    else
      high = middle;
  }
  PyroProcess *process = low < self->processes->len ? self->processes->pdata[low] : NULL;
  return process != NULL && pyro_process_get_pid (process) == pid ? process : NULL;
}

gint64
pyro_process_list_get_time_us (PyroProcessList *self)
{
  return self->scanned_us;
}

/* ---- the worker ---- */

static gboolean scan (gpointer list);

static void
unref_array (gpointer array)
{
  g_ptr_array_unref (array);
}

static void
read_processes (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, pyro_process_scan (), unref_array);
}

static void
take_samples (PyroProcessList *self, GPtrArray *samples)
{
  gint64 now_us = g_get_monotonic_time ();
  double ticks = self->scanned_us > 0 ? (double)(now_us - self->scanned_us) / G_USEC_PER_SEC
                                            * (double)sysconf (_SC_CLK_TCK)
                                      : 0;
  self->scanned_us = now_us;
  self->is_scanning = FALSE;
  pyro_process_list_take (self, samples, ticks);
  if (self->is_active)
    self->source = g_timeout_add_seconds (1, scan, self);
}

static void
take_scan (GObject *list, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) samples = g_task_propagate_pointer (G_TASK (result), NULL);
  take_samples (PYRO_PROCESS_LIST (list), samples);
}

/* None, if there is no answer: what can be seen in a sandbox is not what is looked for. */
static void
take_answer (GObject *source, GAsyncResult *result, gpointer list)
{
  g_autoptr (PyroProcessList) self = list;
  g_autoptr (GVariant) answer = pyro_prof_program_ask_finish (result, NULL);
  g_autoptr (GPtrArray) samples = pyro_process_samples_read (answer);
  take_samples (self, samples);
}

static gboolean
scan (gpointer list)
{
  PyroProcessList *self = list;
  self->source = 0;
  self->is_scanning = TRUE;
  if (pyro_host_command_is_needed ()) {
    pyro_prof_program_ask_async ("processes", NULL, take_answer, g_object_ref (self));
    return G_SOURCE_REMOVE;
  }
  g_autoptr (GTask) task = g_task_new (self, NULL, take_scan, NULL);
  g_task_run_in_thread (task, read_processes);
  return G_SOURCE_REMOVE;
}

void
pyro_process_list_set_active (PyroProcessList *self, gboolean is_active)
{
  if (self->is_active == is_active)
    return;
  self->is_active = is_active;
  g_clear_handle_id (&self->source, g_source_remove);
  if (is_active && !self->is_scanning)
    scan (self);
}

/* ---- GListModel, GObject ---- */

static GType
get_item_type (GListModel *list)
{
  return PYRO_TYPE_PROCESS;
}

static guint
get_n_items (GListModel *list)
{
  return PYRO_PROCESS_LIST (list)->processes->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  GPtrArray *processes = PYRO_PROCESS_LIST (list)->processes;
  return position < processes->len ? g_object_ref (processes->pdata[position]) : NULL;
}

static void
init_list_model (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
finalize (GObject *object)
{
  PyroProcessList *self = PYRO_PROCESS_LIST (object);
  g_clear_handle_id (&self->source, g_source_remove);
  g_ptr_array_unref (self->processes);
  G_OBJECT_CLASS (pyro_process_list_parent_class)->finalize (object);
}

static void
pyro_process_list_class_init (PyroProcessListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[REFRESHED] = g_signal_new ("refreshed", PYRO_TYPE_PROCESS_LIST, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pyro_process_list_init (PyroProcessList *self)
{
  self->processes = g_ptr_array_new_with_free_func (g_object_unref);
}

PyroProcessList *
pyro_process_list_new (void)
{
  return g_object_new (PYRO_TYPE_PROCESS_LIST, NULL);
}
