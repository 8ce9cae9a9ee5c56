/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the kernel asks before it opens a perf event or maps its ring (kernel/events/core.c,
 * Documentation/admin-guide/perf-security.rst). Plain values, so that the rules can be tried. */
typedef struct {
  int paranoid;          /* kernel.perf_event_paranoid; PROF_PARANOID_UNKNOWN: unreadable */
  uint64_t capabilities; /* effective, 1 << CAP_…; 0 outside the initial user namespace, where
                            they do not count for perf */
  bool is_in_user_namespace;
  bool is_seccomp_filtered; /* containers filter perf_event_open */
  uint64_t ring_bytes;      /* kernel.perf_event_mlock_kb: rings of a user, for each CPU online */
  uint64_t memlock_bytes;   /* RLIMIT_MEMLOCK, on top of that; UINT64_MAX: no limit */
  uint64_t max_files;       /* RLIMIT_NOFILE, soft and hard */
  uint64_t max_files_hard;
} ProfPerfRights;

#define PROF_PARANOID_UNKNOWN INT_MAX

/* The rights of the calling thread. What can't be read is left at the strictest value. */
void prof_perf_rights_read (ProfPerfRights *ret);

bool prof_perf_rights_has (const ProfPerfRights *rights, int capability);
/* CAP_PERFMON, or CAP_SYS_ADMIN, which stood for it before Linux 5.8 and still does. */
bool prof_perf_rights_has_perfmon (const ProfPerfRights *rights);

/* Pure: reads "Seccomp:" of a /proc/PID/status text, and whether a uid_map text is that of the
 * initial user namespace. */
bool prof_perf_rights_parse_seccomp (const char *status);
bool prof_perf_rights_parse_uid_map (const char *uid_map);
