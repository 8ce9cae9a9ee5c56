/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes JSON (RFC 8259), indented. Keys are NULL inside of arrays. */
typedef struct {
  FILE *file;
  bool is_on_one_line; /* for a document to a line */
  unsigned depth;
  bool has_items; /* in the innermost open object or array */
} Json;

#define JSON_INIT(file_)                                                                           \
  {                                                                                                \
    .file = (file_)                                                                                \
  }

void json_begin_object (Json *json, const char *key);
void json_end_object (Json *json);
void json_begin_array (Json *json, const char *key);
void json_end_array (Json *json);
/* Bytes that are no UTF-8 become U+FFFD. */
void json_add_string (Json *json, const char *key, const char *value);
void json_add_integer (Json *json, const char *key, int64_t value);
void json_add_unsigned (Json *json, const char *key, uint64_t value);
void json_add_number (Json *json, const char *key, double value);
void json_add_bool (Json *json, const char *key, bool value);
