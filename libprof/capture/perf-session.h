/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <prof/error.h>

#include "base/hash-index.h"
#include "base/vec.h"
#include "capture/helper-channel.h"
#include "capture/perf-attr.h"
#include "capture/perf-record.h"
#include "capture/perf-ring.h"

/* The open events of one recording: every event on every thread of the target and every CPU, one
 * ring for each CPU. Owned by one thread at a time. */
typedef struct {
  const char *const *events; /* NULL-terminated; NULL: "cycles" */
  uint64_t frequency_hz;     /* used if period is 0 */
  uint64_t period;
  bool inherit;
  bool exclude_kernel;
  bool is_system_wide;
  bool excludes_idle;        /* no samples of CPUs that have nothing to do */
  bool wants_kernel_chain;   /* PERF_SAMPLE_CALLCHAIN, kernel part */
  bool wants_user_chain;     /* … user part: the kernel's frame-pointer walk */
  uint32_t stack_bytes;      /* with user registers; 0: neither */
  size_t ring_bytes;         /* for each CPU; 0: chosen by what may be locked */
  uint64_t regs_mask;        /* sample_regs_user */
  ProfHelperChannel *helper; /* borrowed: opens what is no control group; NULL: this process does */
} ProfPerfSessionConfig;

typedef struct {
  ProfPerfEvent event;
  char *requested; /* the name asked for */
  bool excludes_kernel;
} ProfPerfSessionEvent;

typedef struct ProfPerfSession ProfPerfSession;

/* Resolves the events, tries each, and falls back visibly: no PMU for "cycles" -> cpu-clock, kernel
 * not allowed -> exclude_kernel. Each fallback adds a note. Opens nothing that stays. */
int prof_perf_session_new (const ProfPerfSessionConfig *config,
                           ProfPerfSession **ret,
                           ProfError *reterr);
ProfPerfSession *prof_perf_session_free (ProfPerfSession *session);

/* Opens the events on a thread, all CPUs. `enable_on_exec`: they start when it execs; otherwise
 * they are disabled until …_enable. The first target brings the rings: where less memory may be
 * locked, rings and stacks become smaller, which adds notes. -ESRCH: the thread is gone. */
int prof_perf_session_add_thread (ProfPerfSession *session,
                                  pid_t tid,
                                  bool enable_on_exec,
                                  ProfError *reterr);
/* Opens the events on all that runs in a control group and those below it: a descriptor of its
 * directory. */
int prof_perf_session_add_cgroup (ProfPerfSession *session, int cgroup_fd, ProfError *reterr);
/* Opens the events on the whole system. */
int prof_perf_session_add_system (ProfPerfSession *session, ProfError *reterr);
/* Opens and enables the events on all threads of a process but `except_tid`, also those that are
 * born meanwhile: FORK records in the rings say which inherited. -ESRCH: gone. */
int prof_perf_session_attach (ProfPerfSession *session,
                              pid_t pid,
                              pid_t except_tid,
                              ProfError *reterr);

int prof_perf_session_enable (ProfPerfSession *session);
int prof_perf_session_disable (ProfPerfSession *session);

/* Reading: */
ProfPerfRing *prof_perf_session_get_rings (ProfPerfSession *session, size_t *ret_n);
/* A descriptor to poll for each ring. POLLIN: the watermark was met. POLLHUP: the first target and
 * what inherited from it are gone; ask …_has_ended for the others. */
int prof_perf_session_get_ring_fd (const ProfPerfSession *session, size_t ring);
/* Every target is gone, with all that inherited from it. */
bool prof_perf_session_has_ended (const ProfPerfSession *session);
const ProfRecordFormat *prof_perf_session_get_format (const ProfPerfSession *session);
/* The row of the event that a record's event_id belongs to. -ENOENT: none. -EALREADY: the thread
 * turned out to have inherited the event besides being attached to, and another sample stands for
 * this one: drop it. */
int prof_perf_session_find_event (ProfPerfSession *session, uint64_t event_id, uint32_t tid);
const ProfPerfSessionEvent *prof_perf_session_get_events (const ProfPerfSession *session,
                                                          size_t *ret_n);
uint32_t prof_perf_session_get_stack_bytes (const ProfPerfSession *session);
/* 0 or -ENOMEM. */
int prof_perf_session_add_note (ProfPerfSession *session, const char *sentence);
/* NULL-terminated, borrowed. */
const char *const *prof_perf_session_get_notes (const ProfPerfSession *session);
/* All records lost so far, as the kernel counts them by event; 0 where it does not (before 6.0).
 * LOST records in the rings tell the same losses, but late: the larger sum is right. */
uint64_t prof_perf_session_read_lost (ProfPerfSession *session);
