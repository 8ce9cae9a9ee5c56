/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/module-open.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"

/* How surely a file is the mapped one. On overlayfs and btrfs, stat and the mapping name different
 * devices for one file, and with overlayfs' xino different inodes too. */
typedef enum {
  MATCH_NONE, /* same device, other inode: replaced */
  MATCH_FOREIGN,
  MATCH_INODE,
  MATCH_EXACT,
} Match;

static Match
compare (const ProfModuleKey *key, const struct stat *file)
{
  bool is_inode_same = file->st_ino == key->inode;
  bool is_device_same
      = major (file->st_dev) == key->device_major && minor (file->st_dev) == key->device_minor;
  if (key->inode == 0)
    return key->is_deleted ? MATCH_NONE : MATCH_EXACT;
  if (is_inode_same && is_device_same)
    return MATCH_EXACT;
  if (key->is_deleted || is_device_same)
    return MATCH_NONE;
  return is_inode_same ? MATCH_INODE : MATCH_FOREIGN;
}

/* The stat before keeps devices from being opened, which can have effects; the one after is that of
 * the file that was opened. */
static int
open_regular (const char *path, struct stat *ret_file)
{
  if (stat (path, ret_file) < 0)
    return -errno;
  if (!S_ISREG (ret_file->st_mode))
    return -EINVAL;
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat (fd, ret_file) < 0)
    return -errno;
  return S_ISREG (ret_file->st_mode) ? prof_steal_fd (&fd) : -EINVAL;
}

typedef struct {
  const ProfModuleKey *key;
  Match match;
  int fd; /* of the best file yet, or the first error that says more than ENOENT */
} Search;

/* `lowest`: the match that is good enough for a file found under this path. */
static void
consider (Search *search, const char *path, Match lowest)
{
  struct stat file;
  cleanup (prof_close) int fd = open_regular (path, &file);
  Match match = fd >= 0 ? compare (search->key, &file) : MATCH_NONE;
  if (match < lowest || match <= search->match) {
    if (search->fd == -ENOENT && (fd < 0 || lowest < MATCH_EXACT))
      search->fd = fd < 0 ? fd : -ESTALE;
    return;
  }
  if (search->fd >= 0)
    close (search->fd);
  search->fd = prof_steal_fd (&fd);
  search->match = match;
}

int
prof_module_open_file (pid_t pid, const ProfModuleKey *key, uint64_t start, uint64_t limit)
{
  char path[PATH_MAX + 32];
  Search search = { .key = key, .match = MATCH_NONE, .fd = -ENOENT };
  snprintf (path, sizeof path, "/proc/%d/root%s", pid, key->path);
  consider (&search, path, MATCH_FOREIGN);
  if (search.match < MATCH_EXACT && key->inode != 0) {
    snprintf (path, sizeof path, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, start, limit);
    consider (&search, path, MATCH_INODE);
  }
  if (search.match < MATCH_EXACT && key->inode != 0) {
    snprintf (path, sizeof path, "/proc/%d/exe", pid);
    consider (&search, path, MATCH_EXACT);
  }
  if (search.match < MATCH_EXACT)
    consider (&search, key->path, MATCH_INODE);
  return search.fd;
}
