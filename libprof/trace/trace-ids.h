/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <string.h>

#include <prof/trace.h>

/* Hex digits and a NUL. */
enum { PROF_TRACE_ID_TEXT = 33, PROF_SPAN_ID_TEXT = 17 };

static inline bool
prof_trace_link_is_none (const ProfTraceLink *link)
{
  static const uint8_t none[sizeof link->trace_id];
  return memcmp (link->trace_id, none, sizeof none) == 0;
}

/* Writes 2 * n lower-case digits and a NUL. */
void prof_trace_format_id (const uint8_t *bytes, size_t n, char *ret);
