/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>

#include "layout/flame-find.h"
#include "model/units.h"
#include "view/flame-graph-private.h"

/* Narrower boxes are zoomed into before they are shown as selected. */
enum { LEAST_SHOWN_WIDTH = 3 };

char *
pyro_flame_graph_get_name (PyroFlameGraph *self, guint32 node)
{
  const PyroFlameFunction *function = pyro_flame_tree_get_function (self->tree, node);
  return function == NULL ? g_strdup (_ ("All")) : g_utf8_make_valid (function->name, -1);
}

const char *
pyro_flame_graph_get_selection (PyroFlameGraph *self)
{
  g_return_val_if_fail (PYRO_IS_FLAME_GRAPH (self), NULL);
  if (self->tree == NULL || self->selected == PYRO_FLAME_NO_NODE || self->selected == 0)
    return NULL;
  return pyro_flame_tree_get_function (self->tree, self->selected)->name;
}

const PyroFlameBox *
pyro_flame_graph_get_selected_box (PyroFlameGraph *self, guint32 *ret_row)
{
  if (self->tree == NULL || self->selected == PYRO_FLAME_NO_NODE)
    return NULL;
  *ret_row = pyro_flame_tree_get_depth (self->tree, self->selected);
  return pyro_flame_layout_find_node (&self->layout, *ret_row, self->selected);
}

void
pyro_flame_graph_zoom_to_node (PyroFlameGraph *self, guint32 node)
{
  const PyroFlameNode *target = pyro_flame_tree_get_node (self->tree, node);
  pyro_flame_graph_zoom_to (self, (PyroFlameRange){ target->start, target->weight });
}

/* ---- what a screen reader is told ---- */

static char *
describe_node (PyroFlameGraph *self, guint32 node)
{
  const PyroFlameNode *root = pyro_flame_tree_get_node (self->tree, 0);
  g_autofree char *name = pyro_flame_graph_get_name (self, node);
  g_autofree char *percent
      = pyro_format_percent (pyro_flame_tree_get_node (self->tree, node)->weight, root->weight);
  /* Translators: a function and its share. */
  return g_strdup_printf (_ ("%s, %s"), name, percent);
}

static void
append_neighbour (PyroFlameGraph *self, GString *text, const char *format, guint32 node)
{
  g_autofree char *neighbour = describe_node (self, node);
  g_string_append (text, " ");
  g_string_append_printf (text, format, neighbour);
}

/* The one before or after a node below the same caller; 0: none. */
static guint32
get_sibling (PyroFlameGraph *self, guint32 node, int step)
{
  if (node == 0)
    return 0;
  guint32 parent = pyro_flame_tree_get_node (self->tree, node)->parent, n;
  guint32 first = pyro_flame_tree_get_children (self->tree, parent, &n);
  gint64 sibling = (gint64)node + step;
  return sibling < first || sibling >= (gint64)first + n ? 0 : (guint32)sibling;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *
describe_neighbours (PyroFlameGraph *self)
{
  GString *text = g_string_new (NULL);
  guint32 node = self->selected, n;
  guint32 child = pyro_flame_tree_get_children (self->tree, node, &n);
  if (node != 0)
    append_neighbour (self, text, self->order.is_bottom_up ? _ ("Calls %s.") : _ ("Called by %s."),
                      pyro_flame_tree_get_node (self->tree, node)->parent);
  if (child != 0)
    append_neighbour (self, text, self->order.is_bottom_up ? _ ("Called by %s.") : _ ("Calls %s."),
                      child);
  if (get_sibling (self, node, -1) != 0)
    append_neighbour (self, text, _ ("Before it %s."), get_sibling (self, node, -1));
  if (get_sibling (self, node, 1) != 0)
    append_neighbour (self, text, _ ("After it %s."), get_sibling (self, node, 1));
  return g_string_free (text, FALSE);
}
#pragma GCC diagnostic pop

void
pyro_flame_graph_describe_selection (PyroFlameGraph *self)
{
  gboolean has_selection = self->tree != NULL && self->selected != PYRO_FLAME_NO_NODE;
  gtk_widget_set_visible (self->focused_item, has_selection);
  if (!has_selection) {
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "",
                                    -1);
    return;
  }
  g_autofree char *label = describe_node (self, self->selected);
  g_autofree char *neighbours = describe_neighbours (self);
  g_autofree char *all = g_strconcat (label, ".", neighbours, NULL);
  int level = (int)pyro_flame_tree_get_depth (self->tree, self->selected) + 1;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->focused_item),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, neighbours,
                                  GTK_ACCESSIBLE_PROPERTY_LEVEL, level, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, all,
                                  -1);
}

/* ---- selecting ---- */

static void
make_visible (PyroFlameGraph *self, guint32 node)
{
  const PyroFlameNode *shown = pyro_flame_tree_get_node (self->tree, node);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double pixels = self->target.weight > 0 ? shown->weight / self->target.weight * width : 0;
  gboolean is_outside = shown->start >= self->target.start + self->target.weight
                        || shown->start + shown->weight <= self->target.start;
  if (is_outside || pixels < LEAST_SHOWN_WIDTH)
    pyro_flame_graph_zoom_to_node (self, node);
  pyro_flame_graph_show_row (self, pyro_flame_tree_get_depth (self->tree, node));
}

void
pyro_flame_graph_select_node (PyroFlameGraph *self, guint32 node)
{
  self->selected = node;
  if (node != PYRO_FLAME_NO_NODE)
    make_visible (self, node);
  pyro_flame_graph_describe_selection (self);
  pyro_flame_graph_update_actions (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_SELECTION);
}

gboolean
pyro_flame_graph_select (PyroFlameGraph *self, const char *function)
{
  g_return_val_if_fail (PYRO_IS_FLAME_GRAPH (self), FALSE);
  guint32 node = self->tree == NULL ? 0 : pyro_flame_find_name (self->tree, function);
  if (node != 0)
    pyro_flame_graph_select_node (self, node);
  return node != 0;
}
