/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* Files that may be lost at any time, in a directory that is this user's alone. Several programs
 * may use it at once. Zero-initialized is not valid: open it. */
typedef struct {
  int fd; /* -1: there is no cache, nothing is found and nothing kept */
} ProfCacheDirectory;

/* Makes the directory, and those above it. -EPERM: it is another user's, or others may write there.
 * On failure there is no cache. */
int prof_cache_directory_open (ProfCacheDirectory *cache, const char *path);
void prof_cache_directory_close (ProfCacheDirectory *cache);

/* The contents as they were kept; free(*ret_bytes), which is aligned as malloc's. -ENOENT;
 * -EBADMSG: the file is damaged, or of another version. */
int prof_cache_directory_read (const ProfCacheDirectory *cache,
                               const char *name,
                               char **ret_bytes,
                               size_t *ret_n_bytes);

/* Replaces the file at once, so that readers see the old or the new one; the files that were not
 * used for the longest time go when all together take too much. 0 or negative errno. */
int prof_cache_directory_write (const ProfCacheDirectory *cache,
                                const char *name,
                                const void *bytes,
                                size_t n_bytes);
