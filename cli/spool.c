/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "command.h"
#include "message.h"

#define SUFFIX ".pb.gz"

/* Tries until others are tried as well, and those among them that must have failed right after. */
enum { MAX_FAILED = 3, MAX_OVERTAKEN = 3 };

/* ---- files ---- */

static char *
make_path (const Spool *spool, uint64_t number, const char *suffix)
{
  char *path;
  int n = asprintf (&path, "%s/%020" PRIu64 "%s", spool->directory, number, suffix);
  return n < 0 ? NULL : path;
}

char *
spool_get_path (const Spool *spool, uint64_t number)
{
  return make_path (spool, number, SUFFIX);
}

/* False: not a name that a spool gives. */
static bool
parse_name (const char *name, uint64_t *ret)
{
  char *end;
  if (strspn (name, "0123456789") != 20)
    return false;
  errno = 0;
  *ret = strtoull (name, &end, 10);
  return errno == 0 && *ret < UINT64_MAX && strcmp (end, SUFFIX) == 0;
}

/* The size of the file, or a negative errno. */
static int64_t
get_size (const Spool *spool, uint64_t number)
{
  cleanup (free) char *path = spool_get_path (spool, number);
  struct stat status;
  if (path == NULL)
    return -ENOMEM;
  if (lstat (path, &status) < 0)
    return -errno;
  return S_ISREG (status.st_mode) ? status.st_size : -EINVAL;
}

static void
delete_file (const Spool *spool, uint64_t number)
{
  cleanup (free) char *path = spool_get_path (spool, number);
  if (path != NULL && unlink (path) < 0 && errno != ENOENT)
    message ("can't delete %s: %s", path, strerror (errno));
}

/* ---- entries ---- */

static int
push (Spool *spool, uint64_t number, uint64_t n_bytes)
{
  if (spool->n == spool->n_allocated) {
    size_t n = spool->n_allocated * 2 + 16;
    SpoolEntry *grown = reallocarray (spool->entries, n, sizeof *grown);
    if (grown == NULL)
      return -ENOMEM;
    spool->entries = grown;
    spool->n_allocated = n;
  }
  spool->entries[spool->n++] = (SpoolEntry){ .number = number, .n_bytes = n_bytes };
  spool->n_bytes += n_bytes;
  return 0;
}

/* The index of the entry in use; there is one. */
static size_t
find_in_use (const Spool *spool)
{
  size_t i = 0;
  while (!spool->entries[i].is_in_use)
    i++;
  return i;
}

static void
forget (Spool *spool, size_t i)
{
  spool->n_bytes -= spool->entries[i].n_bytes;
  memmove (spool->entries + i, spool->entries + i + 1, (--spool->n - i) * sizeof *spool->entries);
}

bool
spool_drop_oldest (Spool *spool)
{
  size_t i = spool->n > 0 && spool->entries[0].is_in_use;
  if (i >= spool->n)
    return false;
  delete_file (spool, spool->entries[i].number);
  forget (spool, i);
  spool->n_dropped++;
  return true;
}

static void
limit (Spool *spool)
{
  while (spool->n_bytes > spool->max_bytes && spool_drop_oldest (spool))
    continue;
}

uint64_t
spool_number (Spool *spool)
{
  return spool->next_number++;
}

int
spool_add (Spool *spool, uint64_t number)
{
  int64_t n_bytes = get_size (spool, number);
  if (n_bytes < 0)
    return (int)n_bytes;
  int r = push (spool, number, (uint64_t)n_bytes);
  limit (spool);
  return r;
}

const SpoolEntry *
spool_take (Spool *spool)
{
  if (spool->n == 0)
    return NULL;
  bool is_doubted = spool->entries[0].n_failed >= MAX_FAILED && spool->n > 1;
  spool->has_tried_newest = is_doubted && !spool->has_tried_newest;
  SpoolEntry *entry = &spool->entries[spool->has_tried_newest ? spool->n - 1 : 0];
  entry->is_in_use = true;
  return entry;
}

void
spool_remove (Spool *spool)
{
  size_t i = find_in_use (spool);
  delete_file (spool, spool->entries[i].number);
  forget (spool, i);
}

void
spool_keep (Spool *spool)
{
  spool->entries[find_in_use (spool)].is_in_use = false;
  spool->was_taken = false;
  limit (spool);
}

void
spool_succeed (Spool *spool)
{
  spool_remove (spool);
  spool->was_taken = true;
}

bool
spool_fail (Spool *spool)
{
  SpoolEntry *entry = &spool->entries[find_in_use (spool)];
  entry->n_failed++;
  entry->n_overtaken += spool->was_taken;
  bool is_hopeless = entry->n_overtaken >= MAX_OVERTAKEN;
  if (is_hopeless)
    spool_remove (spool);
  else
    spool_keep (spool);
  return is_hopeless;
}

void
spool_set_aside (Spool *spool)
{
  size_t i = find_in_use (spool);
  cleanup (free) char *path = spool_get_path (spool, spool->entries[i].number);
  cleanup (free) char *aside = make_path (spool, spool->entries[i].number, ".damaged");
  if (path != NULL && aside != NULL && rename (path, aside) == 0)
    message ("%s can't be sent: it is kept as %s", path, aside);
  forget (spool, i);
}

/* ---- life ---- */

static int
compare_entries (const void *a, const void *b)
{
  uint64_t x = ((const SpoolEntry *)a)->number, y = ((const SpoolEntry *)b)->number;
  return (x > y) - (x < y);
}

/* Whatever it is that has such a name, no profile gets the same. */
static int
add_found (Spool *spool, const char *name)
{
  uint64_t number;
  if (!parse_name (name, &number))
    return 0;
  if (number >= spool->next_number)
    spool->next_number = number + 1;
  int64_t n_bytes = get_size (spool, number);
  return n_bytes >= 0 ? push (spool, number, (uint64_t)n_bytes) : 0;
}

static int
scan (Spool *spool)
{
  DIR *directory = opendir (spool->directory);
  if (directory == NULL)
    return -errno;
  int r = 0;
  for (struct dirent *entry; r == 0 && (entry = readdir (directory)) != NULL;)
    r = add_found (spool, entry->d_name);
  closedir (directory);
  if (spool->n > 0)
    qsort (spool->entries, spool->n, sizeof *spool->entries, compare_entries);
  limit (spool);
  return r;
}

static int
lock (Spool *spool)
{
  if (mkdir (spool->directory, 0700) < 0 && errno != EEXIST)
    return -errno;
  spool->lock_fd = open (spool->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (spool->lock_fd < 0 || flock (spool->lock_fd, LOCK_EX | LOCK_NB) < 0
      || faccessat (AT_FDCWD, spool->directory, W_OK | X_OK, AT_EACCESS) < 0)
    return -errno;
  return 0;
}

int
spool_open (Spool *spool, const char *directory, uint64_t max_bytes)
{
  *spool = (Spool){ .directory = strdup (directory), .lock_fd = -1, .max_bytes = max_bytes };
  int r = spool->directory != NULL ? lock (spool) : -ENOMEM;
  if (r == 0)
    r = scan (spool);
  if (r == 0)
    return STATUS_OK;
  message ("can't keep profiles in %s: %s", directory,
           r == -EWOULDBLOCK ? "another agent does; name another directory with --spool"
                             : strerror (-r));
  return STATUS_FAILURE;
}

void
spool_close (Spool *spool)
{
  if (spool->directory != NULL && spool->lock_fd >= 0)
    close (spool->lock_fd);
  free (spool->directory);
  free (spool->entries);
  *spool = (Spool){ .lock_fd = -1 };
}
