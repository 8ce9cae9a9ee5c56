/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <glib/gi18n.h>

#include "view/flame-graph-private.h"

typedef struct {
  ProfProfile *profile;
  int value_type;
  PyroFlameOrder order;
  PyroFlameShape *shapes[PYRO_FLAME_N_SHAPES]; /* that are known; NULL: none */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;
  prof_profile_unref (job->profile);
  for (guint i = 0; i < PYRO_FLAME_N_SHAPES; i++)
    g_clear_pointer (&job->shapes[i], pyro_flame_shape_unref);
  g_free (job);
}

static void
tree_unref (gpointer tree)
{
  pyro_flame_tree_unref (tree);
}

static int
take_shape (const Job *job, PyroFlameShape **ret)
{
  for (guint i = 0; i < PYRO_FLAME_N_SHAPES; i++)
    if (job->shapes[i] != NULL
        && pyro_flame_shape_fits (job->shapes[i], job->profile, &job->order)) {
      *ret = pyro_flame_shape_ref (job->shapes[i]);
      return 0;
    }
  return pyro_flame_shape_new (job->profile, &job->order, ret);
}

static int
make_tree (const Job *job, PyroFlameTree **ret)
{
  PyroFlameShape *shape;
  int r = take_shape (job, &shape);
  if (r < 0)
    return r;
  r = pyro_flame_tree_new (shape, job->profile, (unsigned)job->value_type, ret);
  pyro_flame_shape_unref (shape);
  return r;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  PyroFlameTree *tree;
  int r = -ECANCELED;
  if (!g_cancellable_is_cancelled (cancellable))
    r = make_tree (job, &tree);
  if (r == 0)
    g_task_return_pointer (task, tree, tree_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (-r),
                             _ ("The flame graph could not be made: %s."), g_strerror (-r));
}

static gboolean
fills_target (PyroFlameGraph *self, guint32 node)
{
  const PyroFlameNode *candidate = pyro_flame_tree_get_node (self->tree, node);
  double slack = self->target.weight * 1e-9;
  return candidate->start <= self->target.start + slack
         && candidate->start + candidate->weight + slack
                >= self->target.start + self->target.weight;
}

/* The child of a node that fills what is shown, or 0. */
static guint32
find_shown_child (PyroFlameGraph *self, guint32 node)
{
  guint32 n, first = pyro_flame_tree_get_children (self->tree, node, &n);
  for (guint32 i = first; i < first + n; i++)
    if (fills_target (self, i))
      return i;
  return 0;
}

static GPtrArray *
get_path (PyroFlameTree *tree, guint32 node)
{
  GPtrArray *path = g_ptr_array_new_with_free_func (g_free);
  for (; node != 0; node = pyro_flame_tree_get_node (tree, node)->parent)
    g_ptr_array_insert (path, 0, g_strdup (pyro_flame_tree_get_function (tree, node)->name));
  return path;
}

/* The node at the end of the path, or of so much of it as the tree has. */
static guint32
follow_path (PyroFlameTree *tree, GPtrArray *path, gboolean *ret_is_whole)
{
  guint32 node = 0;
  for (guint i = 0; i < path->len; i++) {
    guint32 child = pyro_flame_tree_find_child (tree, node, path->pdata[i]);
    *ret_is_whole = child != 0;
    if (child == 0)
      return node;
    node = child;
  }
  *ret_is_whole = TRUE;
  return node;
}

/* Of the narrowest node that fills what is shown. */
static GPtrArray *
get_shown_path (PyroFlameGraph *self)
{
  guint32 node = 0;
  for (guint32 child; (child = find_shown_child (self, node)) != 0;)
    node = child;
  return get_path (self->tree, node);
}

static PyroFlameRange
get_shown_range (PyroFlameTree *tree, GPtrArray *shown)
{
  gboolean is_whole;
  guint32 node = shown == NULL ? 0 : follow_path (tree, shown, &is_whole);
  const PyroFlameNode *found = pyro_flame_tree_get_node (tree, node);
  return (PyroFlameRange){ found->start, found->weight };
}

static guint32
find_selected (PyroFlameTree *tree, GPtrArray *selected)
{
  gboolean is_whole = FALSE;
  guint32 node = selected == NULL ? 0 : follow_path (tree, selected, &is_whole);
  return is_whole ? node : PYRO_FLAME_NO_NODE;
}

static void
forget_tree (PyroFlameGraph *self)
{
  pyro_flame_graph_cancel_search (self);
  pyro_flame_matches_finish (&self->matches);
  g_clear_pointer (&self->labels, pyro_flame_labels_free);
  g_clear_pointer (&self->tree, pyro_flame_tree_unref);
  self->selected = PYRO_FLAME_NO_NODE;
}

/* Keeps what was zoomed and selected where the new tree has it too. Takes the tree over. */
static void
set_tree (PyroFlameGraph *self, PyroFlameTree *tree)
{
  g_autoptr (GPtrArray) shown = NULL;
  g_autoptr (GPtrArray) selected = NULL;
  if (self->tree != NULL && tree != NULL && pyro_flame_graph_is_zoomed (self))
    shown = get_shown_path (self);
  if (self->tree != NULL && tree != NULL && self->selected != PYRO_FLAME_NO_NODE)
    selected = get_path (self->tree, self->selected);
  forget_tree (self);
  self->tree = tree;
  PyroFlameRange range = { 0, 0 };
  if (tree != NULL)
    range = get_shown_range (tree, shown);
  pyro_flame_graph_forget_zoom (self, range);
  if (tree != NULL)
    self->selected = find_selected (tree, selected);
  gtk_widget_set_child_visible (self->message, pyro_flame_graph_is_empty (self));
  pyro_flame_graph_describe_selection (self);
  pyro_flame_graph_run_search (self);
  pyro_flame_graph_update_tip (self);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_SELECTION);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_EMPTY);
}

/* The one used last is the first, and the one that was not used for longest is forgotten. */
static void
remember_shape (PyroFlameGraph *self, PyroFlameShape *shape)
{
  guint i = 0;
  while (i < PYRO_FLAME_N_SHAPES - 1 && self->shapes[i] != shape)
    i++;
  pyro_flame_shape_ref (shape);
  g_clear_pointer (&self->shapes[i], pyro_flame_shape_unref);
  for (; i > 0; i--)
    self->shapes[i] = self->shapes[i - 1];
  self->shapes[0] = shape;
}

/* Only the newest worker has the cancellable that is kept. */
static void
finish (GObject *source, GAsyncResult *result, gpointer data)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (source);
  g_autoptr (GError) error = NULL;
  PyroFlameTree *tree = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_task_get_cancellable (G_TASK (result)) != self->loading) {
    g_clear_pointer (&tree, pyro_flame_tree_unref);
    return;
  }
  g_clear_object (&self->loading);
  if (error != NULL)
    g_signal_emit (self, pyro_flame_graph_signals[PYRO_FLAME_SIGNAL_FAILED], 0, error->message);
  else {
    remember_shape (self, pyro_flame_tree_get_stacks (tree)->shape);
    set_tree (self, tree);
  }
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_LOADING);
}

void
pyro_flame_graph_forget_shapes (PyroFlameGraph *self)
{
  for (guint i = 0; i < PYRO_FLAME_N_SHAPES; i++)
    g_clear_pointer (&self->shapes[i], pyro_flame_shape_unref);
}

void
pyro_flame_graph_cancel_build (PyroFlameGraph *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

/* Of a profile that is no longer looked at, as the snapshot of a recording before this one. */
static void
forget_other_shapes (PyroFlameGraph *self)
{
  guint n = 0;
  for (guint i = 0; i < PYRO_FLAME_N_SHAPES; i++) {
    PyroFlameShape *shape = g_steal_pointer (&self->shapes[i]);
    if (shape != NULL && pyro_flame_shape_is_akin (shape, self->profile))
      self->shapes[n++] = shape;
    else if (shape != NULL)
      pyro_flame_shape_unref (shape);
  }
}

void
pyro_flame_graph_build (PyroFlameGraph *self)
{
  pyro_flame_graph_cancel_build (self);
  if (self->profile == NULL) {
    pyro_flame_graph_forget_shapes (self);
    set_tree (self, NULL);
    pyro_flame_graph_notify (self, PYRO_FLAME_PROP_LOADING);
    return;
  }
  forget_other_shapes (self);
  Job *job = g_new (Job, 1);
  *job = (Job){ prof_profile_ref (self->profile), self->value_type, self->order, { NULL } };
  for (guint i = 0; i < PYRO_FLAME_N_SHAPES && self->shapes[i] != NULL; i++)
    job->shapes[i] = pyro_flame_shape_ref (self->shapes[i]);
  self->loading = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->loading, finish, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_LOADING);
}

gboolean
pyro_flame_graph_is_empty (PyroFlameGraph *self)
{
  return self->tree != NULL && !(pyro_flame_tree_get_node (self->tree, 0)->weight > 0);
}

void
pyro_flame_graph_set_profile (PyroFlameGraph *self, ProfProfile *profile, int value_type)
{
  g_return_if_fail (PYRO_IS_FLAME_GRAPH (self));
  if (profile != NULL)
    prof_profile_ref (profile);
  g_clear_pointer (&self->profile, prof_profile_unref);
  self->profile = profile;
  self->value_type = value_type;
  size_t n_types = 0;
  const ProfValueType *types
      = profile == NULL ? NULL : prof_profile_get_value_types (profile, &n_types);
  g_free (self->unit);
  self->unit = g_strdup (value_type >= 0 && (size_t)value_type < n_types
                             ? prof_profile_get_string (profile, types[value_type].unit)
                             : "");
  pyro_flame_graph_build (self);
}
