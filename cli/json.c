/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "json.h"

#include <inttypes.h>
#include <math.h>

#include "utf8.h"

/* What lies deeper than a table's rows stays on their line. */
enum { MAX_INDENT = 2 };

static void
break_line (Json *json)
{
  if (json->depth <= MAX_INDENT && !json->is_on_one_line)
    fprintf (json->file, "\n%*s", (int)json->depth * 2, "");
}

static void
print_string (FILE *file, const char *text)
{
  putc ('"', file);
  while (*text != '\0') {
    unsigned char byte = (unsigned char)*text;
    uint32_t code_point;
    size_t n = utf8_read (text, &code_point);
    if (n == 0)
      fputs ("\\ufffd", file);
    else if (byte == '"' || byte == '\\')
      fprintf (file, "\\%c", byte);
    else if (byte < 0x20 || byte == 0x7f)
      fprintf (file, "\\u%04x", byte);
    else
      fwrite (text, 1, n, file);
    text += n > 0 ? n : 1;
  }
  putc ('"', file);
}

static void
begin_item (Json *json, const char *key)
{
  if (json->has_items)
    fputs (json->depth <= MAX_INDENT && !json->is_on_one_line ? "," : ", ", json->file);
  if (json->depth > 0)
    break_line (json);
  json->has_items = true;
  if (key == NULL)
    return;
  print_string (json->file, key);
  fputs (": ", json->file);
}

static void
begin (Json *json, const char *key, char bracket)
{
  begin_item (json, key);
  putc (bracket, json->file);
  json->depth++;
  json->has_items = false;
}

static void
end (Json *json, char bracket)
{
  json->depth--;
  if (json->has_items && json->depth < MAX_INDENT)
    break_line (json);
  putc (bracket, json->file);
  json->has_items = true;
  if (json->depth == 0)
    putc ('\n', json->file);
}

void
json_begin_object (Json *json, const char *key)
{
  begin (json, key, '{');
}

void
json_end_object (Json *json)
{
  end (json, '}');
}

void
json_begin_array (Json *json, const char *key)
{
  begin (json, key, '[');
}

void
json_end_array (Json *json)
{
  end (json, ']');
}

void
json_add_string (Json *json, const char *key, const char *value)
{
  begin_item (json, key);
  print_string (json->file, value);
}

void
json_add_integer (Json *json, const char *key, int64_t value)
{
  begin_item (json, key);
  fprintf (json->file, "%" PRId64, value);
}

void
json_add_unsigned (Json *json, const char *key, uint64_t value)
{
  begin_item (json, key);
  fprintf (json->file, "%" PRIu64, value);
}

void
json_add_number (Json *json, const char *key, double value)
{
  begin_item (json, key);
  fprintf (json->file, "%.6g", isfinite (value) ? value : 0);
}

void
json_add_bool (Json *json, const char *key, bool value)
{
  begin_item (json, key);
  fputs (value ? "true" : "false", json->file);
}
