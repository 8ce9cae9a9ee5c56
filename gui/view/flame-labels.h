/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shaped names. A name is shaped once for all widths, whole and in shorter forms: what does not fit
 * then is cut between glyphs, so that boxes that change their width each frame need no text
 * layout. */
typedef struct _PyroFlameLabels PyroFlameLabels;

/* `context` has the font. */
PyroFlameLabels *pyro_flame_labels_new (PangoContext *context);
void pyro_flame_labels_free (PyroFlameLabels *labels);
int pyro_flame_labels_get_height (PyroFlameLabels *labels);

/* The name that is kept under `key`, or NULL. */
typedef struct _PyroFlameLabel PyroFlameLabel;
PyroFlameLabel *pyro_flame_labels_find (PyroFlameLabels *labels, guint32 key);
/* `text` is any bytes. */
PyroFlameLabel *pyro_flame_labels_add (PyroFlameLabels *labels, guint32 key, const char *text);

/* At x, with its top at y, at most `width` pixels wide: whole, without arguments, or the last
 * parts of the name, and what is cut ends with "…". */
void pyro_flame_labels_append (PyroFlameLabels *labels,
                               GtkSnapshot *snapshot,
                               PyroFlameLabel *label,
                               const GdkRGBA *colour,
                               double x,
                               double y,
                               double width);

G_END_DECLS
