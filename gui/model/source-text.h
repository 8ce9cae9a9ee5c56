/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The lines of a text file. */
typedef struct PyroSourceText PyroSourceText;

/* For workers. NULL with a sentence: not readable, no regular file, no text, or too big. */
PyroSourceText *pyro_source_text_read (const char *path, GError **error);
/* The same of bytes that are given. */
PyroSourceText *pyro_source_text_new (const char *bytes, gsize n_bytes);
void pyro_source_text_free (PyroSourceText *self);

guint pyro_source_text_get_n_lines (const PyroSourceText *self);
/* The first line is 0. Valid UTF-8 without the end of the line; very long ones are cut. */
char *pyro_source_text_get_line (const PyroSourceText *self, guint line);
/* When it was changed, in nanoseconds since the Unix epoch; 0 of bytes that were given. */
gint64 pyro_source_text_get_time_ns (const PyroSourceText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroSourceText, pyro_source_text_free)

G_END_DECLS
