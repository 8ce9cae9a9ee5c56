/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-perfmap.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/read-file.h"
#include "symbol/open-file.h"

#define MAX_TEXT_BYTES ((size_t)256 << 20)
#define MAX_STATUS_BYTES ((size_t)64 << 10)

/* Who a process is to those who look from outside and from inside its PID namespace. */
typedef struct {
  uid_t user;
  pid_t inner_pid;
} Identity;

static bool
parse_line (char *line, uint64_t *ret_start, uint64_t *ret_size, char **ret_name)
{
  char *end;
  *ret_start = strtoull (line, &end, 16);
  if (end == line || *end != ' ')
    return false;
  char *size = end;
  *ret_size = strtoull (size, &end, 16);
  if (end == size || end[0] != ' ' || end[1] == '\0')
    return false;
  *ret_name = end + 1;
  return *ret_size <= UINT64_MAX - *ret_start;
}

int
prof_perf_map_parse (ProfPerfMap *map, char *text, size_t n_bytes)
{
  map->text = text;
  if (n_bytes > MAX_TEXT_BYTES)
    return -EFBIG;
  for (char *line = text, *next; line != NULL; line = next) {
    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    uint64_t start, size;
    char *name;
    if (!parse_line (line, &start, &size, &name))
      continue;
    int r = prof_range_map_add (&map->map, start, start + size, (uint32_t)(name - text));
    if (r < 0)
      return r;
  }
  return prof_range_map_finish (&map->map);
}

/* "Uid:" holds the real, effective, saved and file system's user; "NSpid:" the PID in each
 * namespace from ours to the innermost. */
static int
read_identity (pid_t pid, Identity *ret)
{
  char path[32];
  snprintf (path, sizeof path, "/proc/%d/status", (int)pid);
  cleanup (prof_free) char *text = NULL;
  size_t n_bytes;
  int r = prof_read_file (path, MAX_STATUS_BYTES, &text, &n_bytes);
  if (r < 0)
    return r;
  const char *uid = strstr (text, "\nUid:"), *pids = strstr (text, "\nNSpid:");
  unsigned user;
  if (uid == NULL || sscanf (uid, "\nUid: %*u %u", &user) != 1)
    return -EBADMSG;
  *ret = (Identity){ user, pid };
  if (pids == NULL)
    return 0;
  pids += strlen ("\nNSpid:");
  const char *innermost = pids;
  for (const char *p = pids; *p != '\n' && *p != '\0'; p++)
    if (*p == '\t')
      innermost = p;
  ret->inner_pid = (pid_t)strtol (innermost, NULL, 10);
  return 0;
}

static int
open_map (pid_t root_of, pid_t pid, uid_t user)
{
  char path[64];
  snprintf (path, sizeof path, "/tmp/perf-%d.map", (int)pid);
  cleanup (prof_close) int fd = prof_open_file (root_of, path);
  if (fd < 0)
    return fd;
  struct stat status;
  if (fstat (fd, &status) < 0)
    return -errno;
  return status.st_uid == 0 || status.st_uid == user ? prof_steal_fd (&fd) : -EPERM;
}

/* Of a process that has ended the user is not known any more: then only our own files and root's
 * are believed. */
static int
find_map (pid_t pid)
{
  Identity identity;
  if (read_identity (pid, &identity) < 0)
    return open_map (0, pid, geteuid ());
  int fd = open_map (pid, identity.inner_pid, identity.user);
  return fd == -ENOENT || fd == -EACCES ? open_map (0, pid, identity.user) : fd;
}

int
prof_perf_map_read (ProfPerfMap *map, pid_t pid)
{
  cleanup (prof_close) int fd = find_map (pid);
  if (fd < 0)
    return fd;
  char *text;
  size_t n_bytes;
  int r = prof_read_fd (fd, MAX_TEXT_BYTES, &text, &n_bytes);
  return r < 0 ? r : prof_perf_map_parse (map, text, n_bytes);
}

void
prof_perf_map_finish (ProfPerfMap *map)
{
  free (map->text);
  prof_vec_clear (&map->map.ranges);
  *map = (ProfPerfMap){ 0 };
}

const char *
prof_perf_map_find (const ProfPerfMap *map, uint64_t address)
{
  uint32_t offset = prof_range_map_find (&map->map, address);
  return offset != PROF_RANGE_NONE ? map->text + offset : NULL;
}
