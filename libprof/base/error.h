/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/error.h>

/* Phrases a failure for a person and returns `code`, so that a boundary can say
 * `return prof_error_set (reterr, -ENOENT, "…")`. `error` may be NULL. */
int prof_error_set (ProfError *error, int code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* What to try after such a failure, to stand at the end of a sentence; often "". */
const char *prof_error_get_remedy (int code);

/* Sends a message to the log function, if there is one. Any thread. */
void prof_log (ProfLogLevel level, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
