/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The kernel's tracepoints as tracefs shows them (Documentation/trace/events.rst): a directory
 * events/GROUP/NAME for each, with its number in the file "id". */

/* Opens the directory events/ of tracefs where it is usually mounted. A descriptor, or -ENOENT:
 * not mounted, -EACCES: this user may not read it. */
int prof_tracefs_open (void);

/* Reads the number of "group:name", given by the first `n` bytes of `name`. -ENOENT: there is none;
 * -EACCES; -EINVAL: not of that form; -EBADMSG: the file holds no number. */
int prof_tracepoint_read_id (int events_fd, const char *name, size_t n, uint64_t *ret);

/* Calls back for each tracepoint. The callback may end it with a negative value, which is returned
 * then. -EACCES: the directory can't be listed. */
typedef int (*ProfTracepointFunc) (const char *group, const char *name, void *user_data);
int prof_tracepoint_foreach (int events_fd, ProfTracepointFunc func, void *user_data);

/* Pure: the text of an id file, or -EBADMSG. */
int prof_tracepoint_parse_id (const char *text, size_t n, uint64_t *ret);
