/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"

enum { MAX_TRIES = 100 };

static int
fail (ProfError *reterr, int code, const char *path)
{
  const char *advice = "";
  if (code == -ENOSPC || code == -EDQUOT)
    advice = ": free some space, or save elsewhere";
  else if (code == -ENOENT)
    advice = ": make the directory first";
  else if (code == -EACCES || code == -EPERM || code == -EROFS)
    advice = ": save where you may write";
  return prof_error_set (reterr, code, "Can't save the profile as %s: %s%s.", path,
                         strerror (-code), advice);
}

/* The descriptor that a path like /dev/stdout means, or -1. Opening the path instead would start
 * again at the front of a file that the shell appends to. */
static int
parse_own_fd (const char *path)
{
  int fd, n_used = 0;
  if (strcmp (path, "/dev/stdout") == 0)
    return STDOUT_FILENO;
  if (strcmp (path, "/dev/stderr") == 0)
    return STDERR_FILENO;
  if ((sscanf (path, "/dev/fd/%d%n", &fd, &n_used) == 1
       || sscanf (path, "/proc/self/fd/%d%n", &fd, &n_used) == 1)
      && path[n_used] == '\0')
    return fd;
  return -1;
}

/* Pipes, terminals and /dev/null: nothing that a file could replace. */
static bool
is_special (const char *path)
{
  struct stat status;
  return stat (path, &status) == 0 && !S_ISREG (status.st_mode);
}

static int
save_directly (const ProfProfile *profile, const char *path, ProfError *reterr)
{
  cleanup (prof_close) int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return fail (reterr, -errno, path);
  int r = prof_pprof_write (profile, fd, NULL);
  return r < 0 ? fail (reterr, r, path) : 0;
}

/* A new file beside `path`. */
static int
open_beside (const char *path, char **ret_path)
{
  uint64_t seed = prof_monotonic_ns () ^ (uint64_t)getpid () << 40;
  for (unsigned try = 0; try < MAX_TRIES; try++) {
    cleanup (prof_free) char *beside = NULL;
    if (asprintf (&beside, "%s.%012llx.tmp", path,
                  (unsigned long long)((seed + try) & 0xffffffffffff))
        < 0) {
      beside = NULL;
      return -ENOMEM;
    }
    int fd = open (beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0)
      *ret_path = steal (&beside);
    if (fd >= 0 || errno != EEXIST)
      return fd >= 0 ? fd : -errno;
  }
  return -EEXIST;
}

/* What replaces a file has the same permissions. */
static int
copy_mode (const char *path, int fd)
{
  struct stat status;
  if (stat (path, &status) < 0)
    return 0;
  return fchmod (fd, status.st_mode & 07777) < 0 ? -errno : 0;
}

static int
replace (const ProfProfile *profile, const char *path)
{
  cleanup (prof_free) char *beside = NULL;
  cleanup (prof_close) int fd = open_beside (path, &beside);
  if (fd < 0)
    return fd;
  int r = copy_mode (path, fd);
  if (r == 0)
    r = prof_pprof_write (profile, fd, NULL);
  if (r == 0 && (fsync (fd) < 0 || rename (beside, path) < 0))
    r = -errno;
  if (r < 0)
    unlink (beside);
  return r;
}

int
prof_pprof_save (const ProfProfile *profile, const char *path, ProfError *reterr)
{
  if (profile == NULL || path == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_pprof_save: profile or path is NULL.");
  int own_fd = parse_own_fd (path);
  if (own_fd >= 0) {
    int r = prof_pprof_write (profile, own_fd, NULL);
    return r < 0 ? fail (reterr, r, path) : 0;
  }
  if (is_special (path))
    return save_directly (profile, path, reterr);
  /* What a symbolic link names is replaced, not the link. */
  cleanup (prof_free) char *target = realpath (path, NULL);
  int r = replace (profile, target != NULL ? target : path);
  return r < 0 ? fail (reterr, r, path) : 0;
}
