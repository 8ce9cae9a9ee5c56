/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* The lines of /proc/PID/maps that are of code, as a sealed file in memory. A descriptor, or
 * -ESRCH, -EFBIG and other negative errno. */
int prof_code_maps_open (pid_t pid);

/* Pure: keeps the lines of code of a /proc/PID/maps text. Returns their length. */
size_t prof_code_maps_filter (char *text, size_t n_bytes);
