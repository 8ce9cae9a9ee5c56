/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/error.h>

/* Messages on stderr, each begins with "prof: ". */
void message (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* The library's sentence; returns STATUS_FAILURE. */
int fail (const ProfError *error);
/* Returns STATUS_FAILURE. */
int fail_out_of_memory (void);
/* A mistake on the command line, and where help is; returns STATUS_USAGE. `command` may be NULL. */
int usage_error (const char *command, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
