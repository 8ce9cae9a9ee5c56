/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <glib/gi18n.h>

#include "layout/flame-find.h"
#include "view/flame-graph-private.h"

/* Shared by the worker and the widget, which forgets it to be told nothing. */
struct _PyroFlameSearchRun {
  PyroFlameTree *tree;
  char *pattern;
  atomic_bool is_cancelled;
  PyroFlameMatches matches;
  int result;
  char message[160];
};

static void
run_clear (gpointer data)
{
  PyroFlameSearchRun *run = data;
  pyro_flame_tree_unref (run->tree);
  pyro_flame_matches_finish (&run->matches);
  g_free (run->pattern);
}

static void
run_unref (gpointer run)
{
  g_atomic_rc_box_release_full (run, run_clear);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PyroFlameSearchRun *run = data;
  run->result = pyro_flame_search (run->tree, run->pattern, &run->is_cancelled, &run->matches,
                                   run->message, sizeof run->message);
  g_task_return_boolean (task, TRUE);
}

static void
notify_matches (PyroFlameGraph *self)
{
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_MATCH_SHARE);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_N_MATCHES);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_SEARCH_ERROR);
  pyro_flame_graph_update_actions (self);
  pyro_flame_graph_redraw (self);
}

static void
set_error (PyroFlameGraph *self, const PyroFlameSearchRun *run)
{
  g_clear_pointer (&self->search_error, g_free);
  if (run != NULL && run->result < 0)
    self->search_error
        = g_strdup (run->result == -EINVAL ? run->message : g_strerror (-run->result));
}

static void
finish (GObject *source, GAsyncResult *result, gpointer data)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (source);
  PyroFlameSearchRun *run = g_task_get_task_data (G_TASK (result));
  if (self->search_run != run)
    return;
  pyro_flame_matches_finish (&self->matches);
  self->matches = run->matches;
  run->matches = (PyroFlameMatches){ 0 };
  set_error (self, run);
  g_clear_pointer (&self->search_run, run_unref);
  notify_matches (self);
}

void
pyro_flame_graph_cancel_search (PyroFlameGraph *self)
{
  if (self->search_run != NULL)
    atomic_store (&self->search_run->is_cancelled, true);
  g_clear_pointer (&self->search_run, run_unref);
}

void
pyro_flame_graph_run_search (PyroFlameGraph *self)
{
  pyro_flame_graph_cancel_search (self);
  if (self->tree == NULL || self->search == NULL || *self->search == '\0') {
    pyro_flame_matches_finish (&self->matches);
    set_error (self, NULL);
    notify_matches (self);
    return;
  }
  PyroFlameSearchRun *run = g_atomic_rc_box_new0 (PyroFlameSearchRun);
  run->tree = pyro_flame_tree_ref (self->tree);
  run->pattern = g_strdup (self->search);
  self->search_run = run;
  g_autoptr (GTask) task = g_task_new (self, NULL, finish, NULL);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (run), run_unref);
  g_task_run_in_thread (task, work);
}

void
pyro_flame_graph_set_search (PyroFlameGraph *self, const char *search)
{
  if (g_strcmp0 (self->search, search) == 0)
    return;
  g_free (self->search);
  self->search = g_strdup (search);
  pyro_flame_graph_run_search (self);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_SEARCH);
}

/* ---- from match to match ---- */

static gboolean
is_match (PyroFlameGraph *self, guint32 node)
{
  return node != 0 && self->matches.is_match[pyro_flame_tree_get_node (self->tree, node)->function];
}

void
pyro_flame_graph_step_match (PyroFlameGraph *self, int step)
{
  if (self->tree == NULL || self->matches.n_matches == 0)
    return;
  pyro_flame_graph_lay_out (self);
  guint32 row, n = self->layout.n_boxes;
  const PyroFlameBox *selected = pyro_flame_graph_get_selected_box (self, &row);
  guint32 place = step > 0 ? n - 1 : 0;
  if (selected != NULL)
    place = (guint32)(selected - self->layout.boxes);
  for (guint32 i = 0; i < n; i++) {
    place = (place + n + (guint32)step) % n;
    const PyroFlameBox *box = &self->layout.boxes[place];
    if (box->n_merged == 1 && is_match (self, box->node)) {
      pyro_flame_graph_select_node (self, box->node);
      return;
    }
  }
  guint32 hidden = pyro_flame_find_widest (self->tree, self->matches.is_match);
  if (hidden != 0)
    pyro_flame_graph_select_node (self, hidden);
}
