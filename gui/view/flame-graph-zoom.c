/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-graph-private.h"

enum { MOVEMENT_MS = 180, MAX_HISTORY = 200 };

/* Closer than this there are no stacks to tell apart. */
static const double least_share = 1e-12;

static PyroFlameRange
get_whole (PyroFlameGraph *self)
{
  double weight = self->tree == NULL ? 0 : pyro_flame_tree_get_node (self->tree, 0)->weight;
  return (PyroFlameRange){ 0, weight };
}

static gboolean
is_same (PyroFlameRange a, PyroFlameRange b)
{
  double slack = MAX (a.weight, b.weight) * 1e-9;
  return ABS (a.start - b.start) <= slack && ABS (a.weight - b.weight) <= slack;
}

static PyroFlameRange
get_entry (PyroFlameGraph *self, guint position)
{
  return g_array_index (self->history, PyroFlameRange, position);
}

gboolean
pyro_flame_graph_is_zoomed (PyroFlameGraph *self)
{
  return self->tree != NULL && !is_same (self->target, get_whole (self));
}

/* Also from where the wheel has led to the last zoom. */
gboolean
pyro_flame_graph_can_go_back (PyroFlameGraph *self)
{
  if (self->history->len == 0)
    return FALSE;
  return self->history_position > 0
         || !is_same (self->target, get_entry (self, self->history_position));
}

gboolean
pyro_flame_graph_can_go_forward (PyroFlameGraph *self)
{
  return self->history_position + 1 < self->history->len;
}

static void
notify_zoom (PyroFlameGraph *self)
{
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_CAN_GO_BACK);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_CAN_GO_FORWARD);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_ZOOMED);
  pyro_flame_graph_update_actions (self);
}

static PyroFlameRange
clamp_range (PyroFlameGraph *self, PyroFlameRange range)
{
  PyroFlameRange whole = get_whole (self);
  range.weight = CLAMP (range.weight, whole.weight * least_share, whole.weight);
  range.start = CLAMP (range.start, 0, whole.weight - range.weight);
  return range;
}

static void
show_range (PyroFlameGraph *self, PyroFlameRange range)
{
  self->range = range;
  self->is_laid_out = FALSE;
  pyro_flame_graph_configure (self);
  pyro_flame_graph_redraw (self);
  pyro_flame_graph_update_tip (self);
}

static void
move (double part, gpointer data)
{
  PyroFlameGraph *self = data;
  PyroFlameRange from = self->movement_start, to = self->target;
  show_range (self, (PyroFlameRange){ from.start + (to.start - from.start) * part,
                                      from.weight + (to.weight - from.weight) * part });
}

static void
move_to (PyroFlameGraph *self, PyroFlameRange range)
{
  self->target = range;
  self->movement_start = self->range;
  if (gtk_widget_get_mapped (GTK_WIDGET (self))) {
    adw_animation_reset (self->movement);
    adw_animation_play (self->movement);
  } else {
    show_range (self, range);
  }
  notify_zoom (self);
}

void
pyro_flame_graph_zoom_to (PyroFlameGraph *self, PyroFlameRange range)
{
  if (self->tree == NULL)
    return;
  range = clamp_range (self, range);
  if (is_same (range, self->target))
    return;
  if (!is_same (self->target, get_entry (self, self->history_position)))
    g_array_index (self->history, PyroFlameRange, self->history_position) = self->target;
  g_array_set_size (self->history, self->history_position + 1);
  g_array_append_val (self->history, range);
  if (self->history->len > MAX_HISTORY)
    g_array_remove_index (self->history, 1);
  self->history_position = self->history->len - 1;
  move_to (self, range);
}

void
pyro_flame_graph_set_range (PyroFlameGraph *self, PyroFlameRange range)
{
  if (self->tree == NULL)
    return;
  if (adw_animation_get_state (self->movement) == ADW_ANIMATION_PLAYING)
    adw_animation_pause (self->movement);
  self->target = clamp_range (self, range);
  show_range (self, self->target);
  notify_zoom (self);
}

void
pyro_flame_graph_scale_range (PyroFlameGraph *self, double factor, double x)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  if (width <= 0)
    return;
  double weight = self->range.weight * factor;
  double fixed = self->range.start + self->range.weight * x / width;
  pyro_flame_graph_set_range (self, (PyroFlameRange){ fixed - weight * x / width, weight });
}

void
pyro_flame_graph_forget_zoom (PyroFlameGraph *self, PyroFlameRange range)
{
  adw_animation_pause (self->movement);
  PyroFlameRange whole = get_whole (self);
  g_array_set_size (self->history, 0);
  if (self->tree != NULL)
    g_array_append_val (self->history, whole);
  if (self->tree != NULL && !is_same (whole, range))
    g_array_append_val (self->history, range);
  self->history_position = self->history->len == 2;
  self->target = range;
  show_range (self, range);
  notify_zoom (self);
}

void
pyro_flame_graph_back (PyroFlameGraph *self)
{
  g_return_if_fail (PYRO_IS_FLAME_GRAPH (self));
  if (!pyro_flame_graph_can_go_back (self))
    return;
  if (is_same (self->target, get_entry (self, self->history_position)))
    self->history_position--;
  move_to (self, get_entry (self, self->history_position));
}

void
pyro_flame_graph_forward (PyroFlameGraph *self)
{
  g_return_if_fail (PYRO_IS_FLAME_GRAPH (self));
  if (pyro_flame_graph_can_go_forward (self))
    move_to (self, get_entry (self, ++self->history_position));
}

void
pyro_flame_graph_reset (PyroFlameGraph *self)
{
  g_return_if_fail (PYRO_IS_FLAME_GRAPH (self));
  pyro_flame_graph_zoom_to (self, get_whole (self));
}

void
pyro_flame_graph_init_zoom (PyroFlameGraph *self)
{
  self->history = g_array_new (FALSE, FALSE, sizeof (PyroFlameRange));
  AdwAnimationTarget *target = adw_callback_animation_target_new (move, self, NULL);
  self->movement = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, MOVEMENT_MS, target);
}

void
pyro_flame_graph_finish_zoom (PyroFlameGraph *self)
{
  if (self->movement != NULL)
    adw_animation_pause (self->movement);
  g_clear_object (&self->movement);
}
