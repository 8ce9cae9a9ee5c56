/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <prof/pprof.h>

#include "cleanup.h"
#include "message.h"
#include "text.h"

static const char *
get_advice (int error)
{
  switch (error) {
  case ENOENT:
    return _ (": make the directory first");
  case EACCES:
  case EPERM:
  case EROFS:
    return _ (": write where you may");
  case EISDIR:
    return _ (": name a file");
  case ENOSPC:
  case EDQUOT:
    return _ (": free some space, or write elsewhere");
  default:
    return "";
  }
}

int
report_write_failure (const char *path, int error)
{
  message ("can't write %s: %s%s", strcmp (path, "-") == 0 ? "standard output" : path,
           strerror (error), get_advice (error));
  return -1;
}

/* What this process has open already, whatever it is. */
static bool
is_own_file (const char *path)
{
  return strcmp (path, "/dev/stdout") == 0 || strcmp (path, "/dev/stderr") == 0
         || strncmp (path, "/dev/fd/", 8) == 0 || strncmp (path, "/proc/self/fd/", 14) == 0;
}

/* Where a file beside can't take the place: pipes, terminals, devices, open files. */
static bool
is_special (const char *path)
{
  struct stat status;
  return is_own_file (path)
         || (stat (path, &status) == 0 && !S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode));
}

/* 0 or an errno. */
static int
try_directory (const char *directory)
{
  cleanup (free) char *trial = NULL;
  if (asprintf (&trial, "%s/.prof-XXXXXX", directory) < 0) {
    trial = NULL;
    return ENOMEM;
  }
  cleanup (close) int fd = mkostemp (trial, O_CLOEXEC);
  if (fd < 0)
    return errno;
  unlink (trial);
  return 0;
}

int
check_output (const char *path)
{
  if (strcmp (path, "-") == 0) {
    if (!isatty (STDOUT_FILENO))
      return 0;
    message ("a profile is not for a terminal: redirect standard output, or name a file with -o");
    return -1;
  }
  if (is_special (path))
    return access (path, W_OK) < 0 ? report_write_failure (path, errno) : 0;
  struct stat status = { 0 };
  if (path[0] == '\0')
    return report_write_failure (_ ("a file without a name"), EINVAL);
  if (stat (path, &status) < 0 && errno != ENOENT)
    return report_write_failure (path, errno);
  if (S_ISDIR (status.st_mode))
    return report_write_failure (path, EISDIR);
  cleanup (free) char *copy = strdup (path);
  if (copy == NULL)
    return report_write_failure (path, ENOMEM);
  int error = path[strlen (path) - 1] == '/' ? EISDIR : try_directory (dirname (copy));
  return error != 0 ? report_write_failure (path, error) : 0;
}

int
save_profile (const ProfProfile *profile, const char *path)
{
  ProfError error = PROF_ERROR_INIT;
  bool is_stdout = strcmp (path, "-") == 0;
  if (is_stdout && check_output (path) < 0)
    return -1;
  int r = is_stdout ? prof_pprof_write (profile, STDOUT_FILENO, &error)
                    : prof_pprof_save (profile, path, &error);
  if (r < 0)
    fail (&error);
  return r < 0 ? -1 : 0;
}

/* Makes the file that will take the place of `path`, or of what it is a symbolic link to, with the
 * permissions of what is there. NULL with errno. */
static FILE *
open_beside (Output *output)
{
  output->target = realpath (output->path, NULL);
  if (output->target == NULL)
    output->target = strdup (output->path);
  if (output->target == NULL
      || asprintf (&output->beside, "%s.%d.tmp", output->target, (int)getpid ()) < 0) {
    output->beside = NULL;
    return NULL;
  }
  FILE *file = fopen (output->beside, "wxe");
  if (file == NULL) {
    free (output->beside);
    output->beside = NULL;
    return NULL;
  }
  struct stat status;
  if (stat (output->target, &status) == 0)
    fchmod (fileno (file), status.st_mode & 07777);
  return file;
}

int
output_open (Output *output, const char *path)
{
  *output = (Output){ .path = path };
  if (strcmp (path, "-") == 0)
    output->file = stdout;
  else if (is_special (path))
    output->file = fopen (path, "ae"); /* behind what a shell's ">>" found */
  else
    output->file = open_beside (output);
  return output->file != NULL ? 0 : report_write_failure (path, errno);
}

int
flush (FILE *file)
{
  if (fflush (file) != 0)
    return -errno;
  if (!ferror (file))
    return 0;
  /* The reason for an earlier failure is gone; one more write meets it again. */
  return putc ('\n', file) == EOF || fflush (file) != 0 ? -errno : -EIO;
}

int
output_commit (Output *output)
{
  int r = flush (output->file);
  if (r == 0 && output->beside != NULL
      && (fsync (fileno (output->file)) < 0 || rename (output->beside, output->target) < 0))
    r = -errno;
  if (r < 0) {
    report_write_failure (output->path, -r);
    output_clear (output);
    return -1;
  }
  free (output->beside);
  output->beside = NULL;
  output_clear (output);
  return 0;
}

void
output_clear (Output *output)
{
  if (output->file != NULL && output->file != stdout)
    fclose (output->file);
  if (output->beside != NULL)
    unlink (output->beside);
  free (output->beside);
  free (output->target);
  *output = (Output){ 0 };
}
