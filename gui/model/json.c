/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/json.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

enum { MAX_DEPTH = 32 };

/* Each read_ function is at what it reads, and leaves `text` behind it; NULL or FALSE: that is not
 * there, and all is over. */
typedef struct {
  const char *text;
  guint depth;
} Reader;

static GVariant *read_value (Reader *reader);

static void
skip_space (Reader *reader)
{
  reader->text += strspn (reader->text, " \t\r\n");
}

static gboolean
skip (Reader *reader, const char *token)
{
  skip_space (reader);
  if (!g_str_has_prefix (reader->text, token))
    return FALSE;
  reader->text += strlen (token);
  return TRUE;
}

/* ---- texts ---- */

/* The four digits of \uXXXX; -1. */
static int
read_unit (Reader *reader)
{
  int unit = 0;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (reader->text[i]);
    if (digit < 0)
      return -1;
    unit = unit * 16 + digit;
  }
  reader->text += 4;
  return unit;
}

/* Code points above U+FFFF are two units (RFC 8259, 7). */
static gboolean
read_code_point (Reader *reader, GString *text)
{
  int unit = read_unit (reader);
  if (unit >= 0xd800 && unit < 0xdc00 && g_str_has_prefix (reader->text, "\\u")) {
    reader->text += 2;
    int low = read_unit (reader);
    if (low < 0xdc00 || low >= 0xe000)
      return FALSE;
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  if (unit <= 0 || !g_unichar_validate ((gunichar)unit))
    return FALSE;
  g_string_append_unichar (text, (gunichar)unit);
  return TRUE;
}

static gboolean
read_escape (Reader *reader, GString *text)
{
  static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char name = *reader->text;
  if (name == '\0')
    return FALSE;
  reader->text++;
  if (name == 'u')
    return read_code_point (reader, text);
  const char *found = strchr (names, name);
  if (found != NULL)
    g_string_append_c (text, meanings[found - names]);
  return found != NULL;
}

static char *
read_text (Reader *reader)
{
  if (!skip (reader, "\""))
    return NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  while (*reader->text != '"') {
    guchar byte = (guchar)*reader->text;
    if (byte < 0x20)
      return NULL;
    reader->text++;
    if (byte != '\\')
      g_string_append_c (text, (char)byte);
    else if (!read_escape (reader, text))
      return NULL;
  }
  reader->text++;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ---- values ---- */

static GVariant *
read_text_value (Reader *reader)
{
  char *text = read_text (reader);
  return text != NULL ? g_variant_new_take_string (text) : NULL;
}

/* Digits, a fraction, an exponent; strtod alone would take "inf" and "0x1" as well. */
static GVariant *
read_number (Reader *reader)
{
  gsize n = strspn (reader->text, "+-.0123456789eE");
  g_autofree char *digits = g_strndup (reader->text, n);
  gboolean is_whole = strpbrk (digits, ".eE") == NULL;
  char *end;
  errno = 0;
  gint64 integer = g_ascii_strtoll (digits, &end, 10);
  gboolean is_integer = is_whole && errno == 0;
  double real = is_integer ? 0 : g_ascii_strtod (digits, &end);
  if (n == 0 || *digits == '+' || *end != '\0')
    return NULL;
  reader->text += n;
  return is_integer ? g_variant_new_int64 (integer) : g_variant_new_double (real);
}

static GVariant *
read_array (Reader *reader)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  if (skip (reader, "]"))
    return g_variant_builder_end (&list);
  do {
    GVariant *value = read_value (reader);
    if (value == NULL)
      return NULL;
    g_variant_builder_add (&list, "v", value);
  } while (skip (reader, ","));
  return skip (reader, "]") ? g_variant_builder_end (&list) : NULL;
}

static gboolean
read_member (Reader *reader, GVariantBuilder *object)
{
  g_autofree char *key = read_text (reader);
  GVariant *value = key != NULL && skip (reader, ":") ? read_value (reader) : NULL;
  if (value == NULL)
    return FALSE;
  g_variant_builder_add (object, "{sv}", key, value);
  return TRUE;
}

static GVariant *
read_object (Reader *reader)
{
  g_auto (GVariantBuilder) object = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  if (skip (reader, "}"))
    return g_variant_builder_end (&object);
  do {
    if (!read_member (reader, &object))
      return NULL;
  } while (skip (reader, ","));
  return skip (reader, "}") ? g_variant_builder_end (&object) : NULL;
}

static GVariant *
read_nested (Reader *reader, GVariant *(*read_inside) (Reader *))
{
  if (reader->depth == MAX_DEPTH)
    return NULL;
  reader->depth++;
  GVariant *value = read_inside (reader);
  reader->depth--;
  return value;
}

static GVariant *
read_value (Reader *reader)
{
  skip_space (reader);
  if (*reader->text == '"')
    return read_text_value (reader);
  if (skip (reader, "{"))
    return read_nested (reader, read_object);
  if (skip (reader, "["))
    return read_nested (reader, read_array);
  if (skip (reader, "true"))
    return g_variant_new_boolean (TRUE);
  if (skip (reader, "false"))
    return g_variant_new_boolean (FALSE);
  if (skip (reader, "null"))
    return g_variant_new_tuple (NULL, 0);
  return read_number (reader);
}

GVariant *
pyro_json_read (const char *text, GError **error)
{
  Reader reader = { .text = text };
  GVariant *value = g_utf8_validate (text, -1, NULL) ? read_value (&reader) : NULL;
  if (value != NULL)
    g_variant_ref_sink (value);
  skip_space (&reader);
  if (value != NULL && *reader.text == '\0')
    return value;
  g_clear_pointer (&value, g_variant_unref);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _ ("What prof printed can’t be understood from its byte %td on: is it of another "
                  "version?"),
               reader.text - text + 1);
  return NULL;
}

/* ---- members ---- */

const char *
pyro_json_get_text (GVariant *object, const char *key)
{
  const char *text = "";
  g_variant_lookup (object, key, "&s", &text);
  return text;
}

gint64
pyro_json_get_integer (GVariant *object, const char *key)
{
  gint64 integer = 0;
  g_variant_lookup (object, key, "x", &integer);
  return integer;
}

gboolean
pyro_json_get_boolean (GVariant *object, const char *key)
{
  gboolean boolean = FALSE;
  g_variant_lookup (object, key, "b", &boolean);
  return boolean;
}

GVariant *
pyro_json_get_list (GVariant *object, const char *key)
{
  GVariant *list = g_variant_lookup_value (object, key, G_VARIANT_TYPE ("av"));
  return list != NULL ? list : g_variant_ref_sink (g_variant_new ("av", NULL));
}
