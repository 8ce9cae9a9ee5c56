/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <sys/types.h>

#include <prof/error.h>

/* A command that waits just before its exec, so that events can be opened on it first. */
typedef struct {
  pid_t pid;
  int start_fd; /* write end: prof_spawn_start */
  int error_fd; /* read end: closed by a good exec, else carries its errno */
} ProfSpawn;

/* Forks. `argv` NULL-terminated, found by PATH of the new environment. `environment`: "NAME=value"
 * sets, "NAME" unsets, NULL: none. Signals, descriptors and terminal are as the caller left them.
 * -ENOENT and -EACCES before forking where they can be seen. */
int prof_spawn_new (const char *const *argv,
                    const char *const *environment,
                    const char *working_directory,
                    ProfSpawn *ret,
                    ProfError *reterr);
/* Lets it exec, and waits until it has. The error is exec's. */
int prof_spawn_start (ProfSpawn *spawn, const char *name, ProfError *reterr);
/* Kills and reaps a command that was not started; closes the descriptors. */
void prof_spawn_finish (ProfSpawn *spawn);
