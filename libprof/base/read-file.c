/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/read-file.h"

#include <fcntl.h>

#include "base/cleanup.h"
#include "base/vec.h"

enum { CHUNK_BYTES = 16384 };

int
prof_read_fd (int fd, size_t max_bytes, char **ret_bytes, size_t *ret_n_bytes)
{
  PROF_VEC (char) bytes = { 0 };
  ssize_t n;
  do {
    if (prof_vec_reserve (&bytes, CHUNK_BYTES + 1) < 0) {
      prof_vec_clear (&bytes);
      return -ENOMEM;
    }
    n = read (fd, bytes.items + bytes.n, CHUNK_BYTES);
    if (n > 0)
      bytes.n += (size_t)n;
  } while ((n > 0 && bytes.n <= max_bytes) || (n < 0 && errno == EINTR));
  int r = n < 0 ? -errno : bytes.n > max_bytes ? -EFBIG : 0;
  if (r < 0) {
    prof_vec_clear (&bytes);
    return r;
  }
  bytes.items[bytes.n] = '\0';
  *ret_bytes = bytes.items;
  *ret_n_bytes = bytes.n;
  return 0;
}

int
prof_read_file (const char *path, size_t max_bytes, char **ret_bytes, size_t *ret_n_bytes)
{
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return -errno;
  return prof_read_fd (fd, max_bytes, ret_bytes, ret_n_bytes);
}
