/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Where a collector is: [http[s]://]host[:port][/path[?query]]. Points into the text. */
typedef struct {
  bool has_scheme, is_https;
  const char *authority; /* host[:port] */
  size_t n_authority;
  const char *path; /* and query; "" or from its "/" */
} ProfOtlpEndpoint;

/* NULL, or what is wrong, to stand after "it ": in words that repeat nothing of the text, which may
 * hold a password. */
const char *prof_otlp_endpoint_parse (const char *text, ProfOtlpEndpoint *ret);
