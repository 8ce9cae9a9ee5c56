/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/close_range.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests.h"

#define ARGV(...)                                                                                  \
  (const char *const[])                                                                            \
  {                                                                                                \
    __VA_ARGS__, NULL                                                                              \
  }

/* A directory of the test's own, with one file in it. */
typedef struct {
  char directory[64];
  char file[80];
} Scratch;

static Scratch
scratch_new (const char *content, mode_t mode)
{
  Scratch scratch = { .directory = "/tmp/test-spawn-XXXXXX" };
  assert_non_null (mkdtemp (scratch.directory));
  snprintf (scratch.file, sizeof scratch.file, "%s/program", scratch.directory);
  FILE *file = fopen (scratch.file, "w");
  assert_non_null (file);
  fputs (content, file);
  fclose (file);
  assert_int_equal (chmod (scratch.file, mode), 0);
  return scratch;
}

static void
scratch_remove (Scratch *scratch)
{
  unlink (scratch->file);
  rmdir (scratch->directory);
}

static int
wait_for (const ProfSpawn *spawn)
{
  int status;
  assert_int_equal (waitpid (spawn->pid, &status, 0), spawn->pid);
  return status;
}

/* Runs a command and returns its exit status. */
static int
run (const char *const *argv, const char *const *environment, const char *directory)
{
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (argv, environment, directory, &spawn, &error), 0);
  assert_int_equal (prof_spawn_start (&spawn, argv[0], &error), 0);
  int status = wait_for (&spawn);
  assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static int
run_shell (const char *script, const char *const *environment, const char *directory)
{
  return run (ARGV ("sh", "-c", script), environment, directory);
}

static void
test_waits_until_it_is_started (void **state)
{
  (void)state;
  char own_exe[4096] = "", child_exe[4096] = "", link[64];
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (ARGV ("sleep", "1000"), NULL, NULL, &spawn, &error), 0);
  snprintf (link, sizeof link, "/proc/%d/exe", spawn.pid);
  assert_true (readlink ("/proc/self/exe", own_exe, sizeof own_exe - 1) > 0);
  assert_true (readlink (link, child_exe, sizeof child_exe - 1) > 0);
  assert_string_equal (child_exe, own_exe);

  assert_int_equal (prof_spawn_start (&spawn, "sleep", &error), 0);
  memset (child_exe, 0, sizeof child_exe);
  assert_true (readlink (link, child_exe, sizeof child_exe - 1) > 0);
  assert_string_equal (strrchr (child_exe, '/'), "/sleep");

  prof_spawn_finish (&spawn); /* does not touch a started command */
  assert_int_equal (waitpid (spawn.pid, NULL, WNOHANG), 0);
  assert_int_equal (kill (spawn.pid, SIGTERM), 0);
  int status = wait_for (&spawn);
  assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
}

static void
test_passes_arguments_and_status (void **state)
{
  (void)state;
  assert_int_equal (run_shell ("exit 42", NULL, NULL), 42);
}

static void
test_environment_sets_and_unsets (void **state)
{
  (void)state;
  setenv ("SPAWN_KEPT", "kept", 1);
  setenv ("SPAWN_CHANGED", "old", 1);
  setenv ("SPAWN_REMOVED", "old", 1);
  assert_int_equal (run_shell ("test \"$SPAWN_KEPT $SPAWN_CHANGED ${SPAWN_REMOVED-gone} "
                               "$SPAWN_NEW\""
                               " = 'kept new gone a=b'",
                               ARGV ("SPAWN_CHANGED=first", "SPAWN_REMOVED", "SPAWN_NEW=a=b",
                                     "SPAWN_CHANGED=new"),
                               NULL),
                    0);
}

static void
test_runs_in_the_directory (void **state)
{
  (void)state;
  Scratch scratch = scratch_new ("#!/bin/sh\nexit 7\n", 0755);
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (run_shell ("test -x ./program", NULL, scratch.directory), 0);
  /* A relative name is looked up there too. */
  assert_int_equal (prof_spawn_new (ARGV ("./program"), NULL, scratch.directory, &spawn, &error),
                    0);
  assert_int_equal (prof_spawn_start (&spawn, "./program", &error), 0);
  assert_int_equal (WEXITSTATUS (wait_for (&spawn)), 7);
  scratch_remove (&scratch);
}

static void
test_looks_in_the_new_path (void **state)
{
  (void)state;
  Scratch scratch = scratch_new ("#!/bin/sh\nexit 9\n", 0755);
  char path[128];
  snprintf (path, sizeof path, "PATH=/nowhere:%s", scratch.directory);
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (ARGV ("program"), ARGV (path), NULL, &spawn, &error), 0);
  assert_int_equal (prof_spawn_start (&spawn, "program", &error), 0);
  assert_int_equal (WEXITSTATUS (wait_for (&spawn)), 9);
  assert_int_equal (prof_spawn_new (ARGV ("program"), NULL, NULL, &spawn, &error), -ENOENT);
  scratch_remove (&scratch);
}

static void
refuse (const char *name, const char *path, const char *directory, int code, const char *message)
{
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (ARGV (name), path != NULL ? ARGV (path) : NULL, directory,
                                    &spawn, &error),
                    code);
  assert_int_equal (error.code, code);
  assert_string_equal (error.message, message);
}

static void
test_says_what_can_not_be_run (void **state)
{
  (void)state;
  Scratch scratch = scratch_new ("#!/bin/sh\n", 0644);
  char path[128];
  snprintf (path, sizeof path, "PATH=/nowhere:%s", scratch.directory);
  refuse ("no-such-command", "PATH=/usr/bin:/bin", NULL, -ENOENT,
          "can't run 'no-such-command': no such command in PATH (/usr/bin:/bin)");
  refuse ("", "PATH=/bin", NULL, -ENOENT, "can't run '': no such command in PATH (/bin)");
  refuse ("./missing", NULL, "/tmp", -ENOENT, "can't run './missing': no such file");
  refuse ("./program", NULL, scratch.directory, -EACCES,
          "can't run './program': not executable for this user (try chmod +x)");
  refuse ("program", path, NULL, -EACCES,
          "can't run 'program': not executable for this user (try chmod +x)");
  refuse ("/tmp", NULL, NULL, -EACCES, "can't run '/tmp': not a file");
  refuse ("true", NULL, "/nowhere", -ENOENT,
          "can't run a command in '/nowhere': No such file or directory");
  refuse (NULL, NULL, NULL, -EINVAL, "can't run a command: its argv is empty");
  scratch_remove (&scratch);
}

static void
fail_exec (const char *content, int code, const char *message)
{
  Scratch scratch = scratch_new (content, 0755);
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (ARGV ("./program"), NULL, scratch.directory, &spawn, &error),
                    0);
  pid_t pid = spawn.pid;
  assert_int_equal (prof_spawn_start (&spawn, "./program", &error), code);
  assert_string_equal (error.message, message);
  assert_int_equal (waitpid (pid, NULL, 0), -1); /* reaped */
  prof_spawn_finish (&spawn);
  scratch_remove (&scratch);
}

static void
test_says_why_exec_failed (void **state)
{
  (void)state;
  fail_exec ("exit 0\n", -ENOEXEC,
             "can't run './program': neither a program for this machine nor a script with a first "
             "line such as #!/bin/sh");
  fail_exec ("#!/no/such/shell\n", -ENOENT,
             "can't run './program': its interpreter (after #! in a script, the loader of a "
             "program) does not exist");
}

static void
test_arguments_over_the_limit (void **state)
{
  (void)state;
  enum { N = 200000 }; /* one argument may have 128 KiB (MAX_ARG_STRLEN) */
  char *argument = malloc (N + 1);
  assert_non_null (argument);
  memset (argument, 'a', N);
  argument[N] = '\0';
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (ARGV ("true", argument), NULL, NULL, &spawn, &error), 0);
  assert_int_equal (prof_spawn_start (&spawn, "true", &error), -E2BIG);
  free (argument);
}

static void
test_finish_kills_what_was_not_started (void **state)
{
  (void)state;
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_spawn_new (ARGV ("true"), NULL, NULL, &spawn, &error), 0);
  pid_t pid = spawn.pid;
  prof_spawn_finish (&spawn);
  assert_int_equal (kill (pid, 0), -1);
  assert_int_equal (errno, ESRCH);
  prof_spawn_finish (&spawn);
  prof_spawn_finish (&(ProfSpawn){ .pid = 0 });
}

static void
test_a_command_killed_before_its_start (void **state)
{
  (void)state;
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  siginfo_t info;
  assert_int_equal (prof_spawn_new (ARGV ("true"), NULL, NULL, &spawn, &error), 0);
  assert_int_equal (kill (spawn.pid, SIGKILL), 0);
  assert_int_equal (waitid (P_PID, (id_t)spawn.pid, &info, WEXITED | WNOWAIT), 0);
  assert_int_equal (prof_spawn_start (&spawn, "true", &error), 0);
  assert_true (WIFSIGNALED (wait_for (&spawn)));
}

static void
ignore_signal (int signal_number)
{
  (void)signal_number;
}

/* Copies the line `name` of /proc/self/status. */
static void
read_status (const char *name, char *ret, int size)
{
  FILE *file = fopen ("/proc/self/status", "r");
  assert_non_null (file);
  while (fgets (ret, size, file) != NULL && strncmp (ret, name, strlen (name)) != 0)
    ;
  fclose (file);
  ret[strcspn (ret, "\n")] = '\0';
}

static void
test_signals_are_as_the_caller_has_them (void **state)
{
  (void)state;
  sigset_t blocked, before;
  char line[64];
  sigemptyset (&blocked);
  sigaddset (&blocked, SIGUSR1);
  pthread_sigmask (SIG_SETMASK, &blocked, &before);
  signal (SIGUSR2, SIG_IGN);
  signal (SIGHUP, ignore_signal);
  read_status ("SigBlk:", line, sizeof line);
  assert_int_equal (strtoull (line + 7, NULL, 16), 1 << (SIGUSR1 - 1));
  assert_int_equal (run (ARGV ("grep", "-qxF", line, "/proc/self/status"), NULL, NULL), 0);
  read_status ("SigIgn:", line, sizeof line);
  assert_true (strtoull (line + 7, NULL, 16) & 1 << (SIGUSR2 - 1));
  assert_int_equal (run (ARGV ("grep", "-qxF", line, "/proc/self/status"), NULL, NULL), 0);
  signal (SIGUSR2, SIG_DFL);
  signal (SIGHUP, SIG_DFL);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

static void
test_no_descriptor_stays_behind (void **state)
{
  (void)state;
  assert_int_equal (close_range (3, UINT_MAX, CLOSE_RANGE_CLOEXEC), 0);
  int first_free = dup (0);
  close (first_free);
  /* In the child: the three standard ones, and the directory that ls reads. */
  assert_int_equal (run_shell ("test \"$(ls /proc/self/fd | tr '\\n' ' ')\" = '0 1 2 3 '", NULL,
                               "/tmp"),
                    0);
  int still_free = dup (0);
  close (still_free);
  assert_int_equal (still_free, first_free);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_waits_until_it_is_started),
    cmocka_unit_test (test_passes_arguments_and_status),
    cmocka_unit_test (test_environment_sets_and_unsets),
    cmocka_unit_test (test_runs_in_the_directory),
    cmocka_unit_test (test_looks_in_the_new_path),
    cmocka_unit_test (test_says_what_can_not_be_run),
    cmocka_unit_test (test_says_why_exec_failed),
    cmocka_unit_test (test_arguments_over_the_limit),
    cmocka_unit_test (test_finish_kills_what_was_not_started),
    cmocka_unit_test (test_a_command_killed_before_its_start),
    cmocka_unit_test (test_signals_are_as_the_caller_has_them),
    cmocka_unit_test (test_no_descriptor_stays_behind),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
