/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/vec.h"

/* Header fields of requests, "Name: value", each name once. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (char *) fields;
} ProfHeaderList;

/* All return 0, -ENOMEM, or -EINVAL with what is wrong in *ret_reason, to stand after "it ": words
 * that repeat nothing of the field, which may hold a password. A later field replaces an earlier
 * one of its name. */
int prof_header_list_set (ProfHeaderList *list,
                          const char *name,
                          const char *value,
                          size_t n_value,
                          const char **ret_reason);
/* "Name: value". */
int prof_header_list_add_field (ProfHeaderList *list, const char *field, const char **ret_reason);
/* "name=value,name=value" with %XX in the values, as in OTEL_EXPORTER_OTLP_HEADERS. */
int prof_header_list_add_pairs (ProfHeaderList *list, const char *pairs, const char **ret_reason);

/* Ends the list with NULL and leaves an empty one; prof_strings_free. NULL: out of memory. */
char **prof_header_list_take (ProfHeaderList *list);
void prof_header_list_finish (ProfHeaderList *list);
