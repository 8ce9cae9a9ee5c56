/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

/* Collectors that ask for more are given this. */
static const int64_t prof_max_retry_after_s = 24 * 60 * 60;

/* Seconds of HTTP's field Retry-After (RFC 9110, 10.2.3), a number or a date, at `now_s` since the
 * epoch. 0: a time that is over, or something else. */
int64_t prof_parse_retry_after (const char *text, int64_t now_s);
