/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>

#include "layout/flame-name.h"
#include "view/flame-graph-private.h"

enum {
  LEAST_WIDTH = 400,
  LEAST_LABEL_WIDTH = 36,
  LABEL_MARGIN = 4,
  MAX_LABEL_BYTES = 512,
  MAX_IMAGE_SIZE = 32000, /* cairo's images end at 32767 */
};

typedef struct {
  PyroFlameGraph *self;
  PyroFlameLayout layout;
  int width;
  double height;
} Page;

static void
page_clear (Page *page)
{
  pyro_flame_layout_finish (&page->layout);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

static cairo_status_t
write_bytes (void *data, const unsigned char *bytes, unsigned n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
fits (PangoLayout *layout, const char *text, int width)
{
  int text_width;
  pango_layout_set_width (layout, -1);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &text_width, NULL);
  return text_width <= width;
}

/* Whole, shortened, or its last parts, cut with "…". */
static void
set_label (PangoLayout *layout, const char *text, int width)
{
  char short_text[MAX_LABEL_BYTES + 1];
  g_autofree char *head = g_strndup (text, MAX_LABEL_BYTES);
  g_autofree char *valid = g_utf8_make_valid (head, -1);
  if (fits (layout, valid, width))
    return;
  pyro_flame_shorten_name (text, short_text, sizeof short_text);
  g_autofree char *valid_short = g_utf8_make_valid (short_text, -1);
  if (!fits (layout, valid_short, width)
      && !fits (layout, pyro_flame_get_last_parts (valid_short, 2), width)
      && !fits (layout, pyro_flame_get_last_parts (valid_short, 1), width))
    pango_layout_set_width (layout, width * PANGO_SCALE);
}

static void
draw_label (Page *page, cairo_t *cairo, PangoLayout *layout, const PyroFlameBox *box, double y)
{
  g_autofree char *text = pyro_flame_graph_make_label (page->self, box);
  set_label (layout, text, box->width - 2 * LABEL_MARGIN);
  cairo_move_to (cairo, box->x + LABEL_MARGIN, y + 1);
  pango_cairo_show_layout (cairo, layout);
}

static void
draw_box (Page *page, cairo_t *cairo, PangoLayout *layout, const PyroFlameBox *box, double y)
{
  PyroFlameColour colour = pyro_flame_graph_get_colour (page->self, box, PYRO_FLAME_THEME_LIGHT);
  cairo_set_source_rgb (cairo, colour.red, colour.green, colour.blue);
  cairo_rectangle (cairo, box->x, y, box->width - (box->width >= 4), page->self->row_height - 1);
  cairo_fill (cairo);
  PyroFlameColour ink = pyro_flame_colour_text (colour);
  cairo_set_source_rgb (cairo, ink.red, ink.green, ink.blue);
  if (box->width >= LEAST_LABEL_WIDTH)
    draw_label (page, cairo, layout, box, y);
}

static void
draw_page (Page *page, cairo_t *cairo)
{
  PyroFlameGraph *self = page->self;
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  PangoContext *font = gtk_widget_get_pango_context (GTK_WIDGET (self));
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cairo);
  pango_layout_set_font_description (layout, pango_context_get_font_description (font));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  for (guint32 row = 0; row < page->layout.n_rows; row++) {
    double y = row * self->row_height;
    if (self->is_upward)
      y = page->height - y - self->row_height;
    for (guint32 i = page->layout.rows[row]; i < page->layout.rows[row + 1]; i++)
      draw_box (page, cairo, layout, &page->layout.boxes[i], y);
  }
}

/* Twice the size for sharp screens, less where it would be too high for an image. */
static cairo_status_t
draw_png (Page *page, GByteArray *bytes)
{
  double scale = fmin (2, MAX_IMAGE_SIZE / fmax (page->height, page->width));
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)ceil (page->width * scale),
                                    (int)ceil (page->height * scale));
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_t *cairo = cairo_create (surface);
  draw_page (page, cairo);
  cairo_destroy (cairo);
  cairo_status_t status = cairo_surface_write_to_png_stream (surface, write_bytes, bytes);
  cairo_surface_destroy (surface);
  return status;
}

static cairo_status_t
draw_document (Page *page, PyroFlamePicture format, GByteArray *bytes)
{
  cairo_surface_t *surface;
  if (format == PYRO_FLAME_PICTURE_SVG)
    surface = cairo_svg_surface_create_for_stream (write_bytes, bytes, page->width, page->height);
  else
    surface = cairo_pdf_surface_create_for_stream (write_bytes, bytes, page->width, page->height);
  cairo_t *cairo = cairo_create (surface);
  draw_page (page, cairo);
  cairo_destroy (cairo);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

static GBytes *
draw (PyroFlameGraph *self, PyroFlamePicture format, GError **error)
{
  if (self->tree == NULL || pyro_flame_graph_is_empty (self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         _ ("There is no flame graph to export: open a profile with samples."));
    return NULL;
  }
  g_auto (Page) page = { .self = self };
  page.width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), LEAST_WIDTH);
  if (pyro_flame_layout_update (&page.layout, self->tree, &self->target, page.width) < 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strerror (ENOMEM));
    return NULL;
  }
  page.height = page.layout.n_rows * self->row_height;
  GByteArray *bytes = g_byte_array_new ();
  cairo_status_t status = format == PYRO_FLAME_PICTURE_PNG ? draw_png (&page, bytes)
                                                           : draw_document (&page, format, bytes);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be drawn: %s."),
               cairo_status_to_string (status));
  return NULL;
}

static void
written (GObject *file, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  if (g_file_replace_contents_finish (G_FILE (file), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
pyro_flame_graph_export_async (PyroFlameGraph *self,
                               GFile *file,
                               PyroFlamePicture format,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (PYRO_IS_FLAME_GRAPH (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = draw (self, format, &error);
  if (bytes == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, cancellable,
                                       written, task);
}

gboolean
pyro_flame_graph_export_finish (PyroFlameGraph *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
