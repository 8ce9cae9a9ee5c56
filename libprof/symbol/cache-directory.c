/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/cache-directory.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/read-file.h"
#include "base/vec.h"
#include "base/write-all.h"

#define MAX_FILE_BYTES ((size_t)32 << 20)
#define MAX_ALL_BYTES ((uint64_t)128 << 20)

/* A file that was used is marked so at most this often. */
enum { MARK_SECONDS = 3600 };

/* Before the contents. The magic changes with whatever the contents mean. */
typedef struct {
  char magic[8];
  uint64_t hash; /* of the contents */
} Header;

static const char magic[8] = { 'p', 'r', 'o', 'f', 's', 'y', 'm', '1' };

/* ---- the directory ---- */

static int
make_directories (const char *path)
{
  char part[PATH_MAX];
  size_t n = strlen (path);
  if (n >= sizeof part)
    return -ENAMETOOLONG;
  memcpy (part, path, n + 1);
  for (char *slash = strchr (part + 1, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    *slash = '\0';
    mkdir (part, 0700);
    *slash = '/';
  }
  return mkdir (part, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

/* Names that another user could choose would be believed. */
static bool
is_ours (const struct stat *status)
{
  return status->st_uid == geteuid () && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int
prof_cache_directory_open (ProfCacheDirectory *cache, const char *path)
{
  cache->fd = -1;
  int r = make_directories (path);
  if (r < 0)
    return r;
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat status;
  if (fd < 0 || fstat (fd, &status) < 0)
    return -errno;
  if (!is_ours (&status))
    return -EPERM;
  cache->fd = prof_steal_fd (&fd);
  return 0;
}

void
prof_cache_directory_close (ProfCacheDirectory *cache)
{
  prof_close_p (&cache->fd);
  cache->fd = -1;
}

/* ---- reading ---- */

static void
mark_as_used (int fd, const struct stat *status)
{
  if (time (NULL) - status->st_mtime > MARK_SECONDS)
    futimens (fd, NULL);
}

static int
check (char *bytes, size_t n_bytes)
{
  Header header;
  if (n_bytes < sizeof header)
    return -EBADMSG;
  memcpy (&header, bytes, sizeof header);
  size_t n = n_bytes - sizeof header;
  if (memcmp (header.magic, magic, sizeof magic) != 0
      || header.hash != prof_hash_bytes (0, bytes + sizeof header, n))
    return -EBADMSG;
  memmove (bytes, bytes + sizeof header, n);
  return 0;
}

int
prof_cache_directory_read (const ProfCacheDirectory *cache,
                           const char *name,
                           char **ret_bytes,
                           size_t *ret_n_bytes)
{
  cleanup (prof_close) int fd
      = openat (cache->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat status;
  if (fd < 0 || fstat (fd, &status) < 0)
    return -errno;
  if (!S_ISREG (status.st_mode) || !is_ours (&status))
    return -EBADMSG;
  cleanup (prof_free) char *bytes = NULL;
  size_t n_bytes;
  int r = prof_read_fd (fd, MAX_FILE_BYTES, &bytes, &n_bytes);
  if (r < 0 || (r = check (bytes, n_bytes)) < 0)
    return r;
  mark_as_used (fd, &status);
  *ret_bytes = steal (&bytes);
  *ret_n_bytes = n_bytes - sizeof (Header);
  return 0;
}

/* ---- making room ---- */

typedef struct {
  char name[NAME_MAX + 1];
  uint64_t n_bytes;
  struct timespec used;
} File;

typedef PROF_VEC (File) Files;

static int
compare_use (const void *a, const void *b)
{
  const struct timespec *x = &((const File *)a)->used, *y = &((const File *)b)->used;
  if (x->tv_sec != y->tv_sec)
    return x->tv_sec < y->tv_sec ? -1 : 1;
  return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static DIR *
open_list (const ProfCacheDirectory *cache)
{
  cleanup (prof_close) int fd = openat (cache->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
  if (directory != NULL)
    prof_steal_fd (&fd);
  return directory;
}

/* Returns the bytes of all. */
static uint64_t
list_files (const ProfCacheDirectory *cache, Files *files)
{
  cleanup (prof_closedir) DIR *directory = open_list (cache);
  uint64_t sum = 0;
  const struct dirent *entry;
  while (directory != NULL && (entry = readdir (directory)) != NULL) {
    struct stat status;
    if (fstatat (cache->fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0
        || !S_ISREG (status.st_mode))
      continue;
    File file = { .n_bytes = (uint64_t)status.st_size, .used = status.st_mtim };
    snprintf (file.name, sizeof file.name, "%s", entry->d_name);
    if (prof_vec_push (files, file) < 0)
      break;
    sum += file.n_bytes;
  }
  return sum;
}

static void
make_room (const ProfCacheDirectory *cache)
{
  Files files = { 0 };
  uint64_t sum = list_files (cache, &files);
  if (sum > MAX_ALL_BYTES) {
    qsort (files.items, files.n, sizeof *files.items, compare_use);
    for (size_t i = 0; i < files.n && sum > MAX_ALL_BYTES / 4 * 3; i++)
      if (unlinkat (cache->fd, files.items[i].name, 0) == 0)
        sum -= files.items[i].n_bytes;
  }
  prof_vec_clear (&files);
}

/* ---- writing ---- */

static int
write_contents (int fd, const void *bytes, size_t n_bytes)
{
  Header header = { .hash = prof_hash_bytes (0, bytes, n_bytes) };
  memcpy (header.magic, magic, sizeof magic);
  int r = prof_write_all (fd, &header, sizeof header);
  return r < 0 ? r : prof_write_all (fd, bytes, n_bytes);
}

/* What a crash cuts short has another checksum: there is no need to wait for the disk. */
int
prof_cache_directory_write (const ProfCacheDirectory *cache,
                            const char *name,
                            const void *bytes,
                            size_t n_bytes)
{
  if (cache->fd < 0 || n_bytes > MAX_FILE_BYTES - sizeof (Header))
    return cache->fd < 0 ? -ENOENT : -EFBIG;
  char new_name[NAME_MAX + 1];
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  int n = snprintf (new_name, sizeof new_name, ".%s.%d.%ld", name, (int)getpid (), now.tv_nsec);
  if (n >= (int)sizeof new_name)
    return -ENAMETOOLONG;
  cleanup (prof_close) int fd
      = openat (cache->fd, new_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return -errno;
  int r = write_contents (fd, bytes, n_bytes);
  if (r == 0 && renameat (cache->fd, new_name, cache->fd, name) < 0)
    r = -errno;
  if (r < 0)
    unlinkat (cache->fd, new_name, 0);
  else
    make_room (cache);
  return r;
}
