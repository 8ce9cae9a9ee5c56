/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/profile-equal.h"
#include "pprof/pprof-read.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { MAX_BYTES = 16 << 20 };

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
  ProfError error = PROF_ERROR_INIT;
  limits.raw_bytes = MAX_BYTES;
  require (lseek (fd, 0, SEEK_SET) == 0);
  int r = prof_pprof_read_limited (fd, "it", &limits, ret, &error);
  require (r == 0 ? error.message[0] == '\0' : error.code == r && error.message[0] != '\0');
  return r;
}

/* The file that is made of a profile. */
static int
write_fd (const ProfProfile *profile)
{
  int fd = memfd_create ("written", MFD_CLOEXEC);
  require (fd >= 0 && prof_pprof_write (profile, fd, NULL) == 0);
  return fd;
}

static int
are_equal (int a, int b)
{
  off_t n = lseek (a, 0, SEEK_END);
  if (lseek (b, 0, SEEK_END) != n)
    return 0;
  char *bytes = malloc (2 * (size_t)n);
  require (bytes != NULL && pread (a, bytes, (size_t)n, 0) == n
           && pread (b, bytes + n, (size_t)n, 0) == n);
  int r = memcmp (bytes, bytes + n, (size_t)n) == 0;
  free (bytes);
  return r;
}

/* What can be read is written and read again: the same rows; and written again: the same bytes. */
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
  require (read_fd (written, &second) == 0);
  require (find_difference (first, second) == NULL);
  int again = write_fd (second);
  require (are_equal (written, again));
  close (written);
  close (again);
  prof_profile_unref (first);
  prof_profile_unref (second);
  return 0;
}
