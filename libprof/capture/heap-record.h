/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/heap-layout.h"

/* What a hook wrote: one allocation or one free. Registers and stack are in the record's bytes;
 * NULL where the stack is a number. */
typedef struct {
  ProfHeapKind kind;
  bool in_place;
  uint32_t tid;
  uint64_t address, size, time_ns;
  uint32_t stack_number; /* of a known stack; 0: the stack itself */
  uint64_t pc, sp;
  const uint64_t *registers; /* PROF_HEAP_N_REGISTERS of them */
  const uint8_t *stack;
  size_t n_stack_bytes;
} ProfHeapEvent;

/* Pure; `n_bytes` is the whole record's. -EBADMSG: it contradicts itself. */
int prof_heap_record_parse (const uint64_t *words, size_t n_bytes, ProfHeapEvent *ret);
