/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include <prof/memory.h>

/* Pure: a text of /proc/meminfo. -EBADMSG: no MemTotal or MemAvailable in it, or a number that does
 * not fit. */
int prof_system_memory_parse (const char *text, size_t n, ProfSystemMemory *ret);
