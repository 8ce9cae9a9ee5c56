/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>
#include <math.h>

#include "model/units.h"
#include "view/flame-graph-private.h"

enum {
  LEAST_LABEL_WIDTH = 24,
  LABEL_MARGIN = 4,
  LEAST_GAP_WIDTH = 4, /* narrower boxes touch their neighbours */
  NARROW_RUN_WIDTH = 8,
  MAX_LOOKED_AT = 1000,
};

typedef struct {
  PyroFlameGraph *self;
  GtkSnapshot *snapshot;
  PyroFlameTheme theme;
  gboolean is_high_contrast;
} Canvas;

static GdkRGBA
to_rgba (PyroFlameColour colour)
{
  return (GdkRGBA){ colour.red, colour.green, colour.blue, 1 };
}

/* Of siblings that share a box the widest are looked at. */
static gboolean
is_match (PyroFlameGraph *self, const PyroFlameBox *box)
{
  if (self->matches.is_match == NULL || box->node == 0)
    return FALSE;
  guint32 end = box->node + MIN (box->n_merged, MAX_LOOKED_AT);
  for (guint32 i = box->node; i < end; i++)
    if (self->matches.is_match[pyro_flame_tree_get_node (self->tree, i)->function])
      return TRUE;
  return FALSE;
}

static PyroFlameColour
get_difference (PyroFlameGraph *self, const PyroFlameBox *box, PyroFlameTheme theme)
{
  double total = 0, weight = 0;
  for (guint32 i = box->node; i < box->node + box->n_merged; i++) {
    total += (double)pyro_flame_tree_get_node (self->tree, i)->total;
    weight += pyro_flame_tree_get_node (self->tree, i)->weight;
  }
  return pyro_flame_colour_difference (weight > 0 ? total / weight : 0, theme);
}

static PyroFlameColour
get_plain_colour (PyroFlameGraph *self, const PyroFlameBox *box, PyroFlameTheme theme)
{
  if (self->colouring == PYRO_FLAME_COLOURING_DIFFERENCE && box->n_merged <= MAX_LOOKED_AT)
    return get_difference (self, box, theme);
  const PyroFlameFunction *function = pyro_flame_tree_get_function (self->tree, box->node);
  if (function == NULL || box->n_merged > 1)
    return pyro_flame_colour_neutral (theme);
  switch (self->colouring) {
  case PYRO_FLAME_COLOURING_MODULE:
    return pyro_flame_colour_module (function, theme);
  case PYRO_FLAME_COLOURING_KIND:
    return pyro_flame_colour_kind (function->kind, theme);
  default:
    return pyro_flame_colour_function (function, theme);
  }
}

/* Outside of what is zoomed to, or not found. */
static gboolean
is_faded (PyroFlameGraph *self, const PyroFlameBox *box)
{
  if (self->matches.is_match != NULL)
    return TRUE;
  return pyro_flame_tree_get_node (self->tree, box->node)->weight > self->target.weight * 1.001
         && box->width == self->allocated_width;
}

PyroFlameColour
pyro_flame_graph_get_colour (PyroFlameGraph *self, const PyroFlameBox *box, PyroFlameTheme theme)
{
  if (is_match (self, box) && box->n_merged == 1)
    return pyro_flame_colour_match (theme);
  PyroFlameColour colour = is_match (self, box) ? pyro_flame_colour_match (theme)
                                                : get_plain_colour (self, box, theme);
  return is_faded (self, box) ? pyro_flame_colour_fade (colour, theme) : colour;
}

char *
pyro_flame_graph_make_label (PyroFlameGraph *self, const PyroFlameBox *box)
{
  if (box->n_merged > 1) {
    g_autofree char *count = pyro_format_count (box->n_merged);
    /* Translators: functions that are too narrow to be drawn one by one. */
    return g_strdup_printf (ngettext ("(%s function)", "(%s functions)", box->n_merged), count);
  }
  if (box->node > 0)
    return g_strdup (pyro_flame_tree_get_function (self->tree, box->node)->name);
  double total = (double)pyro_flame_tree_get_node (self->tree, 0)->total;
  g_autofree char *value = pyro_format_value (total, self->unit);
  if (pyro_flame_tree_get_stacks (self->tree)->has_negative)
    return g_strdup_printf (_ ("Change: %s%s"), total > 0 ? "+" : "", value);
  return g_strdup_printf (_ ("All: %s"), value);
}

/* Names are kept by function; the few others are made anew. */
static PyroFlameLabel *
get_label (PyroFlameGraph *self, const PyroFlameBox *box)
{
  guint32 function = pyro_flame_tree_get_node (self->tree, box->node)->function;
  gboolean is_name = box->node > 0 && box->n_merged == 1;
  guint32 key = is_name ? function : G_MAXUINT32 - (box->node == 0 ? 0 : box->n_merged);
  PyroFlameLabel *label = pyro_flame_labels_find (self->labels, key);
  if (label != NULL)
    return label;
  g_autofree char *text = pyro_flame_graph_make_label (self, box);
  return pyro_flame_labels_add (self->labels, key, text);
}

static void
draw_label (Canvas *canvas, const PyroFlameBox *box, double y, PyroFlameColour ground)
{
  GdkRGBA text = to_rgba (pyro_flame_colour_text (ground));
  pyro_flame_labels_append (canvas->self->labels, canvas->snapshot, get_label (canvas->self, box),
                            &text, box->x + LABEL_MARGIN, y + 1, box->width - 2 * LABEL_MARGIN);
}

static void
draw_border (Canvas *canvas, const graphene_rect_t *bounds, PyroFlameColour ground)
{
  GdkRGBA colour = to_rgba (pyro_flame_colour_text (ground));
  GskRoundedRect outline;
  gsk_rounded_rect_init_from_rect (&outline, bounds, 0);
  gtk_snapshot_append_border (canvas->snapshot, &outline, (float[]){ 1, 1, 1, 1 },
                              (GdkRGBA[]){ colour, colour, colour, colour });
}

static void
draw_box (Canvas *canvas, const PyroFlameBox *box, double y)
{
  PyroFlameGraph *self = canvas->self;
  PyroFlameColour ground = pyro_flame_graph_get_colour (self, box, canvas->theme);
  GdkRGBA colour = to_rgba (ground);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float)box->x, (float)y, (float)(box->width - 1),
                                               (float)(self->row_height - 1));
  gtk_snapshot_append_color (canvas->snapshot, &colour, &bounds);
  if (canvas->is_high_contrast)
    draw_border (canvas, &bounds, ground);
  if (box->width >= LEAST_LABEL_WIDTH)
    draw_label (canvas, box, y, ground);
}

/* Narrow boxes that touch are drawn as one, in their mean colour, as an eye would see them: tens of
 * thousands of boxes would not make a frame. Returns the first box that is not drawn. */
static const PyroFlameBox *
draw_narrow_boxes (Canvas *canvas, const PyroFlameBox *box, const PyroFlameBox *end, double y)
{
  GdkRGBA mean = { 0, 0, 0, 1 };
  int x = box->x, width = 0;
  do {
    PyroFlameColour colour = pyro_flame_graph_get_colour (canvas->self, box, canvas->theme);
    mean.red += colour.red * (float)box->width;
    mean.green += colour.green * (float)box->width;
    mean.blue += colour.blue * (float)box->width;
    width += box->width;
    box++;
  } while (box < end && box->width < LEAST_GAP_WIDTH && box->x == x + width
           && width < NARROW_RUN_WIDTH && !is_match (canvas->self, box)
           && !is_match (canvas->self, box - 1));
  mean.red /= (float)width;
  mean.green /= (float)width;
  mean.blue /= (float)width;
  gtk_snapshot_append_color (canvas->snapshot, &mean,
                             &GRAPHENE_RECT_INIT ((float)x, (float)y, (float)width,
                                                  (float)(canvas->self->row_height - 1)));
  return box;
}

static void
draw_row (Canvas *canvas, guint32 row)
{
  const PyroFlameLayout *layout = &canvas->self->layout;
  double y = pyro_flame_graph_get_row_y (canvas->self, row);
  const PyroFlameBox *box = &layout->boxes[layout->rows[row]];
  const PyroFlameBox *end = &layout->boxes[layout->rows[row + 1]];
  while (box < end)
    if (box->width < LEAST_GAP_WIDTH)
      box = draw_narrow_boxes (canvas, box, end, y);
    else
      draw_box (canvas, box++, y);
}

static void
draw_rows (Canvas *canvas)
{
  PyroFlameGraph *self = canvas->self;
  guint32 a, b;
  pyro_flame_graph_find_row (self, 0, &a);
  pyro_flame_graph_find_row (self, gtk_widget_get_height (GTK_WIDGET (self)), &b);
  guint32 last = MIN (MAX (a, b), self->layout.n_rows - 1);
  for (guint32 row = MIN (a, b); row <= last; row++)
    draw_row (canvas, row);
}

static GskRenderNode *
draw_picture (PyroFlameGraph *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  gboolean is_dark = adw_style_manager_get_dark (style);
  Canvas canvas = {
    .self = self,
    .snapshot = gtk_snapshot_new (),
    .theme = is_dark ? PYRO_FLAME_THEME_DARK : PYRO_FLAME_THEME_LIGHT,
    .is_high_contrast = adw_style_manager_get_high_contrast (style),
  };
  if (self->layout.n_rows > 0)
    draw_rows (&canvas);
  return gtk_snapshot_free_to_node (canvas.snapshot);
}

static void
draw_outline (PyroFlameGraph *self,
              GtkSnapshot *snapshot,
              const graphene_rect_t *bounds,
              float thickness)
{
  GdkRGBA colour;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  GskRoundedRect outline;
  gsk_rounded_rect_init_from_rect (&outline, bounds, 1);
  gtk_snapshot_append_border (snapshot, &outline,
                              (float[]){ thickness, thickness, thickness, thickness },
                              (GdkRGBA[]){ colour, colour, colour, colour });
}

static graphene_rect_t
get_bounds (PyroFlameGraph *self, const PyroFlameBox *box, guint32 row)
{
  return GRAPHENE_RECT_INIT ((float)box->x, (float)pyro_flame_graph_get_row_y (self, row),
                             (float)MAX (box->width - 1, 1), (float)(self->row_height - 1));
}

/* What is hovered, and what has the keyboard: a box, or the widget while none is selected. */
static void
draw_outlines (PyroFlameGraph *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkStateFlags state = gtk_widget_get_state_flags (widget);
  guint32 row;
  const PyroFlameBox *box = pyro_flame_graph_get_hovered (self, &row);
  graphene_rect_t bounds;
  if (box != NULL) {
    bounds = get_bounds (self, box, row);
    draw_outline (self, snapshot, &bounds, 1);
  }
  box = pyro_flame_graph_get_selected_box (self, &row);
  if (box != NULL) {
    bounds = get_bounds (self, box, row);
    draw_outline (self, snapshot, &bounds, gtk_widget_has_focus (widget) ? 3 : 2);
  } else if ((state & GTK_STATE_FLAG_FOCUSED) != 0 && (state & GTK_STATE_FLAG_FOCUS_VISIBLE) != 0) {
    bounds = GRAPHENE_RECT_INIT (0, 0, (float)self->allocated_width, (float)self->allocated_height);
    draw_outline (self, snapshot, &bounds, 2);
  }
}

static void
draw_graph (PyroFlameGraph *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  pyro_flame_graph_lay_out (self);
  if (self->labels == NULL)
    self->labels = pyro_flame_labels_new (gtk_widget_get_pango_context (widget));
  if (self->picture == NULL)
    self->picture = draw_picture (self);
  if (self->picture != NULL)
    gtk_snapshot_append_node (snapshot, self->picture);
}

void
pyro_flame_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)self->allocated_width,
                                                         (float)self->allocated_height));
  if (self->tree != NULL)
    draw_graph (self, snapshot);
  draw_outlines (self, snapshot);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (widget, self->message, snapshot);
  gtk_widget_snapshot_child (widget, self->tip, snapshot);
}

void
pyro_flame_graph_redraw (PyroFlameGraph *self)
{
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
