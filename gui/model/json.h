/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads what prof prints (RFC 8259, UTF-8): an object is a{sv}, an array av, a text s, a whole
 * number x, any other number d, true and false b, null (). Not floating; NULL with a sentence. Of
 * members with the same name the first one counts. */
GVariant *pyro_json_read (const char *text, GError **error);

/* Members of an object: what is absent or of another type is "", 0, FALSE and an empty list. The
 * text lives as long as the object; the list is the caller's. */
const char *pyro_json_get_text (GVariant *object, const char *key);
gint64 pyro_json_get_integer (GVariant *object, const char *key);
gboolean pyro_json_get_boolean (GVariant *object, const char *key);
GVariant *pyro_json_get_list (GVariant *object, const char *key);

G_END_DECLS
