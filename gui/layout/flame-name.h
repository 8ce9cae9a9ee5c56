/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* Writes a name without what makes names of C++ and Rust long: template arguments and parameters.
 * "std::vector<int>::push_back(int const&)" becomes "std::vector::push_back". Other names stay as
 * they are. What does not fit is cut. */
void pyro_flame_shorten_name (const char *name, char *ret, size_t size);

/* The last n parts of a shortened name: of "std::vector::push_back", 2 are "vector::push_back".
 * Borrowed. */
const char *pyro_flame_get_last_parts (const char *short_name, unsigned n);
