/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/vec.h"

static const char default_path[] = "/usr/local/bin:/usr/bin:/bin";

typedef PROF_VEC (const char *) Strings;

static inline void
clear_strings_p (Strings *strings)
{
  prof_vec_clear (strings);
}

static bool
has_same_name (const char *a, const char *b)
{
  size_t n = strcspn (a, "=");
  return strcspn (b, "=") == n && memcmp (a, b, n) == 0;
}

static bool
is_named_in (const char *const *environment, const char *variable)
{
  for (; environment != NULL && *environment != NULL; environment++)
    if (has_same_name (*environment, variable))
      return true;
  return false;
}

const char *
prof_spawn_get_variable (const char *const *environment, const char *name)
{
  const char *value = getenv (name);
  size_t n = strlen (name);
  for (; environment != NULL && *environment != NULL; environment++)
    if (has_same_name (*environment, name))
      value = (*environment)[n] == '=' ? *environment + n + 1 : NULL;
  return value;
}

/* The caller's environment with the changes of `changes`; of two changes to a name the last. */
static int
make_environment (const char *const *changes, Strings *ret)
{
  int r = 0;
  for (char **variable = environ; r == 0 && variable != NULL && *variable != NULL; variable++)
    if (!is_named_in (changes, *variable))
      r = prof_vec_push (ret, *variable);
  for (; r == 0 && changes != NULL && *changes != NULL; changes++)
    if (strchr (*changes, '=') != NULL && !is_named_in (changes + 1, *changes))
      r = prof_vec_push (ret, *changes);
  return r < 0 ? r : prof_vec_push (ret, NULL);
}

static const char *
find_path_variable (const Strings *environment)
{
  for (size_t i = 0; environment->items[i] != NULL; i++)
    if (strncmp (environment->items[i], "PATH=", 5) == 0)
      return environment->items[i] + 5;
  return default_path;
}

/* 0, or why this file can't be executed. */
static int
check_program (int directory, const char *path)
{
  struct stat info;
  if (fstatat (directory, path, &info, 0) < 0)
    return -errno;
  if (!S_ISREG (info.st_mode))
    return -EISDIR;
  return faccessat (directory, path, X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

/* Looks in each directory of `search`; an empty one is the working directory. */
static int
search_program (int directory, const char *search, const char *name, char *ret, size_t size)
{
  int found = -ENOENT;
  for (;;) {
    size_t n = strcspn (search, ":");
    int length = snprintf (ret, size, "%.*s%s%s", (int)n, search, n > 0 ? "/" : "", name);
    int r = (size_t)length < size ? check_program (directory, ret) : -ENAMETOOLONG;
    if (r == 0)
      return 0;
    if (r == -EACCES)
      found = r;
    if (search[n] == '\0')
      return found;
    search += n + 1;
  }
}

static int
report_program (ProfError *reterr, int r, const char *name, const char *search)
{
  switch (r) {
  case -ENOENT:
  case -ENOTDIR:
    if (strchr (name, '/') != NULL)
      return prof_error_set (reterr, -ENOENT, "can't run '%s': no such file", name);
    return prof_error_set (reterr, -ENOENT, "can't run '%s': no such command in PATH (%s)", name,
                           search);
  case -EACCES:
    return prof_error_set (reterr, r, "can't run '%s': not executable for this user (try chmod +x)",
                           name);
  case -EISDIR:
    return prof_error_set (reterr, -EACCES, "can't run '%s': not a file", name);
  default:
    return prof_error_set (reterr, r, "can't run '%s': %s", name, strerror (-r));
  }
}

static int
find_program (
    int directory, const char *search, const char *name, char *ret, size_t size, ProfError *reterr)
{
  int r;
  if (strchr (name, '/') == NULL)
    r = *name != '\0' ? search_program (directory, search, name, ret, size) : -ENOENT;
  else if ((size_t)snprintf (ret, size, "%s", name) >= size)
    r = -ENAMETOOLONG;
  else
    r = check_program (directory, ret);
  return r < 0 ? report_program (reterr, r, name, search) : 0;
}

/* A descriptor of the directory that the command is to run in; left as it is for NULL. */
static int
open_directory (const char *path, int *ret, ProfError *reterr)
{
  if (path == NULL)
    return 0;
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || faccessat (fd, ".", X_OK, AT_EACCESS) < 0) {
    int error = errno;
    if (fd >= 0)
      close (fd);
    return prof_error_set (reterr, -error, "can't run a command in '%s': %s", path,
                           strerror (error));
  }
  *ret = fd;
  return 0;
}

/* A handler of the caller's must not run in the child; what is ignored stays ignored, as over an
 * exec. */
static void
drop_signal_handlers (void)
{
  for (int signal_number = 1; signal_number < NSIG; signal_number++) {
    struct sigaction action;
    if (sigaction (signal_number, NULL, &action) < 0 || action.sa_handler == SIG_IGN)
      continue;
    action = (struct sigaction){ .sa_handler = SIG_DFL };
    sigaction (signal_number, &action, NULL);
  }
}

typedef struct {
  const char *path;
  char *const *argv;
  char *const *envp;
  int directory;
  int socket_fd;
  sigset_t mask;
} Child;

/* In the forked process, whose other threads are gone with whatever locks they held: only system
 * calls from here on. Ends when the parent does without having said go. */
static _Noreturn void
run_child (const Child *child)
{
  char go;
  ssize_t n;
  drop_signal_handlers ();
  sigprocmask (SIG_SETMASK, &child->mask, NULL);
  do
    n = read (child->socket_fd, &go, 1);
  while (n < 0 && errno == EINTR);
  if (n != 1)
    _exit (127);
  int error = 0;
  if (child->directory != AT_FDCWD && fchdir (child->directory) < 0)
    error = errno;
  if (error == 0) {
    execve (child->path, child->argv, child->envp);
    error = errno;
  }
  if (send (child->socket_fd, &error, sizeof error, MSG_NOSIGNAL) < 0)
    _exit (126);
  _exit (127);
}

/* Both ends of the socket close on exec: that the parent reads its end says that exec was good. */
static int
fork_child (Child *child, ProfSpawn *ret)
{
  int sockets[2];
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
    return -errno;
  sigset_t all;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &child->mask);
  pid_t pid = fork ();
  if (pid == 0) {
    close (sockets[0]);
    child->socket_fd = sockets[1];
    run_child (child);
  }
  int error = errno;
  pthread_sigmask (SIG_SETMASK, &child->mask, NULL);
  close (sockets[1]);
  if (pid < 0) {
    close (sockets[0]);
    return -error;
  }
  *ret = (ProfSpawn){ .pid = pid, .socket_fd = sockets[0] };
  return 0;
}

int
prof_spawn_new (const char *const *argv,
                const char *const *environment,
                const char *working_directory,
                ProfSpawn *ret,
                ProfError *reterr)
{
  if (argv == NULL || argv[0] == NULL)
    return prof_error_set (reterr, -EINVAL, "can't run a command: its argv is empty");
  cleanup (clear_strings) Strings envp = { 0 };
  if (make_environment (environment, &envp) < 0)
    return prof_error_set (reterr, -ENOMEM, "can't run '%s': out of memory", argv[0]);

  cleanup (prof_close) int directory = AT_FDCWD;
  int r = open_directory (working_directory, &directory, reterr);
  if (r < 0)
    return r;
  char path[PATH_MAX];
  const char *search = find_path_variable (&envp);
  r = find_program (directory, search, argv[0], path, sizeof path, reterr);
  if (r < 0)
    return r;
  Child child = {
    .path = path,
    .argv = (char *const *)argv,
    .envp = (char *const *)envp.items,
    .directory = directory,
  };
  r = fork_child (&child, ret);
  if (r < 0)
    return prof_error_set (reterr, r, "can't start a process for '%s': %s%s", argv[0],
                           strerror (-r), prof_error_get_remedy (r));
  return 0;
}

static int
report_exec (ProfError *reterr, int error, const char *name)
{
  switch (error) {
  case ENOEXEC:
    return prof_error_set (reterr, -error,
                           "can't run '%s': neither a program for this machine nor a script with a "
                           "first line such as #!/bin/sh",
                           name);
  case ENOENT:
    return prof_error_set (reterr, -error,
                           "can't run '%s': its interpreter (after #! in a script, the loader of a "
                           "program) does not exist",
                           name);
  case E2BIG:
    return prof_error_set (reterr, -error,
                           "can't run '%s': its arguments and environment are too long together",
                           name);
  default:
    return prof_error_set (reterr, -error, "can't run '%s': %s", name, strerror (error));
  }
}

static void
reap (ProfSpawn *spawn)
{
  while (waitpid (spawn->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  spawn->pid = 0;
}

int
prof_spawn_wait (ProfSpawn *spawn, bool block, int *ret_status)
{
  if (spawn->pid <= 0)
    return -ECHILD;
  while (!spawn->is_reaped) {
    pid_t pid = waitpid (spawn->pid, &spawn->wait_status, block ? 0 : WNOHANG);
    if (pid == 0)
      return -EAGAIN;
    if (pid < 0 && errno != EINTR)
      return -errno;
    spawn->is_reaped = pid > 0;
  }
  if (ret_status != NULL)
    *ret_status = spawn->wait_status;
  return 0;
}

int
prof_spawn_start (ProfSpawn *spawn, const char *name, ProfError *reterr)
{
  int error = 0;
  ssize_t n;
  /* A command that was killed meanwhile does not take the byte; its wait status tells. */
  send (spawn->socket_fd, "", 1, MSG_NOSIGNAL);
  do
    n = read (spawn->socket_fd, &error, sizeof error);
  while (n < 0 && errno == EINTR);
  close (prof_steal_fd (&spawn->socket_fd));
  if (n != sizeof error)
    return 0;
  reap (spawn);
  return report_exec (reterr, error, name);
}

void
prof_spawn_finish (ProfSpawn *spawn)
{
  if (spawn->pid <= 0 || spawn->socket_fd < 0)
    return;
  kill (spawn->pid, SIGKILL);
  reap (spawn);
  close (prof_steal_fd (&spawn->socket_fd));
}
