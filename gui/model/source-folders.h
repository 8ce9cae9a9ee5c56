/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where source files are that were built elsewhere: what begins with `from` is looked for in `to`.
 * An empty `from` stands for relative paths. */
typedef struct {
  char *from, *to;
} PyroSourceFolder;

/* The user's, of PyroSourceFolder; the newest first, which wins. */
GPtrArray *pyro_source_folders_load (void);
/* FALSE with a sentence. */
gboolean pyro_source_folders_save (GPtrArray *folders, GError **error);
/* Puts the two folders first that remain of the file `recorded`, found as `chosen`, without the end
 * that both have. */
void pyro_source_folders_add (GPtrArray *folders, const char *recorded, const char *chosen);
/* Where the file is, in one of the folders or as recorded; NULL: nowhere. */
char *pyro_source_folders_find (GPtrArray *folders, const char *recorded);

G_END_DECLS
