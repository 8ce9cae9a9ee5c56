/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/memory.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "elf/program.h"

/* Of "#!" lines that lead to each other (binfmt_script). */
enum { MAX_INTERPRETERS = 5 };

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
#endif

/* The file that a command name means. False: execvp(3) will say what is wrong with it. */
static bool
find_file (const char *command, char *ret, size_t size)
{
  if (strchr (command, '/') != NULL)
    return (size_t)snprintf (ret, size, "%s", command) < size;
  const char *path = getenv ("PATH");
  for (path = path != NULL ? path : "/usr/bin:/bin";; path++) {
    size_t n = strcspn (path, ":");
    int length = snprintf (ret, size, "%.*s%s%s", (int)n, path, n > 0 ? "/" : "", command);
    if ((size_t)length < size && access (ret, X_OK) == 0)
      return true;
    path += n;
    if (*path == '\0')
      return false;
  }
}

/* The interpreter that the first line of a script names. */
static bool
read_interpreter (int fd, char *ret, size_t size)
{
  char line[PATH_MAX + 1];
  ssize_t n = pread (fd, line, sizeof line - 1, 0);
  if (n < 3 || memcmp (line, "#!", 2) != 0)
    return false;
  line[n] = '\0';
  const char *name = line + 2 + strspn (line + 2, " \t");
  size_t n_name = strcspn (name, " \t\n");
  return n_name > 0 && (size_t)snprintf (ret, size, "%.*s", (int)n_name, name) < size;
}

/* The loader drops LD_PRELOAD where the program gets rights that we do not have (ld.so(8)). */
static bool
gains_rights (int fd)
{
  struct stat info;
  if (fstat (fd, &info) < 0)
    return false;
  bool has_capabilities = fgetxattr (fd, "security.capability", NULL, 0) > 0;
  return ((info.st_mode & S_ISUID) != 0 && info.st_uid != geteuid ())
         || ((info.st_mode & S_ISGID) != 0 && info.st_gid != getegid ())
         || (has_capabilities && geteuid () != 0);
}

static int
check_program (const char *path, const ProfProgram *program, ProfError *reterr)
{
  if (!program->is_elf)
    return 0;
  if (program->machine != NATIVE_MACHINE || !program->is_64)
    return prof_error_set (reterr, -ENOEXEC,
                           "Can't record the heap of '%s': it is built for another machine than "
                           "libprof-heap.so, which it would have to load",
                           path);
  if (!program->has_interpreter)
    return prof_error_set (reterr, -ENOEXEC,
                           "Can't record the heap of '%s': it is linked statically, so that its "
                           "malloc can't be exchanged; link it dynamically, or link libprof-heap "
                           "into it",
                           path);
  if (program->sanitizer[0] != '\0')
    return prof_error_set (reterr, -ENOEXEC,
                           "Can't record the heap of '%s': it is built with a sanitizer (%s), "
                           "which "
                           "has an allocator of its own; record a build without it",
                           path, program->sanitizer);
  return 0;
}

static int
check_file (const char *path, unsigned n_before, ProfError *reterr)
{
  char interpreter[PATH_MAX];
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return 0;
  if (read_interpreter (fd, interpreter, sizeof interpreter))
    return n_before < MAX_INTERPRETERS ? check_file (interpreter, n_before + 1, reterr) : 0;
  if (gains_rights (fd))
    return prof_error_set (reterr, -ENOEXEC,
                           "Can't record the heap of '%s': it runs with rights that this user does "
                           "not have, and the loader lets it load nothing foreign; record it as "
                           "the user that it becomes",
                           path);
  ProfProgram program;
  int r = prof_program_read (fd, &program);
  return r < 0 ? 0 : check_program (path, &program, reterr);
}

/* What can't be found or read is no obstacle here: running it will tell. */
int
prof_memory_check_command (const char *command, ProfError *reterr)
{
  char path[PATH_MAX];
  if (command == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_memory_check_command: command is NULL");
  return find_file (command, path, sizeof path) ? check_file (path, 0, reterr) : 0;
}
