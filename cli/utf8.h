/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The number of bytes of the character at `text` and its code point; 0 if its bytes are no UTF-8
 * (RFC 3629). `text` is NUL-terminated, and not at its end. */
size_t utf8_read (const char *text, uint32_t *ret_code_point);

/* The next character of *text for people to see, past which *text moves: *ret_n_bytes bytes. What
 * is no UTF-8, and every control character (it could be a sequence for the terminal), becomes
 * U+FFFD. */
const char *utf8_next_visible (const char **text, size_t *ret_n_bytes);
