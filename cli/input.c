/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <prof/otlp.h>

#include "message.h"
#include "text.h"

/* The first bytes of a file, or those that are in a pipe, where they stay. */
static size_t
peek (int fd, unsigned char *bytes, size_t size)
{
  ssize_t n = pread (fd, bytes, size, 0);
  int ends[2];
  if (n >= 0 || errno != ESPIPE || pipe2 (ends, O_CLOEXEC) < 0)
    return n < 0 ? 0 : (size_t)n;
  n = tee (fd, ends[1], size, 0);
  if (n > 0)
    n = read (ends[0], bytes, (size_t)n);
  close (ends[0]);
  close (ends[1]);
  return n < 0 ? 0 : (size_t)n;
}

/* Stacks are text. A pprof file begins with gzip's magic, or with the tag of its first field, which
 * is a control character for every field below 4. */
static InputFormat
find_format (int fd, InputFormat format)
{
  unsigned char bytes[512];
  if (format != INPUT_ANY && format != INPUT_PROFILE)
    return format;
  size_t n = peek (fd, bytes, sizeof bytes);
  if (prof_otlp_is_dump (bytes, n))
    return INPUT_OTLP;
  bool is_text = format == INPUT_ANY && n > 0 && bytes[0] >= ' ' && bytes[0] != 0x7f;
  return is_text ? INPUT_COLLAPSED : INPUT_PPROF;
}

/* A collector gets a long recording in parts, each with the time of the whole. */
static int
merge_part (ProfProfile *sum, const ProfProfile *part, ProfError *reterr)
{
  int64_t time_ns = prof_profile_get_time_ns (sum);
  int64_t duration_ns = prof_profile_get_duration_ns (sum);
  bool is_same_time = prof_profile_get_time_ns (part) == time_ns
                      && prof_profile_get_duration_ns (part) == duration_ns;
  int r = prof_profile_merge (sum, part, reterr);
  if (r == 0 && is_same_time)
    prof_profile_set_time (sum, time_ns, duration_ns);
  return r;
}

/* Of the profiles of a dump, those of the first one's kind. */
static int
merge_dump (const char *path, ProfProfile **profiles, size_t n, ProfError *reterr)
{
  size_t n_other = 0;
  for (size_t i = 1; i < n; i++) {
    int r = merge_part (profiles[0], profiles[i], reterr);
    if (r < 0 && r != -EINVAL)
      return r;
    n_other += r == -EINVAL;
  }
  if (n_other > 0)
    message ("%s: %zu of its %zu profiles have other sample types than the first one and are left "
             "out",
             path, n_other, n);
  return 0;
}

static int
read_dump (int fd, const char *path, ProfProfile **ret, ProfError *reterr)
{
  ProfProfile **profiles;
  size_t n;
  int r = prof_otlp_read (fd, &profiles, &n, reterr);
  if (r < 0)
    return r;
  r = merge_dump (path, profiles, n, reterr);
  if (r == 0) {
    *ret = profiles[0];
    profiles[0] = NULL;
  }
  prof_profiles_free (profiles, n);
  return r;
}

static int
read_from (int fd, const char *path, InputFormat format, ProfProfile **ret, ProfError *reterr)
{
  switch (find_format (fd, format)) {
  case INPUT_COLLAPSED:
    return prof_collapsed_read (fd, ret, reterr);
  case INPUT_OTLP:
    return read_dump (fd, path, ret, reterr);
  default:
    return prof_pprof_read (fd, ret, reterr);
  }
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
  const char *name = is_stdin ? _ ("standard input") : path;
  if (read_from (is_stdin ? STDIN_FILENO : file, name, format, ret, &error) == 0)
    return 0;
  fail_about (name, &error);
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
  message ("the profile has no sample type '%s'; it has %s", name,
           n_types > 0 ? names : _ ("none"));
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
