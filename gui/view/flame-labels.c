/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-labels.h"

#include <string.h>

enum { MAX_BYTES = 512, MAX_LABELS = 20000 };

/* A part of a name that is in one font. */
typedef struct {
  PangoFont *font;
  PangoGlyphString *glyphs;
  int width; /* Pango units */
} Run;

struct _PyroFlameLabel {
  GArray *runs;
  int width;
};

struct _PyroFlameLabels {
  PangoContext *context;
  GHashTable *by_key;
  PyroFlameLabel *ellipsis;
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
  g_array_unref (((PyroFlameLabel *)label)->runs);
  g_free (label);
}

static void
add_run (PyroFlameLabel *label, const char *text, const char *all, const PangoItem *item)
{
  Run run = { .font = g_object_ref (item->analysis.font), .glyphs = pango_glyph_string_new () };
  pango_shape_full (text + item->offset, item->length, all, -1, &item->analysis, run.glyphs);
  run.width = pango_glyph_string_get_width (run.glyphs);
  label->width += run.width;
  g_array_append_val (label->runs, run);
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

static PyroFlameLabel *
shape (PangoContext *context, const char *text)
{
  PyroFlameLabel *label = g_new0 (PyroFlameLabel, 1);
  label->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_array_set_clear_func (label->runs, run_clear);
  g_autofree char *printable = make_printable (text);
  GList *items = pango_itemize_with_base_dir (context, PANGO_DIRECTION_LTR, printable, 0,
                                              (int)strlen (printable), NULL, NULL);
  for (GList *item = items; item != NULL; item = item->next)
    add_run (label, printable, printable, item->data);
  g_list_free_full (items, (GDestroyNotify)pango_item_free);
  return label;
}

PyroFlameLabels *
pyro_flame_labels_new (PangoContext *context)
{
  PyroFlameLabels *labels = g_new0 (PyroFlameLabels, 1);
  labels->context = g_object_ref (context);
  labels->by_key = g_hash_table_new_full (NULL, NULL, NULL, label_free);
  labels->ellipsis = shape (context, "…");
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  labels->ascent = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics));
  labels->height = labels->ascent + PANGO_PIXELS_CEIL (pango_font_metrics_get_descent (metrics));
  pango_font_metrics_unref (metrics);
  return labels;
}

void
pyro_flame_labels_free (PyroFlameLabels *labels)
{
  label_free (labels->ellipsis);
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
  PyroFlameLabel *label = shape (labels->context, text);
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

static gboolean
append_run (Pen *pen, const Run *run)
{
  if (run->width <= pen->room) {
    append_glyphs (pen, run, run->glyphs->num_glyphs, run->width);
    return TRUE;
  }
  int n = 0, width = 0;
  while (width + run->glyphs->glyphs[n].geometry.width <= pen->room)
    width += run->glyphs->glyphs[n++].geometry.width;
  if (n > 0)
    append_glyphs (pen, run, n, width);
  return FALSE;
}

static void
append_runs (Pen *pen, PyroFlameLabel *label)
{
  for (guint i = 0; i < label->runs->len; i++)
    if (!append_run (pen, &g_array_index (label->runs, Run, i)))
      return;
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
  if (label->width <= pen.room) {
    append_runs (&pen, label);
    return;
  }
  int n_before = pen.room -= labels->ellipsis->width;
  append_runs (&pen, label);
  if (pen.room == n_before)
    return;
  pen.room = labels->ellipsis->width;
  append_runs (&pen, labels->ellipsis);
}
