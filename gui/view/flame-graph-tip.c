/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "model/units.h"
#include "view/flame-graph-private.h"
#include "view/flame-tip.h"

enum { POINTER_DISTANCE = 14 };

static double
get_whole (PyroFlameGraph *self)
{
  return pyro_flame_tree_get_node (self->tree, 0)->weight;
}

/* "12.3 ms (4.5%)" */
static char *
describe_value (PyroFlameGraph *self, double value)
{
  g_autofree char *text = pyro_format_value (value, self->unit);
  g_autofree char *percent = pyro_format_percent (value, get_whole (self));
  /* Translators: a value and its share of the whole. */
  return g_strdup_printf (_ ("%s (%s)"), text, percent);
}

/* Where values are negative a node's weight is new plus base, and its total new less base. */
static char *
describe_difference (PyroFlameGraph *self, const PyroFlameNode *node)
{
  double total = (double)node->total;
  g_autofree char *before = pyro_format_value ((node->weight - total) / 2, self->unit);
  g_autofree char *now = pyro_format_value ((node->weight + total) / 2, self->unit);
  g_autofree char *change = pyro_format_value (total, self->unit);
  g_autofree char *percent = pyro_format_percent (total, (node->weight - total) / 2);
  const char *sign = total > 0 ? "+" : "";
  return g_strdup_printf (_ ("Before %s, now %s, change %s%s (%s%s)"), before, now, sign, change,
                          sign, percent);
}

static char *
describe_node (PyroFlameGraph *self, guint32 index)
{
  double self_value = (double)pyro_flame_tree_get_self (self->tree, index);
  const PyroFlameNode *node = pyro_flame_tree_get_node (self->tree, index);
  if (pyro_flame_tree_get_stacks (self->tree)->has_negative)
    return describe_difference (self, node);
  g_autofree char *total = describe_value (self, (double)node->total);
  g_autofree char *own = describe_value (self, self_value);
  return g_strdup_printf (_ ("Total %s, self %s"), total, own);
}

static char *
describe_place (const PyroFlameFunction *function)
{
  if (function == NULL)
    return g_strdup ("");
  const char *slash = strrchr (function->module, '/');
  const char *module = slash == NULL ? function->module : slash + 1;
  if (*function->filename == '\0')
    return g_strdup (module);
  g_autofree char *line
      = function->line > 0 ? g_strdup_printf (":%" G_GINT64_FORMAT, (gint64)function->line) : NULL;
  return g_strdup_printf ("%s%s%s%s", function->filename, line == NULL ? "" : line,
                          *module == '\0' ? "" : " · ", module);
}

static void
describe_merged (PyroFlameGraph *self, const PyroFlameBox *box)
{
  g_autofree char *title = pyro_flame_graph_make_label (self, box);
  PyroFlameRange range = pyro_flame_box_get_range (box, self->tree);
  g_autofree char *value = describe_value (self, range.weight);
  g_autofree char *details
      = g_strdup_printf (_ ("%s together, each too narrow to be drawn"), value);
  pyro_flame_tip_set_text (PYRO_FLAME_TIP (self->tip), title, details,
                           _ ("Double-click to zoom in on them"));
}

void
pyro_flame_graph_update_tip (PyroFlameGraph *self)
{
  guint32 row;
  pyro_flame_graph_lay_out (self);
  const PyroFlameBox *box = pyro_flame_graph_get_hovered (self, &row);
  gtk_widget_set_child_visible (self->tip, box != NULL);
  if (box == NULL)
    return;
  if (box->n_merged > 1) {
    describe_merged (self, box);
  } else {
    g_autofree char *name = pyro_flame_graph_get_name (self, box->node);
    g_autofree char *details = describe_node (self, box->node);
    g_autofree char *place = describe_place (pyro_flame_tree_get_function (self->tree, box->node));
    pyro_flame_tip_set_text (PYRO_FLAME_TIP (self->tip), name, details, place);
  }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Below the pointer and right of it, or where there is room. */
void
pyro_flame_graph_allocate_tip (PyroFlameGraph *self, int width, int height)
{
  if (!gtk_widget_get_child_visible (self->tip))
    return;
  int least_width, tip_width, tip_height;
  gtk_widget_measure (self->tip, GTK_ORIENTATION_HORIZONTAL, -1, &least_width, &tip_width, NULL,
                      NULL);
  tip_width = MAX (MIN (tip_width, width), least_width);
  gtk_widget_measure (self->tip, GTK_ORIENTATION_VERTICAL, tip_width, NULL, &tip_height, NULL,
                      NULL);
  double x = MIN (self->pointer_x + POINTER_DISTANCE, width - tip_width);
  double y = self->pointer_y + POINTER_DISTANCE;
  if (y + tip_height > height)
    y = self->pointer_y - POINTER_DISTANCE / 2.0 - tip_height;
  GtkAllocation place = { (int)MAX (floor (x), 0), (int)MAX (floor (y), 0), tip_width, tip_height };
  gtk_widget_size_allocate (self->tip, &place, -1);
}
