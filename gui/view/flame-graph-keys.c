/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-graph-private.h"

typedef enum {
  STEP_CALLER,
  STEP_CALLEE,
  STEP_LEFT,
  STEP_RIGHT,
  STEP_FIRST,
  STEP_LAST,
} Step;

/* The widest child that reaches into what is shown. */
static guint32
find_child (PyroFlameGraph *self, guint32 node)
{
  guint32 n, first = pyro_flame_tree_get_children (self->tree, node, &n);
  double end = self->target.start + self->target.weight;
  for (guint32 i = first; i < first + n; i++) {
    const PyroFlameNode *child = pyro_flame_tree_get_node (self->tree, i);
    if (child->start + child->weight > self->target.start && child->start < end)
      return i;
  }
  return n > 0 ? first : node;
}

/* Along the row, also into the boxes of other callers. Boxes of several functions are passed. */
static guint32
find_in_row (PyroFlameGraph *self, Step step)
{
  guint32 row;
  const PyroFlameBox *selected = pyro_flame_graph_get_selected_box (self, &row);
  if (selected == NULL)
    return self->selected;
  const PyroFlameBox *first = &self->layout.boxes[self->layout.rows[row]];
  const PyroFlameBox *end = &self->layout.boxes[self->layout.rows[row + 1]];
  int direction = step == STEP_LEFT || step == STEP_LAST ? -1 : 1;
  const PyroFlameBox *box = selected + direction;
  if (step == STEP_FIRST)
    box = first;
  if (step == STEP_LAST)
    box = end - 1;
  while (box >= first && box < end && box->n_merged > 1)
    box += direction;
  return box >= first && box < end ? box->node : self->selected;
}

static guint32
find_step (PyroFlameGraph *self, Step step)
{
  switch (step) {
  case STEP_CALLER:
    return pyro_flame_tree_get_node (self->tree, self->selected)->parent;
  case STEP_CALLEE:
    return find_child (self, self->selected);
  default:
    return find_in_row (self, step);
  }
}

static gboolean
take_step (GtkWidget *widget, GVariant *args, gpointer data)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (self->tree == NULL || pyro_flame_graph_is_empty (self))
    return FALSE;
  Step step = (Step)g_variant_get_int32 (args);
  if (self->is_upward && step <= STEP_CALLEE)
    step = step == STEP_CALLER ? STEP_CALLEE : STEP_CALLER;
  guint32 node = 0;
  if (self->selected != PYRO_FLAME_NO_NODE)
    node = find_step (self, step);
  pyro_flame_graph_select_node (self, node);
  return TRUE;
}

static gboolean
scale (GtkWidget *widget, GVariant *args, gpointer data)
{
  pyro_flame_graph_scale_range (PYRO_FLAME_GRAPH (widget), g_variant_get_double (args),
                                gtk_widget_get_width (widget) / 2.0);
  return TRUE;
}

static gboolean
scroll_page (GtkWidget *widget, GVariant *args, gpointer data)
{
  GtkAdjustment *adjustment = PYRO_FLAME_GRAPH (widget)->adjustments[GTK_ORIENTATION_VERTICAL];
  if (adjustment == NULL)
    return FALSE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment)
                                            + g_variant_get_int32 (args)
                                                  * gtk_adjustment_get_page_increment (adjustment));
  return TRUE;
}

/* One thing after the other: the zoom, then the selection, then it is for the window. */
static gboolean
escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (pyro_flame_graph_is_zoomed (self))
    pyro_flame_graph_reset (self);
  else if (self->selected != PYRO_FLAME_NO_NODE)
    pyro_flame_graph_select_node (self, PYRO_FLAME_NO_NODE);
  else
    return FALSE;
  return TRUE;
}

static gboolean
open_menu (GtkWidget *widget, GVariant *args, gpointer data)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  guint32 row;
  const PyroFlameBox *box = pyro_flame_graph_get_selected_box (self, &row);
  if (box == NULL)
    return FALSE;
  pyro_flame_graph_open_menu (self, box->x + MIN (box->width, 200) / 2.0,
                              pyro_flame_graph_get_row_y (self, row) + self->row_height / 2);
  return TRUE;
}

static void
add_steps (GtkWidgetClass *class)
{
  static const struct {
    guint key, keypad_key;
    Step step;
  } steps[] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up, STEP_CALLER },    { GDK_KEY_Down, GDK_KEY_KP_Down, STEP_CALLEE },
    { GDK_KEY_Left, GDK_KEY_KP_Left, STEP_LEFT },  { GDK_KEY_Right, GDK_KEY_KP_Right, STEP_RIGHT },
    { GDK_KEY_Home, GDK_KEY_KP_Home, STEP_FIRST }, { GDK_KEY_End, GDK_KEY_KP_End, STEP_LAST },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++) {
    gtk_widget_class_add_binding (class, steps[i].key, 0, take_step, "i", steps[i].step);
    gtk_widget_class_add_binding (class, steps[i].keypad_key, 0, take_step, "i", steps[i].step);
  }
}

static void
add_action_keys (GtkWidgetClass *class)
{
  static const struct {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_space, 0, "flame.zoom" },
    { GDK_KEY_KP_Enter, 0, "flame.zoom" },
    { GDK_KEY_Return, 0, "flame.zoom" }, /* menus show the last one */
    { GDK_KEY_BackSpace, 0, "flame.back" },
    { GDK_KEY_Left, GDK_ALT_MASK, "flame.back" },
    { GDK_KEY_Right, GDK_ALT_MASK, "flame.forward" },
    { GDK_KEY_0, 0, "flame.reset" },
    { GDK_KEY_c, GDK_CONTROL_MASK, "flame.copy-name" },
    { GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "flame.copy-stack" },
    { GDK_KEY_u, GDK_CONTROL_MASK, "flame.show-source" },
    { GDK_KEY_g, GDK_CONTROL_MASK, "flame.next-match" },
    { GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "flame.previous-match" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (class, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);
}

void
pyro_flame_graph_add_keys (GtkWidgetClass *class)
{
  add_steps (class);
  add_action_keys (class);
  gtk_widget_class_add_binding (class, GDK_KEY_Escape, 0, escape, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_Menu, 0, open_menu, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_F10, GDK_SHIFT_MASK, open_menu, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_Page_Up, 0, scroll_page, "i", -1);
  gtk_widget_class_add_binding (class, GDK_KEY_Page_Down, 0, scroll_page, "i", 1);
  gtk_widget_class_add_binding (class, GDK_KEY_plus, 0, scale, "d", 0.8);
  gtk_widget_class_add_binding (class, GDK_KEY_equal, 0, scale, "d", 0.8);
  gtk_widget_class_add_binding (class, GDK_KEY_KP_Add, 0, scale, "d", 0.8);
  gtk_widget_class_add_binding (class, GDK_KEY_minus, 0, scale, "d", 1.25);
  gtk_widget_class_add_binding (class, GDK_KEY_KP_Subtract, 0, scale, "d", 1.25);
}
