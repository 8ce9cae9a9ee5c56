/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <asm/perf_regs.h>

#include "base/clock.h"
#include "capture/perf-session.h"
#include "capture/record-merge.h"
#include "tests.h"

#if defined(__x86_64__)
enum { TEST_REG_SP = PERF_REG_X86_SP };
#define TEST_REGS_MASK (1u << PERF_REG_X86_SP | 1u << PERF_REG_X86_BP | 1u << PERF_REG_X86_IP)
#elif defined(__aarch64__)
enum { TEST_REG_SP = PERF_REG_ARM64_SP };
#define TEST_REGS_MASK (UINT64_C (1) << PERF_REG_ARM64_SP | UINT64_C (1) << PERF_REG_ARM64_PC)
#endif

/* What a session gave: a row for each record. Strings and registers are copied. */
typedef struct {
  ProfRecordKind kind;
  uint32_t pid, tid;
  int event; /* of a sample: row, or -errno */
  uint64_t period, sp;
  size_t stack_bytes, n_callchain;
  bool in_kernel, has_user_registers, flag; /* executable map, exec */
  uint64_t n_lost;
  char name[64]; /* the end of a file's name, or a thread's */
} RecordedRow;

typedef struct {
  ProfPerfSession *session;
  RecordedRow *rows;
  size_t n;
} Recorded;

enum { RECORDED_MAX = 200000 };

static inline void
recorded_add (void *user_data, const ProfRecord *record)
{
  Recorded *recorded = user_data;
  assert_true (recorded->n < RECORDED_MAX);
  RecordedRow *row = &recorded->rows[recorded->n++];
  *row = (RecordedRow){ .kind = record->kind, .pid = record->pid, .tid = record->tid };
  const char *name = "";
  switch (record->kind) {
  case PROF_RECORD_SAMPLE:
    row->event = prof_perf_session_find_event (recorded->session, record->event_id, record->tid);
    row->period = record->sample.period;
    row->stack_bytes = record->sample.stack_bytes;
    row->n_callchain = record->sample.n_callchain;
    row->in_kernel = record->sample.in_kernel;
    row->has_user_registers = record->sample.has_user_registers;
    if (row->has_user_registers)
      row->sp = record->sample.registers[TEST_REG_SP];
    break;
  case PROF_RECORD_MAP:
    name = record->map.filename;
    row->flag = record->map.is_executable;
    break;
  case PROF_RECORD_COMM:
    name = record->comm.name;
    row->flag = record->comm.is_exec;
    break;
  case PROF_RECORD_LOST:
    row->n_lost = record->lost.n_lost;
    break;
  default:
    break;
  }
  size_t n = strlen (name);
  snprintf (row->name, sizeof row->name, "%s", n < sizeof row->name ? name : name + n - 63);
}

static inline ProfPerfSession *
session_of (const ProfPerfSessionConfig *config)
{
  ProfPerfSession *session = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_perf_session_new (config, &session, &error) < 0)
    fail_msg ("%s", error.message);
  return session;
}

/* Takes what is in the rings. */
static inline void
recorded_read (Recorded *recorded, ProfPerfSession *session)
{
  size_t n_rings;
  ProfRecordMergeStats stats = { 0 };
  ProfPerfRing *rings = prof_perf_session_get_rings (session, &n_rings);
  recorded->session = session;
  if (recorded->rows == NULL)
    recorded->rows = calloc (RECORDED_MAX, sizeof *recorded->rows);
  assert_non_null (recorded->rows);
  assert_int_equal (prof_record_merge (rings, n_rings, prof_perf_session_get_format (session),
                                       UINT64_MAX, recorded_add, recorded, &stats),
                    0);
  assert_int_equal (stats.n_damaged, 0);
}

/* Records of a kind, of one process if pid is not 0. */
static inline size_t
recorded_count (const Recorded *recorded, ProfRecordKind kind, uint32_t pid)
{
  size_t n = 0;
  for (size_t i = 0; i < recorded->n; i++)
    n += recorded->rows[i].kind == kind && (pid == 0 || recorded->rows[i].pid == pid);
  return n;
}

/* CPU time of a thread as its samples tell it; those that stand for nothing are left out. */
static inline uint64_t
recorded_thread_ns (const Recorded *recorded, uint32_t tid)
{
  uint64_t ns = 0;
  for (size_t i = 0; i < recorded->n; i++) {
    const RecordedRow *row = &recorded->rows[i];
    if (row->kind == PROF_RECORD_SAMPLE && row->tid == tid && row->event >= 0)
      ns += row->period;
  }
  return ns;
}

static inline const RecordedRow *
recorded_find (const Recorded *recorded, ProfRecordKind kind, const char *name_end)
{
  for (size_t i = 0; i < recorded->n; i++) {
    const RecordedRow *row = &recorded->rows[i];
    size_t n = strlen (row->name), n_end = strlen (name_end);
    if (row->kind == kind && n >= n_end && strcmp (row->name + n - n_end, name_end) == 0)
      return row;
  }
  return NULL;
}

/* Uses this much of the thread's CPU time. */
static inline void
burn_ms (unsigned ms)
{
  uint64_t end = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID) + ms * UINT64_C (1000000);
  volatile unsigned work = 0;
  while (prof_clock_ns (CLOCK_THREAD_CPUTIME_ID) < end)
    for (unsigned i = 0; i < 10000; i++)
      work = work + i;
}
