/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/report.h"

G_BEGIN_DECLS

/* A line of a source file and what it cost, as a row of a table. */
#define PYRO_TYPE_SOURCE_LINE (pyro_source_line_get_type ())
G_DECLARE_FINAL_TYPE (PyroSourceLine, pyro_source_line, PYRO, SOURCE_LINE, GObject)

guint pyro_source_line_get_number (PyroSourceLine *self); /* the first is 1 */
const char *pyro_source_line_get_text (PyroSourceLine *self);
gint64 pyro_source_line_get_self (PyroSourceLine *self);
gint64 pyro_source_line_get_total (PyroSourceLine *self);
PyroReport *pyro_source_line_get_report (PyroSourceLine *self);

/* The lines of the file of one function. */
typedef struct {
  char *recorded;      /* the file as the profile names it; "": it doesn't */
  char *reason;        /* a sentence why there are no lines; NULL: there are */
  char *path;          /* where it was found; NULL: nowhere */
  GListModel *lines;   /* of PyroSourceLine; NULL: none */
  guint hottest;       /* position in `lines` */
  gboolean is_changed; /* since the recording, it seems */
} PyroSource;

void pyro_source_free (PyroSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroSource, pyro_source_free)

/* `function`: a row of the report's functions. Fails only if cancelled. */
void pyro_source_load_async (PyroReport *report,
                             guint32 function,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
PyroSource *pyro_source_load_finish (PyroReport *report, GAsyncResult *result, GError **error);

G_END_DECLS
