/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <pango/pango.h>

#include "layout/flame-colour.h"
#include "view/flame-graph.h"

G_BEGIN_DECLS

/* A flame graph on paper: nothing of it belongs to a widget, so that a worker may draw it. */
typedef struct {
  int x, width;
  guint32 row; /* from the top */
  PyroFlameColour colour;
  char *label; /* any bytes; NULL: the box is too narrow */
} PyroFlamePictureBox;

typedef struct {
  PangoFontDescription *font;
  int width;
  guint32 n_rows;
  double row_height;
  GArray *boxes; /* of PyroFlamePictureBox */
} PyroFlamePaper;

PyroFlamePaper *pyro_flame_paper_new (const PangoFontDescription *font);
void pyro_flame_paper_free (PyroFlamePaper *paper);
/* Takes the label over. */
void pyro_flame_paper_add (PyroFlamePaper *paper, PyroFlamePictureBox box);
/* NULL on failure. */
GBytes *pyro_flame_paper_draw (PyroFlamePaper *paper, PyroFlamePicture format, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroFlamePaper, pyro_flame_paper_free)

G_END_DECLS
