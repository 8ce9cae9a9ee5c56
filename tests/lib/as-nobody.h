/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

/* Calls `func` in a child without any right (as user nobody if this is root) and collects what it
 * writes. A child is needed: capabilities don't come back. True if it returned. */
static inline bool
run_as_nobody (void (*func) (FILE *out), char *text, size_t n_bytes)
{
  int fds[2];
  if (pipe (fds) < 0)
    return false;
  pid_t pid = fork ();
  if (pid == 0) {
    close (fds[0]);
    FILE *out = fdopen (fds[1], "w");
    if (geteuid () == 0
        && (setgroups (0, NULL) < 0 || setresgid (NOBODY, NOBODY, NOBODY) < 0
            || setresuid (NOBODY, NOBODY, NOBODY) < 0))
      _exit (1);
    func (out);
    fflush (out);
    _exit (0);
  }
  close (fds[1]);
  size_t n_read = 0;
  ssize_t n = 0;
  while (pid > 0 && n_read + 1 < n_bytes
         && (n = read (fds[0], text + n_read, n_bytes - 1 - n_read)) > 0)
    n_read += (size_t)n;
  text[n_read] = '\0';
  close (fds[0]);
  int status = 1;
  return pid > 0 && waitpid (pid, &status, 0) == pid && status == 0;
}
