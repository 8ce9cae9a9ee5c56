/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "live-set.h"
#include "ring-writer.h"

/* What this process is to record, and where to. */
typedef struct {
  const ProfHeapHeader *wanted;
  uint64_t id; /* of this recording in this process; never 0 */
  RingWriter ring;
  const void *known_stacks;
  uint64_t known_stacks_bytes;
} Recording;

/* The kernel wipes it in a forked child, which so begins with nothing live and no recording. */
#if defined __aarch64__
#define LARGEST_PAGE 65536
#else
#define LARGEST_PAGE 4096
#endif

typedef struct {
  _Alignas(LARGEST_PAGE) LiveSet live;
  _Atomic uint32_t claim; /* ClaimState */
  Recording recording;
  _Atomic uint64_t full_tail, full_since_ns;
  _Atomic bool is_dormant;
} ForkWiped;

extern ForkWiped process __attribute__ ((visibility ("hidden")));

/* The recording, if one is running; NULL: nothing is to be sampled now. A forked child takes a slot
 * of its own here. */
const Recording *recording_get (void);

/* The ring is full. If its reader has not moved for a second it is taken for dead, and the
 * recording is abandoned until it does. */
void recording_note_full (const Recording *recording, uint64_t now_ns);
bool recording_is_abandoned (const Recording *recording);

/* The calling thread's number, asked for once in each process and recording. */
uint32_t recording_get_tid (const Recording *recording);

uint64_t monotonic_ns (void);

/* ---- for who starts it ---- */

/* What the shared memory says of its sizes, as it was checked; what it says later is not looked
 * at. */
typedef struct {
  ProfHeapHeader *header;
  uint64_t slot_bytes, maps_bytes, stacks_bytes, ring_bytes;
  uint32_t n_slots;
} Region;

/* False: the kernel can't wipe (before Linux 4.14), and a forked child would write in its parent's
 * name. */
bool recording_prepare (void);
/* Takes a slot for this process; its forked children will take theirs. False: none is free, the
 * process is not the one that is wanted, or there is an obstacle. */
bool recording_begin (const Region *region, ProfHeapObstacle obstacle);
bool recording_has_region (void);
/* Another recording in the slot that this process has. False: it has none. */
bool recording_begin_next (void);
