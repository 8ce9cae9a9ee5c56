/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* Copies foreign text into a sentence's place: as one line of valid UTF-8, cut between characters
 * where `size` ends. Blanks at both ends are left out. */
void prof_clean_text (char *ret, size_t size, const void *text, size_t n);
