/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "helper/code-maps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/read-file.h"
#include "base/write-all.h"

/* vm.max_map_count is 65530; a line has some 80 bytes, or more with a long path. */
enum { MAX_MAPS_BYTES = 32 << 20 };

/* "55d0c8a00000-55d0c8a01000 r-xp …" */
static bool
is_code (const char *line, size_t n)
{
  const char *space = memchr (line, ' ', n);
  return space != NULL && (size_t)(line + n - space) > 4 && space[3] == 'x';
}

size_t
prof_code_maps_filter (char *text, size_t n_bytes)
{
  size_t n_kept = 0;
  for (const char *line = text, *end = text + n_bytes; line < end;) {
    const char *newline = memchr (line, '\n', (size_t)(end - line));
    size_t n = newline != NULL ? (size_t)(newline + 1 - line) : (size_t)(end - line);
    if (is_code (line, n)) {
      memmove (text + n_kept, line, n);
      n_kept += n;
    }
    line += n;
  }
  return n_kept;
}

/* Nobody can change it any more. */
static int
make_file (const char *text, size_t n_bytes)
{
  cleanup (prof_close) int fd = memfd_create ("maps", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return -errno;
  int r = prof_write_all (fd, text, n_bytes);
  if (r < 0)
    return r;
  int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (fcntl (fd, F_ADD_SEALS, seals) < 0 || lseek (fd, 0, SEEK_SET) < 0)
    return -errno;
  return prof_steal_fd (&fd);
}

int
prof_code_maps_open (pid_t pid)
{
  char path[32];
  snprintf (path, sizeof path, "/proc/%d/maps", (int)pid);
  cleanup (prof_free) char *text = NULL;
  size_t n_bytes;
  int r = prof_read_file (path, MAX_MAPS_BYTES, &text, &n_bytes);
  if (r < 0)
    return r == -ENOENT ? -ESRCH : r;
  return make_file (text, prof_code_maps_filter (text, n_bytes));
}
