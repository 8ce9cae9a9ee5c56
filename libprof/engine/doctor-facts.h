/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "capture/helper-process.h"
#include "capture/perf-rights.h"

/* What the doctor found by trying. Plain values, so that the findings can be told from what they
 * mean (doctor-checks.h). A result is 0 or negative errno. */
typedef struct {
  ProfPerfRights rights;
  unsigned n_cpus; /* online */

  int own_user;   /* sampling this thread in user space */
  int own_kernel; /* … and in the kernel */
  int hardware;   /* cycles of this thread in user space */

  pid_t other_pid; /* a process of another user; 0: none is seen */
  uid_t other_uid;
  int other_event; /* sampling it in user space */
  int other_maps;  /* reading its /proc/PID/maps */

  int system_wide; /* sampling all processes of a CPU, kernel included */

  ProfHelperParts helper; /* of what asks an administrator where this user is refused */

  int tracefs;    /* opening it */
  int tracepoint; /* sampling sched:sched_switch in this thread */

  int ring;          /* mapping the smallest ring */
  size_t ring_bytes; /* of the largest ring that could be mapped */

  int kallsyms;              /* reading it */
  bool has_kernel_addresses; /* not only zeros */
  int kptr_restrict;

  pid_t sibling_pid;  /* another process of this user; 0: none is seen */
  int sibling_memory; /* opening its /proc/PID/mem, as a debugger might */
  int yama;           /* kernel.yama.ptrace_scope; 0 also without Yama */

  int heap_library; /* prof_heap_target_try_library */
  char heap_library_path[PATH_MAX];
} ProfDoctorFacts;

/* The ring that a recording asks for, and the one below which samples get lost easily. */
enum { PROF_DOCTOR_WANTED_RING = 4 << 20, PROF_DOCTOR_SMALL_RING = 512 << 10 };

/* Tries all of it. Whatever it opens is closed again. */
void prof_doctor_facts_find (ProfDoctorFacts *ret);

/* Pure: whether a text of /proc/kallsyms has an address that is not zero. */
bool prof_doctor_facts_parse_kallsyms (const char *text, size_t n);
