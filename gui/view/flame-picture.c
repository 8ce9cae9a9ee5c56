/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-picture.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "layout/flame-name.h"

enum {
  LABEL_MARGIN = 4,
  LEAST_GAP_WIDTH = 4,
  MAX_LABEL_BYTES = 512,
  MAX_IMAGE_SIZE = 32000, /* cairo's images end at 32767 */
};

static void
clear_box (gpointer box)
{
  g_free (((PyroFlamePictureBox *)box)->label);
}

PyroFlamePaper *
pyro_flame_paper_new (const PangoFontDescription *font)
{
  PyroFlamePaper *paper = g_new0 (PyroFlamePaper, 1);
  paper->font = pango_font_description_copy (font);
  paper->boxes = g_array_new (FALSE, FALSE, sizeof (PyroFlamePictureBox));
  g_array_set_clear_func (paper->boxes, clear_box);
  return paper;
}

void
pyro_flame_paper_free (PyroFlamePaper *paper)
{
  pango_font_description_free (paper->font);
  g_array_unref (paper->boxes);
  g_free (paper);
}

void
pyro_flame_paper_add (PyroFlamePaper *paper, PyroFlamePictureBox box)
{
  g_array_append_val (paper->boxes, box);
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
set_colour (cairo_t *cairo, PyroFlameColour colour)
{
  cairo_set_source_rgb (cairo, colour.red, colour.green, colour.blue);
}

static void
draw_box (const PyroFlamePaper *paper,
          cairo_t *cairo,
          PangoLayout *layout,
          const PyroFlamePictureBox *box)
{
  double y = box->row * paper->row_height;
  int gap = box->width >= LEAST_GAP_WIDTH ? 1 : 0;
  set_colour (cairo, box->colour);
  cairo_rectangle (cairo, box->x, y, box->width - gap, paper->row_height - 1);
  cairo_fill (cairo);
  if (box->label == NULL)
    return;
  set_label (layout, box->label, box->width - 2 * LABEL_MARGIN);
  set_colour (cairo, pyro_flame_colour_text (box->colour));
  cairo_move_to (cairo, box->x + LABEL_MARGIN, y + 1);
  pango_cairo_show_layout (cairo, layout);
}

/* The surface is drawn on and given up. */
static cairo_status_t
draw_boxes (const PyroFlamePaper *paper, cairo_surface_t *surface)
{
  cairo_t *cairo = cairo_create (surface);
  set_colour (cairo, pyro_flame_colour_ground (PYRO_FLAME_THEME_LIGHT));
  cairo_paint (cairo);
  PangoLayout *layout = pango_cairo_create_layout (cairo);
  pango_layout_set_font_description (layout, paper->font);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  for (guint i = 0; i < paper->boxes->len; i++)
    draw_box (paper, cairo, layout, &g_array_index (paper->boxes, PyroFlamePictureBox, i));
  g_object_unref (layout);
  cairo_status_t status = cairo_status (cairo);
  cairo_destroy (cairo);
  return status;
}

static cairo_status_t
append (void *data, const unsigned char *bytes, unsigned n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

/* Twice the size for sharp screens, less where it would be too high for an image. */
static cairo_status_t
draw_png (const PyroFlamePaper *paper, double height, GByteArray *bytes)
{
  double scale = fmin (2, MAX_IMAGE_SIZE / fmax (height, paper->width));
  int image_width = (int)ceil (paper->width * scale), image_height = (int)ceil (height * scale);
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, image_width, image_height);
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_status_t status = draw_boxes (paper, surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  return status;
}

static cairo_status_t
draw_document (const PyroFlamePaper *paper,
               double height,
               PyroFlamePicture format,
               GByteArray *bytes)
{
  cairo_surface_t *surface
      = format == PYRO_FLAME_PICTURE_SVG
            ? cairo_svg_surface_create_for_stream (append, bytes, paper->width, height)
            : cairo_pdf_surface_create_for_stream (append, bytes, paper->width, height);
  cairo_status_t status = draw_boxes (paper, surface);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

GBytes *
pyro_flame_paper_draw (PyroFlamePaper *paper, PyroFlamePicture format, GError **error)
{
  double height = paper->n_rows * paper->row_height;
  GByteArray *bytes = g_byte_array_new ();
  cairo_status_t status = format == PYRO_FLAME_PICTURE_PNG
                              ? draw_png (paper, height, bytes)
                              : draw_document (paper, height, format, bytes);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be drawn: %s."),
               cairo_status_to_string (status));
  return NULL;
}
