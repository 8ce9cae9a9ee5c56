/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the perf ring to one record (perf_event_open(2), linux/perf_event.h). Pure: reads only
 * the bytes given, and trusts none of them. Pointers in a record point into those bytes. */

/* What the events of one session share; set by perf-attr. */
typedef struct {
  uint64_t sample_type; /* PERF_SAMPLE_*; always with IDENTIFIER, IP, TID, TIME, PERIOD */
  uint64_t regs_mask;   /* sample_regs_user */
} ProfRecordFormat;

typedef enum {
  PROF_RECORD_SAMPLE,
  PROF_RECORD_MAP,
  PROF_RECORD_COMM,
  PROF_RECORD_FORK,
  PROF_RECORD_EXIT,
  PROF_RECORD_LOST,
  PROF_RECORD_THROTTLE,
  PROF_RECORD_OTHER,
} ProfRecordKind;

#define PROF_MAX_REGISTERS 34

typedef struct {
  uint64_t ip;
  uint64_t period;
  uint64_t addr;
  bool in_kernel;            /* the sample hit while in the kernel */
  const uint64_t *callchain; /* with PERF_CONTEXT_* marks */
  size_t n_callchain;
  bool has_user_registers;
  uint64_t registers_abi; /* PERF_SAMPLE_REGS_ABI_* */
  const uint8_t *stack;   /* from the user stack pointer upwards */
  size_t stack_bytes;     /* as many as the kernel could copy */
  /* Indexed by PERF_REG_*, 0 where not in the mask; not set without has_user_registers. */
  uint64_t registers[PROF_MAX_REGISTERS];
} ProfRecordSample;

typedef struct {
  uint64_t start, length, offset;
  uint32_t device_major, device_minor;
  uint64_t inode;
  bool is_executable;
  const char *filename; /* NUL-terminated inside the record */
} ProfRecordMap;

typedef struct {
  ProfRecordKind kind;
  uint32_t pid, tid; /* 0 and UINT32_MAX: not known */
  uint64_t time_ns;  /* CLOCK_MONOTONIC; 0 if the record has none */
  uint64_t event_id; /* perf's id of the event; 0 if the record has none */
  union {
    ProfRecordSample sample;
    ProfRecordMap map;
    struct {
      const char *name;
      bool is_exec;
    } comm;
    struct {
      uint32_t parent_pid, parent_tid;
    } fork;
    struct {
      uint64_t n_lost;
    } lost;
  };
} ProfRecord;

/* `size` is the record's size with its header. 0, or -EBADMSG for a record that contradicts
 * itself or its format. */
int prof_record_parse (const ProfRecordFormat *format,
                       const void *bytes,
                       size_t size,
                       ProfRecord *ret);
