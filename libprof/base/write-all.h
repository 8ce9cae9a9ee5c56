/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* Writes all of it, however many calls it takes. 0, or what write(2) said. */
static inline int
prof_write_all (int fd, const void *bytes, size_t n_bytes)
{
  const char *next = bytes;
  while (n_bytes > 0) {
    ssize_t n = write (fd, next, n_bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -errno;
    next += n;
    n_bytes -= (size_t)n;
  }
  return 0;
}
