/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* A directory of /proc, which is of one thread even if the number is given to another later.
 * -ESRCH: there is none. */
int prof_owner_open (pid_t tid);

/* 0: the thread is alive, has this user for all of its user IDs, and lets the user look at it as a
 * debugger does. -EACCES, -ESRCH. */
int prof_owner_check (int thread_fd, uid_t uid);

/* Pure: whether all four numbers of "Uid:" in a /proc/PID/status are `uid`. */
bool prof_owner_parse (const char *status, uid_t uid);
