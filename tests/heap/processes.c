/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Programs that make processes. */
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blocks.h"

static int
wait_for (pid_t pid)
{
  int status;
  return waitpid (pid, &status, 0) == pid && WIFEXITED (status) ? WEXITSTATUS (status) : 1;
}

/* The child frees what it inherited, which is not its own. */
static int
run_child (void *inherited)
{
  free (inherited);
  allocate (CHILD_SIZE, 7, 3);
  return 0;
}

static int
run_fork (char **arguments)
{
  (void)arguments;
  void *block = malloc (MAIN_SIZE);
  pid_t pid = fork ();
  if (pid == 0)
    _exit (run_child (block));
  int r = wait_for (pid);
  free (block);
  return r;
}

static int
run_raw_fork (char **arguments)
{
  (void)arguments;
  void *block = malloc (MAIN_SIZE);
  pid_t pid = (pid_t)syscall (SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0)
    _exit (run_child (block));
  int r = wait_for (pid);
  free (block);
  return r;
}

static volatile bool is_ending;

static void *
churn (void *argument)
{
  while (!is_ending) {
    allocate (OTHER_SIZE, 100, 100);
    usleep (50);
  }
  return argument;
}

/* Forks while other threads allocate and free. */
static int
run_threaded_fork (char **arguments)
{
  (void)arguments;
  pthread_t threads[2];
  for (int i = 0; i < 2; i++)
    pthread_create (&threads[i], NULL, churn, NULL);
  int r = 0;
  for (int i = 0; i < 20; i++)
    r |= run_fork (NULL);
  is_ending = true;
  for (int i = 0; i < 2; i++)
    pthread_join (threads[i], NULL);
  return r;
}

static int
run_vfork (char **arguments)
{
  allocate (MAIN_SIZE, 2, 1);
  pid_t pid = vfork ();
  if (pid == 0) {
    execl (arguments[0], arguments[0], "plain", NULL);
    _exit (1);
  }
  int r = wait_for (pid);
  allocate (MAIN_SIZE, 2, 1);
  return r;
}

static int
run_spawn (char **arguments)
{
  pid_t pid;
  char *command[] = { arguments[0], "plain", NULL };
  allocate (MAIN_SIZE, 4, 2);
  return posix_spawn (&pid, arguments[0], NULL, NULL, command, environ) || wait_for (pid);
}

static int
run_exec (char **arguments)
{
  allocate (MAIN_SIZE, 4, 2);
  execl (arguments[0], arguments[0], "plain", NULL);
  return 1;
}

/* As Python's close_fds. */
static int
run_exec_without_descriptors (char **arguments)
{
  allocate (MAIN_SIZE, 4, 2);
  for (int fd = 0; fd < 1024; fd++)
    close (fd);
  execl (arguments[0], arguments[0], "plain", NULL);
  return 1;
}

static int
run_without_descriptors (char **arguments)
{
  (void)arguments;
  for (int fd = 0; fd < 1024; fd++)
    close (fd);
  allocate (MAIN_SIZE, 100, 60);
  return 0;
}

static int
run_plain (char **arguments)
{
  (void)arguments;
  allocate (CHILD_SIZE, 7, 3);
  return 0;
}

/* crowd [N]: many are alive at a time, more than there are slots. */
static int
run_crowd (char **arguments)
{
  enum { MAX = 100 };
  pid_t pids[MAX];
  int gate[2], n = arguments[2] != NULL ? atoi (arguments[2]) : 20;
  if (pipe (gate) < 0)
    return 1;
  for (int i = 0; i < n && i < MAX; i++) {
    if ((pids[i] = fork ()) == 0) {
      char byte;
      close (gate[1]);
      allocate (CHILD_SIZE, 7, 3);
      _exit (read (gate[0], &byte, 1) != 0);
    }
  }
  close (gate[1]);
  int r = 0;
  for (int i = 0; i < n && i < MAX; i++)
    r |= wait_for (pids[i]);
  return r;
}

static int
run_killed (char **arguments)
{
  (void)arguments;
  allocate (MAIN_SIZE, 100, 50);
  kill (getpid (), SIGKILL);
  return 1;
}

int
main (int argc, char **argv)
{
  (void)argc;
  static const Case cases[] = {
    { "fork", run_fork },
    { "raw-fork", run_raw_fork },
    { "threaded-fork", run_threaded_fork },
    { "vfork", run_vfork },
    { "spawn", run_spawn },
    { "exec", run_exec },
    { "exec-without-descriptors", run_exec_without_descriptors },
    { "without-descriptors", run_without_descriptors },
    { "plain", run_plain },
    { "crowd", run_crowd },
    { "killed", run_killed },
  };
  return RUN_CASE (cases, argv);
}
