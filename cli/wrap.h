/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* Prints the first `n` bytes of a text, which begins at column `indent`, and so does each further
 * line: at most 80 columns, broken at spaces and between the characters of East Asia. */
void print_wrapped (const char *text, size_t n, size_t indent);
