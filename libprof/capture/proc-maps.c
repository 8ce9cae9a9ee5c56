/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/proc-maps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/read-file.h"
#include "base/vec.h"

enum { MAX_MAPS_BYTES = 256 << 20 };

/* What is left of a line; `is_bad` once something was not as proc(5) says. */
typedef struct {
  const char *next, *end;
  bool is_bad;
} Line;

static unsigned
digit_value (char c)
{
  if (c >= '0' && c <= '9')
    return (unsigned)(c - '0');
  if (c >= 'a' && c <= 'f')
    return (unsigned)(c - 'a') + 10;
  return UINT_MAX;
}

static uint64_t
take_number (Line *line, unsigned base)
{
  uint64_t value = 0;
  const char *first = line->next;
  for (; line->next < line->end && digit_value (*line->next) < base; line->next++)
    if (__builtin_mul_overflow (value, base, &value)
        || __builtin_add_overflow (value, digit_value (*line->next), &value))
      line->is_bad = true;
  if (line->next == first)
    line->is_bad = true;
  return value;
}

static char
take_char (Line *line)
{
  if (line->next == line->end) {
    line->is_bad = true;
    return '\0';
  }
  return *line->next++;
}

static void
expect (Line *line, char wanted)
{
  if (take_char (line) != wanted)
    line->is_bad = true;
}

static uint32_t
take_device_part (Line *line)
{
  uint64_t part = take_number (line, 16);
  if (part > UINT32_MAX)
    line->is_bad = true;
  return (uint32_t)part;
}

/* The kernel writes a newline inside a name as \012, and nothing else that way. */
static void
take_filename (Line *line, char *filename, size_t size)
{
  while (line->next < line->end && *line->next == ' ')
    line->next++;
  size_t n = 0;
  while (line->next < line->end && n < size - 1) {
    bool is_escape = line->end - line->next >= 4 && memcmp (line->next, "\\012", 4) == 0;
    filename[n++] = is_escape ? '\n' : *line->next;
    line->next += is_escape ? 4 : 1;
  }
  filename[n] = '\0';
  if (line->next < line->end || strlen (filename) != n)
    line->is_bad = true;
}

static bool
strip_deleted (char *filename)
{
  static const char suffix[] = " (deleted)";
  size_t n = strlen (filename), n_suffix = sizeof suffix - 1;
  if (n <= n_suffix || strcmp (filename + n - n_suffix, suffix) != 0)
    return false;
  filename[n - n_suffix] = '\0';
  return true;
}

static bool
parse_line (
    const char *text, const char *end, char *filename, size_t filename_size, ProfProcMap *ret)
{
  Line line = { .next = text, .end = end };
  *ret = (ProfProcMap){ .filename = filename };
  ret->start = take_number (&line, 16);
  expect (&line, '-');
  ret->end = take_number (&line, 16);
  expect (&line, ' ');
  ret->is_readable = take_char (&line) == 'r';
  ret->is_writable = take_char (&line) == 'w';
  ret->is_executable = take_char (&line) == 'x';
  take_char (&line); /* private or shared */
  expect (&line, ' ');
  ret->offset = take_number (&line, 16);
  expect (&line, ' ');
  ret->device_major = take_device_part (&line);
  expect (&line, ':');
  ret->device_minor = take_device_part (&line);
  expect (&line, ' ');
  ret->inode = take_number (&line, 10);
  if (line.next < line.end)
    expect (&line, ' ');
  take_filename (&line, filename, filename_size);
  ret->is_deleted = strip_deleted (filename);
  return !line.is_bad && ret->start < ret->end;
}

int
prof_proc_maps_parse (const char *text, size_t n_bytes, ProfProcMapFunc func, void *user_data)
{
  char filename[PATH_MAX];
  int n_bad = 0;
  const char *end = text + n_bytes;
  while (text < end) {
    const char *newline = memchr (text, '\n', (size_t)(end - text));
    const char *line_end = newline != NULL ? newline : end;
    ProfProcMap map;
    if (parse_line (text, line_end, filename, sizeof filename, &map)) {
      int r = func (user_data, &map);
      if (r < 0)
        return r;
    } else if (n_bad < INT_MAX) {
      n_bad++;
    }
    text = newline != NULL ? newline + 1 : end;
  }
  return n_bad;
}

/* A process that is gone has no directory any more. */
static int
no_process (int error)
{
  return error == -ENOENT ? -ESRCH : error;
}

int
prof_proc_maps_read (pid_t pid, ProfProcMapFunc func, void *user_data)
{
  char path[64];
  snprintf (path, sizeof path, "/proc/%d/maps", pid);
  cleanup (prof_free) char *text = NULL;
  size_t n_bytes;
  int r = prof_read_file (path, MAX_MAPS_BYTES, &text, &n_bytes);
  if (r < 0)
    return no_process (r);
  return prof_proc_maps_parse (text, n_bytes, func, user_data);
}

int
prof_proc_read_comm (pid_t pid, pid_t tid, char *ret, size_t size)
{
  char path[64];
  snprintf (path, sizeof path, "/proc/%d/task/%d/comm", pid, tid);
  cleanup (prof_free) char *text = NULL;
  size_t n_bytes;
  int r = prof_read_file (path, PATH_MAX, &text, &n_bytes);
  if (r < 0)
    return no_process (r);
  text[strcspn (text, "\n")] = '\0';
  snprintf (ret, size, "%s", text);
  return 0;
}

static int
parse_tid (const char *name, pid_t *ret)
{
  char *end;
  errno = 0;
  long tid = strtol (name, &end, 10);
  if (errno != 0 || *end != '\0' || tid <= 0 || tid > INT_MAX)
    return -EINVAL;
  *ret = (pid_t)tid;
  return 0;
}

int
prof_proc_list_threads (pid_t pid, pid_t **ret_tids, size_t *ret_n)
{
  char path[64];
  snprintf (path, sizeof path, "/proc/%d/task", pid);
  cleanup (prof_closedir) DIR *dir = opendir (path);
  if (dir == NULL)
    return no_process (-errno);
  PROF_VEC (pid_t) tids = { 0 };
  for (struct dirent *entry; (entry = readdir (dir)) != NULL;) {
    pid_t tid;
    if (parse_tid (entry->d_name, &tid) == 0 && prof_vec_push (&tids, tid) < 0) {
      prof_vec_clear (&tids);
      return -ENOMEM;
    }
  }
  *ret_tids = tids.items;
  *ret_n = tids.n;
  return tids.n > 0 ? 0 : -ESRCH;
}
