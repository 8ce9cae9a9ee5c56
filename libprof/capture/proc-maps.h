/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One line of /proc/PID/maps (proc(5)). `filename` is unescaped, without " (deleted)". */
typedef struct {
  uint64_t start, end, offset;
  uint32_t device_major, device_minor;
  uint64_t inode;
  bool is_readable, is_writable, is_executable;
  bool is_deleted;
  const char *filename; /* "" for anonymous memory; valid during the callback */
} ProfProcMap;

typedef int (*ProfProcMapFunc) (void *user_data, const ProfProcMap *map);

/* Parses the text, calling func for each good line; stops at the first negative result of func and
 * returns it. Bad lines are skipped. Returns how many lines were bad. */
int prof_proc_maps_parse (const char *text, size_t n_bytes, ProfProcMapFunc func, void *user_data);
/* Reads and parses /proc/PID/maps. -ESRCH: no such process; -EACCES. */
int prof_proc_maps_read (pid_t pid, ProfProcMapFunc func, void *user_data);

/* The name of a thread (/proc/PID/task/TID/comm), NUL-terminated. */
int prof_proc_read_comm (pid_t pid, pid_t tid, char *ret, size_t size);
/* The threads of a process; free(*ret_tids). -ESRCH. */
int prof_proc_list_threads (pid_t pid, pid_t **ret_tids, size_t *ret_n);
