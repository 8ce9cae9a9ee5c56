/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <prof/error.h>

/* A command that waits just before its exec, so that events can be opened on it first. */
typedef struct {
  pid_t pid;
  int socket_fd; /* "go" to the child; back comes exec's errno, or the end when exec was good */
  bool is_reaped;
  int wait_status; /* once reaped */
} ProfSpawn;

/* Forks; the caller reaps the command, unless its start fails. `argv` is NULL-terminated, its
 * first word is found by PATH of the new environment. `environment`: "NAME=value" sets, "NAME"
 * unsets, NULL: no change. Signals, descriptors and terminal are as the caller left them. -ENOENT
 * and -EACCES before forking where they can be seen. */
int prof_spawn_new (const char *const *argv,
                    const char *const *environment,
                    const char *working_directory,
                    ProfSpawn *ret,
                    ProfError *reterr);
/* What a command with these changes will find as the value of a variable; NULL: it is not set.
 * Borrowed. */
const char *prof_spawn_get_variable (const char *const *environment, const char *name);
/* Lets it exec, and waits until it has. The error is exec's. */
int prof_spawn_start (ProfSpawn *spawn, const char *name, ProfError *reterr);
/* Waits for its end; may be called again afterwards. -ECHILD: there is no command; with `block`
 * false, -EAGAIN: it runs. */
int prof_spawn_wait (ProfSpawn *spawn, bool block, int *ret_status);
/* Kills and reaps a command that was not started; closes the descriptors. */
void prof_spawn_finish (ProfSpawn *spawn);
