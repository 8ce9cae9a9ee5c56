/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "process-entry.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

/* -1: it can't be read. The text is NUL-terminated, and cut if it has no room. */
static ssize_t
read_file (int directory, const char *name, char *text, size_t size)
{
  cleanup (close) int fd = openat (directory, name, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read (fd, text, size - 1) : -1;
  text[n > 0 ? n : 0] = '\0';
  return n;
}

static uint64_t
ticks_to_ns (uint64_t ticks)
{
  return ticks * (1000000000 / (uint64_t)sysconf (_SC_CLK_TCK));
}

/* The name may have spaces and brackets of its own: the last one ends it. Of the times only those
 * of children are signed: proc(5). */
static bool
parse_stat (ProcessEntry *entry, char *stat)
{
  char *begin = strchr (stat, '('), *end = strrchr (stat, ')');
  if (begin == NULL || end == NULL || end < begin || sscanf (stat, "%u", &entry->pid) != 1)
    return false;
  uint64_t user, system, start, n_pages;
  int64_t children_user, children_system;
  int n = sscanf (end + 1,
                  " %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u"
                  " %" SCNu64 " %" SCNu64 " %" SCNd64 " %" SCNd64 " %*d %*d %*d %*d"
                  " %" SCNu64 " %*u %" SCNu64,
                  &entry->parent_pid, &user, &system, &children_user, &children_system, &start,
                  &n_pages);
  if (n != 7)
    return false;
  *end = '\0';
  snprintf (entry->name, sizeof entry->name, "%s", begin + 1);
  entry->start_ns = ticks_to_ns (start);
  entry->cpu_ns = ticks_to_ns (user + system);
  entry->children_ns = ticks_to_ns ((uint64_t)(children_user > 0 ? children_user : 0)
                                    + (uint64_t)(children_system > 0 ? children_system : 0));
  entry->rss_bytes = n_pages * (uint64_t)sysconf (_SC_PAGESIZE);
  return true;
}

static void
join_words (char *words, ssize_t n)
{
  while (n > 0 && words[n - 1] == '\0')
    n--;
  for (ssize_t i = 0; i < n; i++)
    if (words[i] == '\0' || words[i] == '\n')
      words[i] = ' ';
}

static void
find_user (ProcessEntry *entry, uid_t uid)
{
  char text[4096];
  struct passwd user, *found = NULL;
  if (getpwuid_r (uid, &user, text, sizeof text, &found) == 0 && found != NULL)
    snprintf (entry->user, sizeof entry->user, "%s", user.pw_name);
  else
    snprintf (entry->user, sizeof entry->user, "%u", (unsigned)uid);
}

bool
process_entry_read (ProcessEntry *entry, const char *pid)
{
  char path[64], stat[1024];
  struct stat status;
  snprintf (path, sizeof path, "/proc/%s", pid);
  cleanup (close) int directory = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  *entry = (ProcessEntry){ 0 };
  if (directory < 0 || fstat (directory, &status) < 0
      || read_file (directory, "stat", stat, sizeof stat) < 0 || !parse_stat (entry, stat))
    return false;
  find_user (entry, status.st_uid);
  join_words (entry->command_line,
              read_file (directory, "cmdline", entry->command_line, sizeof entry->command_line));
  return true;
}
