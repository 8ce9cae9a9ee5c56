/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "helper/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* "Uid:" is in the first lines; what comes before has names of at most 64 bytes. */
enum { STATUS_BYTES = 1024 };

int
prof_owner_open (pid_t tid)
{
  char path[32];
  snprintf (path, sizeof path, "/proc/%d", (int)tid);
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return errno == ENOENT ? -ESRCH : -errno;
  return fd;
}

bool
prof_owner_parse (const char *status, uid_t uid)
{
  /* The kernel escapes line breaks in the name, which stands before. */
  const char *line = strstr (status, "\nUid:\t");
  if (line == NULL)
    return false;
  const char *next = line + strlen ("\nUid:\t");
  for (int i = 0; i < 4; i++) {
    char *end;
    unsigned long value = strtoul (next, &end, 10);
    if (end == next || *end != (i < 3 ? '\t' : '\n') || value != uid)
      return false;
    next = end + 1;
  }
  return true;
}

int
prof_owner_check (int thread_fd, uid_t uid)
{
  char text[STATUS_BYTES];
  struct stat info;
  cleanup (prof_close) int fd = openat (thread_fd, "status", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 || fstat (fd, &info) < 0)
    return errno == ENOENT ? -ESRCH : -errno;
  ssize_t n = read (fd, text, sizeof text - 1);
  if (n < 0)
    return -errno;
  text[n] = '\0';
  /* proc(5): the files of a process that is not dumpable are root's. */
  return info.st_uid == uid && prof_owner_parse (text, uid) ? 0 : -EACCES;
}
