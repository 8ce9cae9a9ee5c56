/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/open-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* openat2 needs Linux 5.6, and container runtimes may refuse it. */
static int
open_below (int root_fd, const char *path)
{
  struct open_how how = { .flags = OPEN_FLAGS, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
  long fd = syscall (SYS_openat2, root_fd, path, &how, sizeof how);
  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    fd = openat (root_fd, path + (path[0] == '/'), OPEN_FLAGS);
  return fd < 0 ? -errno : (int)fd;
}

static int
open_as (pid_t pid, const char *path)
{
  if (pid == 0) {
    int fd = open (path, OPEN_FLAGS);
    return fd < 0 ? -errno : fd;
  }
  char root[32];
  snprintf (root, sizeof root, "/proc/%d/root", (int)pid);
  cleanup (prof_close) int root_fd = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return root_fd < 0 ? -errno : open_below (root_fd, path);
}

int
prof_open_file (pid_t pid, const char *path)
{
  cleanup (prof_close) int fd = open_as (pid, path);
  if (fd < 0)
    return fd;
  struct stat status;
  if (fstat (fd, &status) < 0)
    return -errno;
  return S_ISREG (status.st_mode) ? prof_steal_fd (&fd) : -ENXIO;
}
