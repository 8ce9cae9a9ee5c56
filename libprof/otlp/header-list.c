/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/header-list.h"

#include <stdbool.h>
#include <stdio.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "otlp/percent-encoding.h"

/* RFC 9110, 5.6.2. */
static const char token_characters[] = "abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";

/* What the transport says itself. */
static const char *const reserved_names[] = {
  "connection", "content-encoding",  "content-length", "content-type", "expect",
  "te",         "transfer-encoding",
};

static bool
is_reserved (const char *name)
{
  for (size_t i = 0; i < sizeof reserved_names / sizeof *reserved_names; i++)
    if (strcasecmp (name, reserved_names[i]) == 0)
      return true;
  return strncasecmp (name, "grpc-", 5) == 0;
}

static bool
has_control_character (const char *text, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
      return true;
  return false;
}

static const char *
find_fault (const char *name, const char *value, size_t n_value)
{
  if (*name == '\0' || name[strspn (name, token_characters)] != '\0')
    return N_ ("has a name that is none of HTTP's");
  if (is_reserved (name))
    return N_ ("is one that libprof sets itself");
  if (n_value == 0)
    return N_ ("has no value");
  if (has_control_character (value, n_value))
    return N_ ("has a value with a newline or another control character");
  return NULL;
}

static char **
find_field (ProfHeaderList *list, const char *name)
{
  size_t n = strlen (name);
  prof_vec_foreach (field, &list->fields)
    if (strncasecmp (*field, name, n) == 0 && (*field)[n] == ':')
      return field;
  return NULL;
}

int
prof_header_list_set (ProfHeaderList *list,
                      const char *name,
                      const char *value,
                      size_t n_value,
                      const char **ret_reason)
{
  const char *fault = find_fault (name, value, n_value);
  if (fault != NULL) {
    *ret_reason = fault;
    return -EINVAL;
  }
  size_t size = strlen (name) + 2 + n_value + 1;
  cleanup (prof_free) char *field = malloc (size);
  if (field == NULL || prof_vec_reserve (&list->fields, 1) < 0)
    return -ENOMEM;
  snprintf (field, size, "%s: %.*s", name, (int)n_value, value);
  char **place = find_field (list, name);
  if (place == NULL)
    place = &list->fields.items[list->fields.n++];
  else
    free (*place);
  *place = steal (&field);
  return 0;
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* Cuts the text into a name and a value at the separator, both without the blanks around them. */
static int
add_parts (ProfHeaderList *list,
           char *text,
           size_t n,
           char separator,
           bool is_encoded,
           const char **ret_reason)
{
  char *value = memchr (text, separator, n);
  if (value == NULL) {
    *ret_reason = separator == '=' ? N_ ("has no '='") : N_ ("has no ':'");
    return -EINVAL;
  }
  char *name_end = value++, *end = text + n;
  while (is_blank (*text))
    text++;
  while (name_end > text && is_blank (name_end[-1]))
    name_end--;
  while (value < end && is_blank (*value))
    value++;
  while (end > value && is_blank (end[-1]))
    end--;
  *name_end = '\0';
  size_t n_value = (size_t)(end - value);
  if (is_encoded)
    n_value = prof_percent_decode (value, n_value);
  return prof_header_list_set (list, text, value, n_value, ret_reason);
}

int
prof_header_list_add_field (ProfHeaderList *list, const char *field, const char **ret_reason)
{
  cleanup (prof_free) char *copy = strdup (field);
  if (copy == NULL)
    return -ENOMEM;
  return add_parts (list, copy, strlen (copy), ':', false, ret_reason);
}

int
prof_header_list_add_pairs (ProfHeaderList *list, const char *pairs, const char **ret_reason)
{
  cleanup (prof_free) char *copy = strdup (pairs);
  if (copy == NULL)
    return -ENOMEM;
  for (char *pair = copy, *next; pair != NULL; pair = next) {
    next = strchr (pair, ',');
    size_t n = next != NULL ? (size_t)(next++ - pair) : strlen (pair);
    if (strspn (pair, " \t") >= n)
      continue;
    int r = add_parts (list, pair, n, '=', true, ret_reason);
    if (r < 0)
      return r;
  }
  return 0;
}

char **
prof_header_list_take (ProfHeaderList *list)
{
  if (prof_vec_push (&list->fields, NULL) < 0)
    return NULL;
  char **fields = list->fields.items;
  list->fields.items = NULL;
  prof_header_list_finish (list);
  return fields;
}

void
prof_header_list_finish (ProfHeaderList *list)
{
  for (size_t i = 0; list->fields.items != NULL && i < list->fields.n; i++)
    free (list->fields.items[i]);
  prof_vec_clear (&list->fields);
}
