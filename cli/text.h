/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <libintl.h>

/* What people read, in their language; JSON and what files keep stay as they are. Formats of
 * messages are translated by `message` and its like, help by what prints it. */
const char *translate (const char *text) __attribute__ ((format_arg (1)));

#define _(text) translate (text)
#define N_(text) text

/* Finds the catalogs; before the first text. */
void text_open (void);
