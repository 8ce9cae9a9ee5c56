/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

/* The directory for symbols that are kept between recordings: $XDG_CACHE_HOME/prof, by default
 * ~/.cache/prof. NULL: this user has none. Borrowed until the end. */
const char *get_symbol_cache (void);
