/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <sys/types.h>

/* Opens a regular file for reading as the process `pid` would: below its root directory, out of
 * which no link leads. `pid` 0: as this process would. Never waits (for a FIFO's writer). The
 * descriptor, or negative errno; -ENXIO: not a regular file. */
int prof_open_file (pid_t pid, const char *path);
