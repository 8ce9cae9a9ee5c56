/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

#include <prof/memory.h>

/* Pure: a NUL-terminated text of /proc/pressure/memory. -EBADMSG: no line "some". */
int prof_memory_pressure_parse (const char *text, ProfMemoryPressure *ret);
