/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pprof/collapsed-read.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
require (int is_true)
{
  if (!is_true)
    abort ();
}

static int
read_fd (int fd, ProfProfile **ret)
{
  ProfPprofLimits limits = PROF_PPROF_LIMITS_INIT;
  limits.raw_bytes = 16 << 20;
  require (lseek (fd, 0, SEEK_SET) == 0);
  return prof_collapsed_read_limited (fd, &limits, ret, NULL);
}

static int
write_fd (const ProfProfile *profile)
{
  int fd = memfd_create ("written", MFD_CLOEXEC);
  require (fd >= 0 && prof_collapsed_write (profile, 0, fd, NULL) == 0);
  return fd;
}

/* Text that begins so is taken for compressed. */
static int
begins_as_zstd (int fd)
{
  char magic[4];
  return pread (fd, magic, sizeof magic, 0) == sizeof magic
         && memcmp (magic, "\x28\xb5\x2f\xfd", sizeof magic) == 0;
}

/* What was written once is read and written as it is. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfProfile *first, *second;
  int fd = memfd_create ("input", MFD_CLOEXEC);
  require (fd >= 0 && write (fd, data, size) == (ssize_t)size);
  int r = read_fd (fd, &first);
  close (fd);
  if (r < 0)
    return 0;
  int written = write_fd (first);
  if (begins_as_zstd (written)) {
    close (written);
    prof_profile_unref (first);
    return 0;
  }
  require (read_fd (written, &second) == 0);
  int again = write_fd (second);
  off_t n = lseek (written, 0, SEEK_END);
  require (lseek (again, 0, SEEK_END) == n);
  char *bytes = malloc (2 * (size_t)n + 1);
  require (bytes != NULL && pread (written, bytes, (size_t)n, 0) == n
           && pread (again, bytes + n, (size_t)n, 0) == n
           && memcmp (bytes, bytes + n, (size_t)n) == 0);
  free (bytes);
  close (written);
  close (again);
  prof_profile_unref (first);
  prof_profile_unref (second);
  return 0;
}
