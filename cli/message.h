/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/error.h>

/* Messages on stderr, each begins with "prof: ". */
void message (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* Is told of each message as well, without "prof: "; NULL: nobody. */
void message_set_listener (void (*listener) (void *user_data, const char *text), void *user_data);
/* The library's sentence, about a file or the like; both return STATUS_FAILURE. */
int fail (const ProfError *error);
int fail_about (const char *about, const ProfError *error);
/* A sentence of the library that tells of no failure. */
void note (const char *sentence);
/* ABOUT: SENTENCE REST */
void note_about (const char *about, const char *sentence, const char *rest);
/* Returns STATUS_FAILURE. */
int fail_out_of_memory (void);
/* A mistake on the command line, and where help is; returns STATUS_USAGE. `command` may be NULL. */
int usage_error (const char *command, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
