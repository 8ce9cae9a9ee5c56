/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/tracepoint.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

int
prof_tracefs_open (void)
{
  static const char *const paths[]
      = { "/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events" };
  int r = -ENOENT;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    int fd = open (paths[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
      return fd;
    if (errno != ENOENT)
      r = -errno;
  }
  return r;
}

int
prof_tracepoint_parse_id (const char *text, size_t n, uint64_t *ret)
{
  uint64_t id = 0;
  size_t i = 0;
  for (; i < n && isdigit ((unsigned char)text[i]); i++)
    if (__builtin_mul_overflow (id, 10, &id) || __builtin_add_overflow (id, text[i] - '0', &id))
      return -EBADMSG;
  if (i == 0 || (i < n && text[i] != '\n'))
    return -EBADMSG;
  *ret = id;
  return 0;
}

/* A part of a tracepoint's name is a C identifier, for some with dashes. */
static size_t
measure_word (const char *text, size_t n)
{
  size_t i = 0;
  while (i < n && (isalnum ((unsigned char)text[i]) || text[i] == '_' || text[i] == '-'))
    i++;
  return i;
}

static int
make_path (const char *name, size_t n, char *path, size_t n_bytes)
{
  size_t n_group = measure_word (name, n);
  if (n_group == 0 || n_group == n || name[n_group] != ':')
    return -EINVAL;
  const char *event = name + n_group + 1;
  size_t n_event = n - n_group - 1;
  if (n_event == 0 || measure_word (event, n_event) != n_event)
    return -EINVAL;
  int n_path = snprintf (path, n_bytes, "%.*s/%.*s/id", (int)n_group, name, (int)n_event, event);
  return n_path < 0 || (size_t)n_path >= n_bytes ? -EINVAL : 0;
}

int
prof_tracepoint_read_id (int events_fd, const char *name, size_t n, uint64_t *ret)
{
  char path[2 * NAME_MAX + sizeof "//id"], text[32];
  if (n > 2 * NAME_MAX)
    return -EINVAL;
  int r = make_path (name, n, path, sizeof path);
  if (r < 0)
    return r;
  cleanup (prof_close) int fd = openat (events_fd, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOTDIR ? -ENOENT : -errno;
  ssize_t n_read = read (fd, text, sizeof text);
  if (n_read < 0)
    return -errno;
  return prof_tracepoint_parse_id (text, (size_t)n_read, ret);
}

static DIR *
open_directory (int parent_fd, const char *name)
{
  cleanup (prof_close) int fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  DIR *dir = fdopendir (fd);
  if (dir != NULL)
    prof_steal_fd (&fd);
  return dir;
}

/* Beside the tracepoints lie files ("enable", "filter"): those are no directories. */
static bool
is_candidate (const struct dirent *entry)
{
  return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

/* A group has a directory without an id for some of its settings; only real events have one. */
static int
visit_group (DIR *group, const char *name, ProfTracepointFunc func, void *user_data)
{
  for (struct dirent *entry; (entry = readdir (group)) != NULL;) {
    char path[NAME_MAX + sizeof "/id"];
    struct stat status;
    if (!is_candidate (entry))
      continue;
    snprintf (path, sizeof path, "%s/id", entry->d_name);
    if (fstatat (dirfd (group), path, &status, 0) < 0)
      continue;
    int r = func (name, entry->d_name, user_data);
    if (r < 0)
      return r;
  }
  return 0;
}

int
prof_tracepoint_foreach (int events_fd, ProfTracepointFunc func, void *user_data)
{
  cleanup (prof_closedir) DIR *groups = open_directory (events_fd, ".");
  if (groups == NULL)
    return -errno;
  for (struct dirent *entry; (entry = readdir (groups)) != NULL;) {
    if (!is_candidate (entry))
      continue;
    cleanup (prof_closedir) DIR *group = open_directory (events_fd, entry->d_name);
    if (group == NULL)
      continue;
    int r = visit_group (group, entry->d_name, func, user_data);
    if (r < 0)
      return r;
  }
  return 0;
}
