/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* Reads a whole file, also one of procfs or sysfs, whose size is not known before. The bytes are
 * followed by a NUL that is not counted; free(*ret_bytes). -EFBIG: more than max_bytes. */
int prof_read_file (const char *path, size_t max_bytes, char **ret_bytes, size_t *ret_n_bytes);

/* The same, from where the descriptor stands. */
int prof_read_fd (int fd, size_t max_bytes, char **ret_bytes, size_t *ret_n_bytes);
