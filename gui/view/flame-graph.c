/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-graph.h"

#include <glib/gi18n.h>

#include "view/flame-graph-private.h"
#include "view/flame-tip.h"

enum { ROW_PADDING = 5, NATURAL_WIDTH = 600, NATURAL_HEIGHT = 300, LEAST_SIZE = 60 };

G_DEFINE_FINAL_TYPE_WITH_CODE (PyroFlameGraph,
                               pyro_flame_graph,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

guint pyro_flame_graph_signals[PYRO_FLAME_N_SIGNALS];
static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = LEAST_SIZE;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
allocate_focused_item (PyroFlameGraph *self)
{
  guint32 row;
  const PyroFlameBox *box = pyro_flame_graph_get_selected_box (self, &row);
  GtkAllocation place = { 0, 0, 1, 1 };
  if (box != NULL)
    place = (GtkAllocation){ box->x, (int)pyro_flame_graph_get_row_y (self, row), box->width,
                             (int)self->row_height };
  if (gtk_widget_should_layout (self->focused_item)) {
    gtk_widget_measure (self->focused_item, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
    gtk_widget_size_allocate (self->focused_item, &place, -1);
  }
}

/* Children move without a change of the size: then the picture stays. */
static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (self->allocated_width != width || self->allocated_height != height) {
    self->allocated_width = width;
    self->allocated_height = height;
    self->is_laid_out = FALSE;
    pyro_flame_graph_configure (self);
    pyro_flame_graph_redraw (self);
  }
  allocate_focused_item (self);
  gtk_widget_measure (self->message, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->message, &(GtkAllocation){ 0, 0, width, height }, -1);
  pyro_flame_graph_allocate_tip (self, width, height);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
update_font (PyroFlameGraph *self)
{
  g_clear_pointer (&self->labels, pyro_flame_labels_free);
  self->labels = pyro_flame_labels_new (gtk_widget_get_pango_context (GTK_WIDGET (self)));
  self->row_height = pyro_flame_labels_get_height (self->labels) + ROW_PADDING;
}

static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (pyro_flame_graph_parent_class)->css_changed (widget, change);
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  update_font (self);
  pyro_flame_graph_configure (self);
  pyro_flame_graph_redraw (self);
}

/* The outline shows where the keyboard is. */
static void
state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  GTK_WIDGET_CLASS (pyro_flame_graph_parent_class)->state_flags_changed (widget, before);
  gtk_widget_queue_draw (widget);
}

static void
dispose (GObject *object)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (object);
  pyro_flame_graph_cancel_build (self);
  pyro_flame_graph_forget_shapes (self);
  pyro_flame_graph_cancel_search (self);
  pyro_flame_graph_finish_zoom (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->tip, gtk_widget_unparent);
  g_clear_pointer (&self->message, gtk_widget_unparent);
  g_clear_pointer (&self->focused_item, gtk_widget_unparent);
  for (int i = 0; i < 2; i++)
    pyro_flame_graph_set_adjustment (self, (GtkOrientation)i, NULL);
  G_OBJECT_CLASS (pyro_flame_graph_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (object);
  g_clear_pointer (&self->profile, prof_profile_unref);
  g_clear_pointer (&self->tree, pyro_flame_tree_unref);
  g_clear_pointer (&self->labels, pyro_flame_labels_free);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  pyro_flame_matches_finish (&self->matches);
  pyro_flame_layout_finish (&self->layout);
  g_array_unref (self->history);
  g_free (self->unit);
  g_free (self->search);
  g_free (self->search_error);
  G_OBJECT_CLASS (pyro_flame_graph_parent_class)->finalize (object);
}

static void
add_signals (GType type)
{
  pyro_flame_graph_signals[PYRO_FLAME_SIGNAL_FILTER]
      = g_signal_new ("filter-requested", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                      2, PYRO_TYPE_FLAME_FILTER, G_TYPE_STRING);
  pyro_flame_graph_signals[PYRO_FLAME_SIGNAL_OPEN_SOURCE]
      = g_signal_new ("open-source-requested", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT);
  pyro_flame_graph_signals[PYRO_FLAME_SIGNAL_FAILED]
      = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                      G_TYPE_STRING);
}

static void
pyro_flame_graph_class_init (PyroFlameGraphClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->snapshot = pyro_flame_graph_snapshot;
  widget_class->css_changed = css_changed;
  widget_class->state_flags_changed = state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "flamegraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TREE);
  pyro_flame_graph_add_properties (object_class);
  add_signals (G_TYPE_FROM_CLASS (class));
  pyro_flame_graph_add_actions (widget_class);
  pyro_flame_graph_add_keys (widget_class);
}

static void
add_children (PyroFlameGraph *self)
{
  self->focused_item
      = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_TREE_ITEM,
                      "can-target", FALSE, "visible", FALSE, NULL);
  gtk_widget_set_parent (self->focused_item, GTK_WIDGET (self));
  self->message = gtk_label_new (_ ("No sample has a value of this type."));
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->message), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->message, "dim-label");
  gtk_widget_set_child_visible (self->message, FALSE);
  gtk_widget_set_parent (self->message, GTK_WIDGET (self));
  self->tip = pyro_flame_tip_new ();
  gtk_widget_set_child_visible (self->tip, FALSE);
  gtk_widget_set_parent (self->tip, GTK_WIDGET (self));
}

static void
theme_changed (PyroFlameGraph *self)
{
  pyro_flame_graph_redraw (self);
}

/* The names are of programs, which are written from left to right: so is the graph. */
static void
pyro_flame_graph_init (PyroFlameGraph *self)
{
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  self->selected = PYRO_FLAME_NO_NODE;
  self->unit = g_strdup ("");
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self), "view");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Flame graph"), -1);
  add_children (self);
  update_font (self);
  pyro_flame_graph_init_zoom (self);
  pyro_flame_graph_init_pointer (self);
  pyro_flame_graph_update_actions (self);
  AdwStyleManager *style = adw_style_manager_get_default ();
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (theme_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (theme_changed), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
pyro_flame_graph_new (void)
{
  return g_object_new (PYRO_TYPE_FLAME_GRAPH, NULL);
}
