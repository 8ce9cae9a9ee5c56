/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The words of a field, quoted as for a shell; an empty field has none. NULL with a sentence that
 * begins with `what`. g_strfreev. */
char **pyro_words_split (const char *text, const char *what, GError **error);
/* Each of them is NAME=value. */
char **pyro_words_split_assignments (const char *text, const char *what, GError **error);

G_END_DECLS
