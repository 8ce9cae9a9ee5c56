/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/kib-fields.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static ProfKibField *
find_field (const char *line, size_t n, ProfKibField *fields, size_t n_fields)
{
  for (size_t i = 0; i < n_fields; i++) {
    size_t n_name = strlen (fields[i].name);
    if (n >= n_name && memcmp (line, fields[i].name, n_name) == 0)
      return &fields[i];
  }
  return NULL;
}

/* "    16384 kB": all of the lines that are read here count KiB. */
static int
parse_kib (const char *text, const char *end, uint64_t *ret_bytes)
{
  uint64_t value = 0;
  while (text < end && (*text == ' ' || *text == '\t'))
    text++;
  const char *digits = text;
  for (; text < end && isdigit ((unsigned char)*text); text++)
    if (__builtin_mul_overflow (value, 10, &value)
        || __builtin_add_overflow (value, (uint64_t)(*text - '0'), &value))
      return -EBADMSG;
  if (text == digits || __builtin_mul_overflow (value, 1024, &value))
    return -EBADMSG;
  *ret_bytes = value;
  return 0;
}

static int
parse_line (const char *line, const char *end, ProfKibField *fields, size_t n_fields)
{
  ProfKibField *field = find_field (line, (size_t)(end - line), fields, n_fields);
  if (field == NULL)
    return 0;
  field->is_known = true;
  return parse_kib (line + strlen (field->name), end, &field->bytes);
}

int
prof_kib_fields_parse (const char *text, size_t n, ProfKibField *fields, size_t n_fields)
{
  for (const char *line = text, *end = text + n; line < end;) {
    const char *newline = memchr (line, '\n', (size_t)(end - line));
    const char *line_end = newline != NULL ? newline : end;
    int r = parse_line (line, line_end, fields, n_fields);
    if (r < 0)
      return r;
    line = newline != NULL ? newline + 1 : end;
  }
  return 0;
}
