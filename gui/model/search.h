/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* An extended regular expression; upper and lower case are the same unless it has a capital. */
typedef struct PyroSearch PyroSearch;

/* NULL, with a sentence in `error`, if the text is no expression. */
PyroSearch *pyro_search_new (const char *text, GError **error);
PyroSearch *pyro_search_ref (PyroSearch *search); /* NULL is taken, too */
void pyro_search_unref (PyroSearch *search);
gboolean pyro_search_matches (const PyroSearch *search, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroSearch, pyro_search_unref)

G_END_DECLS
