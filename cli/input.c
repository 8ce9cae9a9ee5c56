/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"

/* Stacks are text. A pprof file begins with gzip's magic, or with the tag of its first field, which
 * is a control character for every field below 4. */
static bool
looks_collapsed (int fd)
{
  unsigned char first;
  return pread (fd, &first, 1, 0) == 1 && first >= ' ' && first != 0x7f;
}

static int
read_from (int fd, InputFormat format, ProfProfile **ret, ProfError *reterr)
{
  if (format == INPUT_COLLAPSED || (format == INPUT_ANY && looks_collapsed (fd)))
    return prof_collapsed_read (fd, ret, reterr);
  return prof_pprof_read (fd, ret, reterr);
}

int
read_profile (const char *path, InputFormat format, ProfProfile **ret)
{
  bool is_stdin = strcmp (path, "-") == 0;
  cleanup (close) int file = is_stdin ? -1 : open (path, O_RDONLY | O_CLOEXEC);
  if (!is_stdin && file < 0) {
    message ("can't open %s: %s", path, strerror (errno));
    return -1;
  }
  ProfError error = PROF_ERROR_INIT;
  if (read_from (is_stdin ? STDIN_FILENO : file, format, ret, &error) == 0)
    return 0;
  fail_about (is_stdin ? "standard input" : path, &error);
  return -1;
}

static bool
is_newer (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

int
find_newest_profile (char **ret)
{
  glob_t found;
  if (glob ("prof*.pb.gz", 0, NULL, &found) != 0)
    return -ENOENT;
  const char *newest = NULL;
  struct timespec newest_time = { 0 };
  for (size_t i = 0; i < found.gl_pathc; i++) {
    struct stat status;
    if (stat (found.gl_pathv[i], &status) < 0 || !S_ISREG (status.st_mode))
      continue;
    if (newest != NULL && !is_newer (&status.st_mtim, &newest_time))
      continue;
    newest = found.gl_pathv[i];
    newest_time = status.st_mtim;
  }
  *ret = newest != NULL ? strdup (newest) : NULL;
  globfree (&found);
  return *ret != NULL ? 0 : -ENOENT;
}

static void
report_unknown_type (const ProfProfile *profile, const char *name)
{
  char names[256] = "";
  size_t n_types, length = 0;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n_types);
  for (size_t i = 0; i < n_types && length < sizeof names; i++)
    length += (size_t)snprintf (names + length, sizeof names - length, "%s%s", i > 0 ? ", " : "",
                                prof_profile_get_string (profile, types[i].type));
  message ("the profile has no sample type '%s'; it has %s", name, n_types > 0 ? names : "none");
}

int
choose_value_type (const ProfProfile *profile, const char *name)
{
  int type = name != NULL ? prof_profile_find_value_type (profile, name)
                          : prof_profile_get_default_value_type (profile);
  if (type >= 0)
    return type;
  if (name != NULL)
    report_unknown_type (profile, name);
  else
    message ("the profile has no sample type, so there is nothing to show");
  return -1;
}
