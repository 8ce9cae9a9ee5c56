/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <math.h>

#include "view/flame-graph-private.h"

const PyroFlameBox *
pyro_flame_graph_get_hovered (PyroFlameGraph *self, guint32 *ret_row)
{
  gboolean is_menu_open = self->menu != NULL && gtk_widget_get_visible (self->menu);
  if (!self->has_pointer || is_menu_open || self->tree == NULL
      || !pyro_flame_graph_find_row (self, self->pointer_y, ret_row))
    return NULL;
  return pyro_flame_layout_find (&self->layout, *ret_row, self->pointer_x);
}

static void
motion (GtkEventControllerMotion *controller, double x, double y, PyroFlameGraph *self)
{
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  pyro_flame_graph_update_tip (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave (GtkEventControllerMotion *controller, PyroFlameGraph *self)
{
  self->has_pointer = FALSE;
  pyro_flame_graph_update_tip (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static const PyroFlameBox *
find_box (PyroFlameGraph *self, double x, double y)
{
  guint32 row;
  if (self->tree == NULL || !pyro_flame_graph_find_row (self, y, &row))
    return NULL;
  return pyro_flame_layout_find (&self->layout, row, x);
}

/* A click selects, a second one zooms. */
static void
pressed (GtkGestureClick *gesture, int n_presses, double x, double y, PyroFlameGraph *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  const PyroFlameBox *box = find_box (self, x, y);
  if (box == NULL) {
    pyro_flame_graph_select_node (self, PYRO_FLAME_NO_NODE);
    return;
  }
  PyroFlameRange range = pyro_flame_box_get_range (box, self->tree);
  if (box->n_merged == 1 && box->node != self->selected)
    pyro_flame_graph_select_node (self, box->node);
  if (n_presses == 2)
    pyro_flame_graph_zoom_to (self, range);
}

static void
open_menu_at (GtkGesture *gesture, double x, double y, PyroFlameGraph *self)
{
  const PyroFlameBox *box = find_box (self, x, y);
  if (box == NULL || box->n_merged > 1)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (box->node != self->selected)
    pyro_flame_graph_select_node (self, box->node);
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  pyro_flame_graph_open_menu (self, x, y);
}

static void
pressed_for_menu (GtkGesture *gesture, int n_presses, double x, double y, PyroFlameGraph *self)
{
  open_menu_at (gesture, x, y, self);
}

static void
pressed_back_or_forward (
    GtkGestureClick *gesture, int n_presses, double x, double y, PyroFlameGraph *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  if (button == 8)
    pyro_flame_graph_back (self);
  else if (button == 9)
    pyro_flame_graph_forward (self);
}

/* The wheel alone is for the scrolled window. */
static gboolean
scroll (GtkEventControllerScroll *controller, double dx, double dy, PyroFlameGraph *self)
{
  GdkModifierType state
      = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  if ((state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  double x = self->has_pointer ? self->pointer_x : gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  pyro_flame_graph_scale_range (self, pow (1.25, dy), x);
  return GDK_EVENT_STOP;
}

static void
pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, PyroFlameGraph *self)
{
  double y;
  self->zoom_range = self->range;
  if (!gtk_gesture_get_bounding_box_center (gesture, &self->zoom_x, &y))
    self->zoom_x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
}

static void
pinch (GtkGestureZoom *gesture, double scale, PyroFlameGraph *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  if (width <= 0 || scale <= 0)
    return;
  double weight = self->zoom_range.weight / scale;
  double fixed = self->zoom_range.start + self->zoom_range.weight * self->zoom_x / width;
  pyro_flame_graph_set_range (self,
                              (PyroFlameRange){ fixed - weight * self->zoom_x / width, weight });
}

static void
add_click (PyroFlameGraph *self, guint button, GCallback callback)
{
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), button);
  g_signal_connect (click, "pressed", callback, self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

static void
add_touch (PyroFlameGraph *self)
{
  GtkGesture *zoom = gtk_gesture_zoom_new ();
  g_signal_connect (zoom, "begin", G_CALLBACK (pinch_begin), self);
  g_signal_connect (zoom, "scale-changed", G_CALLBACK (pinch), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (zoom));
  GtkGesture *press = gtk_gesture_long_press_new ();
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (open_menu_at), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

void
pyro_flame_graph_init_pointer (PyroFlameGraph *self)
{
  GtkEventController *controller = gtk_event_controller_motion_new ();
  g_signal_connect (controller, "enter", G_CALLBACK (motion), self);
  g_signal_connect (controller, "motion", G_CALLBACK (motion), self);
  g_signal_connect (controller, "leave", G_CALLBACK (leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  g_signal_connect (controller, "scroll", G_CALLBACK (scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
  add_click (self, GDK_BUTTON_PRIMARY, G_CALLBACK (pressed));
  add_click (self, GDK_BUTTON_SECONDARY, G_CALLBACK (pressed_for_menu));
  add_click (self, 0, G_CALLBACK (pressed_back_or_forward));
  add_touch (self);
}
