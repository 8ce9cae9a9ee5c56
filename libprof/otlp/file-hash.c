/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/file-hash.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, N_HASH_BYTES = (PROF_FILE_HASH_SIZE - 1) / 2 };

static int
read_at (int fd, uint8_t *ret, size_t n, off_t offset)
{
  while (n > 0) {
    ssize_t r = pread (fd, ret, n, offset);
    if (r <= 0)
      return r < 0 ? -errno : -ESTALE; /* it was cut meanwhile */
    ret += r;
    n -= (size_t)r;
    offset += r;
  }
  return 0;
}

int
prof_file_hash_make (int fd, char ret[PROF_FILE_HASH_SIZE])
{
  uint8_t input[2 * PAGE + 8], hash[SHA256_DIGEST_LENGTH];
  struct stat status;
  if (fstat (fd, &status) < 0)
    return -errno;
  size_t n = status.st_size < PAGE ? (size_t)status.st_size : PAGE;
  int r = read_at (fd, input, n, 0);
  if (r == 0)
    r = read_at (fd, input + n, n, status.st_size - (off_t)n);
  if (r < 0)
    return r;
  for (unsigned i = 0; i < 8; i++)
    input[2 * n + i] = (uint8_t)((uint64_t)status.st_size >> (56 - 8 * i));
  if (SHA256 (input, 2 * n + 8, hash) == NULL)
    return -ENOMEM;
  for (unsigned i = 0; i < N_HASH_BYTES; i++)
    sprintf (ret + 2 * i, "%02x", hash[i]);
  return 0;
}
