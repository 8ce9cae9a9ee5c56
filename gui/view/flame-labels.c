/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-labels.h"

#include <string.h>

#include "layout/flame-name.h"

enum { MAX_BYTES = 512, MAX_LABELS = 20000, LEAST_GLYPHS = 3 };

/* A part of a name that is in one font. */
typedef struct {
  PangoFont *font;
  PangoGlyphString *glyphs;
  int width; /* Pango units */
} Run;

typedef struct {
  GArray *runs; /* NULL: not shaped yet */
  int width;    /* Pango units */
} Shape;

enum { FORM_WHOLE, FORM_SHORT, FORM_TWO_PARTS, FORM_ONE_PART, N_FORMS };

struct _PyroFlameLabel {
  char *text, *short_text;
  Shape forms[N_FORMS];
};

struct _PyroFlameLabels {
  PangoContext *context;
  GHashTable *by_key;
  Shape ellipsis;
  int ascent, height; /* pixels */
};

static void
run_clear (gpointer run)
{
  Run *r = run;
  g_object_unref (r->font);
  pango_glyph_string_free (r->glyphs);
}

static void
label_free (gpointer label)
{
  PyroFlameLabel *l = label;
  for (int i = 0; i < N_FORMS; i++)
    g_clear_pointer (&l->forms[i].runs, g_array_unref);
  g_free (l->text);
  g_free (l->short_text);
  g_free (l);
}

static void
add_run (Shape *shape, const char *text, const PangoItem *item)
{
  Run run = { .font = g_object_ref (item->analysis.font), .glyphs = pango_glyph_string_new () };
  pango_shape_full (text + item->offset, item->length, text, -1, &item->analysis, run.glyphs);
  run.width = pango_glyph_string_get_width (run.glyphs);
  shape->width += run.width;
  g_array_append_val (shape->runs, run);
}

/* Line ends and the like would be drawn as boxes; names of 10,000 characters are cut. */
static char *
make_printable (const char *text)
{
  g_autofree char *head = g_strndup (text, MAX_BYTES);
  char *valid = g_utf8_make_valid (head, -1);
  for (char *c = valid; *c != '\0'; c++)
    if ((guchar)*c < 0x20 || *c == 0x7f)
      *c = ' ';
  return valid;
}

static Shape
shape_text (PangoContext *context, const char *text)
{
  Shape shape = { .runs = g_array_new (FALSE, FALSE, sizeof (Run)) };
  g_array_set_clear_func (shape.runs, run_clear);
  GList *items = pango_itemize_with_base_dir (context, PANGO_DIRECTION_LTR, text, 0,
                                              (int)strlen (text), NULL, NULL);
  for (GList *item = items; item != NULL; item = item->next)
    add_run (&shape, text, item->data);
  g_list_free_full (items, (GDestroyNotify)pango_item_free);
  return shape;
}

static const Shape *
get_form (PyroFlameLabels *labels, PyroFlameLabel *label, int form)
{
  Shape *shape = &label->forms[form];
  if (shape->runs != NULL)
    return shape;
  const char *text = form == FORM_WHOLE ? label->text : label->short_text;
  if (form >= FORM_TWO_PARTS)
    text = pyro_flame_get_last_parts (text, form == FORM_TWO_PARTS ? 2 : 1);
  *shape = shape_text (labels->context, text);
  return shape;
}

PyroFlameLabels *
pyro_flame_labels_new (PangoContext *context)
{
  PyroFlameLabels *labels = g_new0 (PyroFlameLabels, 1);
  labels->context = g_object_ref (context);
  labels->by_key = g_hash_table_new_full (NULL, NULL, NULL, label_free);
  labels->ellipsis = shape_text (context, "…");
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  labels->ascent = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics));
  labels->height = labels->ascent + PANGO_PIXELS_CEIL (pango_font_metrics_get_descent (metrics));
  pango_font_metrics_unref (metrics);
  return labels;
}

void
pyro_flame_labels_free (PyroFlameLabels *labels)
{
  g_array_unref (labels->ellipsis.runs);
  g_hash_table_unref (labels->by_key);
  g_object_unref (labels->context);
  g_free (labels);
}

int
pyro_flame_labels_get_height (PyroFlameLabels *labels)
{
  return labels->height;
}

PyroFlameLabel *
pyro_flame_labels_find (PyroFlameLabels *labels, guint32 key)
{
  return g_hash_table_lookup (labels->by_key, GUINT_TO_POINTER (key));
}

PyroFlameLabel *
pyro_flame_labels_add (PyroFlameLabels *labels, guint32 key, const char *text)
{
  if (g_hash_table_size (labels->by_key) >= MAX_LABELS)
    g_hash_table_remove_all (labels->by_key);
  PyroFlameLabel *label = g_new0 (PyroFlameLabel, 1);
  char short_text[MAX_BYTES + 1];
  pyro_flame_shorten_name (text, short_text, sizeof short_text);
  label->text = make_printable (text);
  label->short_text = make_printable (short_text);
  g_hash_table_insert (labels->by_key, GUINT_TO_POINTER (key), label);
  return label;
}

typedef struct {
  GtkSnapshot *snapshot;
  const GdkRGBA *colour;
  double x, baseline;
  int room; /* Pango units */
} Pen;

/* Glyphs without ink (spaces) make no node. */
static void
append_glyphs (Pen *pen, const Run *run, int n_glyphs, int width)
{
  PangoGlyphString head = *run->glyphs;
  head.num_glyphs = n_glyphs;
  graphene_point_t offset = GRAPHENE_POINT_INIT ((float)pen->x, (float)pen->baseline);
  GskRenderNode *node = gsk_text_node_new (run->font, &head, pen->colour, &offset);
  if (node != NULL) {
    gtk_snapshot_append_node (pen->snapshot, node);
    gsk_render_node_unref (node);
  }
  pen->x += (double)width / PANGO_SCALE;
  pen->room -= width;
}

/* How many glyphs fit, and how wide these are. */
static int
count_fitting (const Run *run, int room, int *ret_width)
{
  int n = 0, width = 0;
  while (n < run->glyphs->num_glyphs && width + run->glyphs->glyphs[n].geometry.width <= room)
    width += run->glyphs->glyphs[n++].geometry.width;
  *ret_width = width;
  return n;
}

/* As much as there is room for. */
static void
append_runs (Pen *pen, const Shape *shape)
{
  for (guint i = 0; i < shape->runs->len; i++) {
    const Run *run = &g_array_index (shape->runs, Run, i);
    int width, n = count_fitting (run, pen->room, &width);
    if (n > 0)
      append_glyphs (pen, run, n, width);
    if (n < run->glyphs->num_glyphs)
      return;
  }
}

/* Two letters and an ellipsis say nothing. */
static gboolean
is_worth_cutting (const Shape *shape, int room)
{
  if (shape->runs->len != 1)
    return shape->runs->len > 1;
  int width;
  return count_fitting (&g_array_index (shape->runs, Run, 0), room, &width) >= LEAST_GLYPHS;
}

void
pyro_flame_labels_append (PyroFlameLabels *labels,
                          GtkSnapshot *snapshot,
                          PyroFlameLabel *label,
                          const GdkRGBA *colour,
                          double x,
                          double y,
                          double width)
{
  Pen pen = { snapshot, colour, x, y + labels->ascent, (int)(width * PANGO_SCALE) };
  const Shape *shape = NULL;
  for (int form = 0; form < N_FORMS; form++) {
    shape = get_form (labels, label, form);
    if (shape->width <= pen.room) {
      append_runs (&pen, shape);
      return;
    }
  }
  pen.room -= labels->ellipsis.width;
  if (!is_worth_cutting (shape, pen.room))
    return;
  append_runs (&pen, shape);
  pen.room = labels->ellipsis.width;
  append_runs (&pen, &labels->ellipsis);
}
