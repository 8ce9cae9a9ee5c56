/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* Decodes %XX in place; what is no such escape stays as it is, as gRPC asks for. Returns the new
 * size: the text may hold NULs then. */
size_t prof_percent_decode (char *text, size_t n);
