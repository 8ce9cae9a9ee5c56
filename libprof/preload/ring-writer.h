/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/heap-layout.h"

/* The writer's end of a slot's ring: any thread, any signal handler. */
typedef struct {
  ProfHeapSlot *slot;
  uint64_t *words;
  uint64_t n_words; /* a power of two */
} RingWriter;

/* A record that has its place in the ring, and is being written. */
typedef struct {
  const RingWriter *ring;
  uint64_t start, position; /* of the record, and of what is written next; in words */
} RingRecord;

/* Makes room for a record of n_bytes, a multiple of 8, and begins it. False: the ring is full,
 * which is counted. */
bool ring_begin (
    const RingWriter *ring, ProfHeapKind kind, unsigned flags, size_t n_bytes, RingRecord *ret);
void ring_put (RingRecord *record, uint64_t word);
void ring_copy (RingRecord *record, const void *bytes, size_t n_bytes); /* a multiple of 8 */
void ring_commit (RingRecord *record);
