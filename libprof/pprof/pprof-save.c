/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

enum { MAX_TRIES = 100 };

static int
fail (ProfError *reterr, int code, const char *path)
{
  const char *advice = prof_error_get_remedy (code);
  if (code == -ENOSPC || code == -EDQUOT)
    advice = _ (": free some space, or save elsewhere");
  else if (code == -ENOENT)
    advice = _ (": make the directory first");
  else if (code == -EACCES || code == -EPERM || code == -EROFS)
    advice = _ (": save where you may write");
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

/* A file without a name: whatever ends this process leaves nothing. Not
 * every file system has them; the answer EISDIR is an old kernel's. */
static int
open_nameless (const char *directory)
{
  int fd = open (directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  return fd >= 0 ? fd : errno == EISDIR ? -EOPNOTSUPP : -errno;
}

/* Links the nameless file `fd` as `beside`, or makes a new one if `fd` is -EOPNOTSUPP. */
static int
name_file (int fd, const char *beside)
{
  char link[32];
  if (fd < 0)
    return (fd = open (beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0 ? -errno : fd;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  return linkat (AT_FDCWD, link, AT_FDCWD, beside, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

/* Finds a name in the directory that is free, for name_file(). */
static int
name_beside (const char *directory, int fd, char **ret_path)
{
  uint64_t seed = prof_monotonic_ns () ^ (uint64_t)getpid () << 40;
  int r = -EEXIST;
  for (unsigned try = 0; try < MAX_TRIES && r == -EEXIST; try++) {
    char *beside;
    if (asprintf (&beside, "%s/.prof-%012llx.tmp", directory,
                  (unsigned long long)((seed + try) & 0xffffffffffff))
        < 0)
      return -ENOMEM;
    r = name_file (fd, beside);
    if (r >= 0)
      *ret_path = beside;
    else
      free (beside);
  }
  return r;
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
write_new (const ProfProfile *profile, const char *path, int fd)
{
  int r = copy_mode (path, fd);
  if (r == 0)
    r = prof_pprof_write (profile, fd, NULL);
  return r == 0 && fsync (fd) < 0 ? -errno : r;
}

static int
replace (const ProfProfile *profile, const char *path)
{
  cleanup (prof_free) char *beside = NULL, *copy = strdup (path);
  if (copy == NULL)
    return -ENOMEM;
  const char *directory = dirname (copy);
  cleanup (prof_close) int fd = open_nameless (directory);
  bool is_nameless = fd != -EOPNOTSUPP;
  if (!is_nameless)
    fd = name_beside (directory, -EOPNOTSUPP, &beside);
  if (fd < 0)
    return fd;
  int r = write_new (profile, path, fd);
  if (r == 0 && is_nameless)
    r = name_beside (directory, fd, &beside);
  if (r == 0 && rename (beside, path) < 0)
    r = -errno;
  if (r < 0 && beside != NULL)
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
