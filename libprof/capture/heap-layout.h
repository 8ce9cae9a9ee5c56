/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The memory that a recorder shares with the programs whose heap it records: all that
 * libprof-heap.so and libprof have in common. The recorder makes it (memfd_create(2)) and names it
 * in the environment of what it starts; the hook maps it as a whole in its constructor and keeps
 * no descriptor. A forked child claims a slot of its own in the mapping it inherited, with no
 * system call but getpid; an exec'd one starts anew from the environment.
 *
 *   header page | slot 0 | slot 1 | …          each slot: head page | maps | known stacks | ring
 *
 * What the hook writes is not trusted by the recorder, which may be of another user. */

#define PROF_HEAP_MAGIC 0x3170616548666f72u /* "rofHeap1" */

/* "PID:FD:TOKEN", decimal and hex: the memfd is /proc/PID/fd/FD. */
#define PROF_HEAP_ENVIRONMENT "PROF_HEAP"

#define PROF_HEAP_PAGE 4096u

enum {
  PROF_HEAP_TRACKS_FREES = 1 << 0,
};

/* Written by the recorder, but for the counters at the end. */
typedef struct {
  uint64_t magic;
  uint64_t token;       /* as in the environment: a descriptor that is another file by now */
  uint64_t total_bytes; /* of the whole memfd */
  uint32_t n_slots;
  uint32_t flags;
  uint32_t only_pid; /* the one process that is recorded; 0: all that have the environment */
  uint32_t reserved;
  uint64_t slot_bytes, maps_bytes, stacks_bytes, ring_bytes; /* multiples of the page; the ring's
                                                              * and its part are powers of two */
  uint64_t rate_bytes;         /* mean bytes between two samples; 1: every allocation */
  uint64_t min_sample_bytes;   /* smaller blocks are not sampled */
  uint64_t max_stack_bytes;    /* of stack copied with a sample */
  _Atomic uint32_t is_running; /* 0: hooks sample nothing, and look again soon */

  _Atomic uint32_t n_refused; /* processes that found no free slot */
} ProfHeapHeader;

typedef enum {
  PROF_HEAP_SLOT_FREE,
  PROF_HEAP_SLOT_CLAIMED, /* by one process image, until it is gone and the recorder frees it */
  PROF_HEAP_SLOT_CLOSED,  /* given up by the recorder: the hook writes no more */
} ProfHeapSlotState;

/* Why a process will have no samples; told in the slot by a hook that can't work. */
typedef enum {
  PROF_HEAP_WORKS,
  PROF_HEAP_OWN_MALLOC, /* the program's own malloc comes before the hook's */
  PROF_HEAP_SANITIZER,  /* a sanitizer has the allocator */
} ProfHeapObstacle;

/* The first page of a slot. */
typedef struct {
  _Atomic uint32_t state;
  uint32_t pid;             /* written last, with release: 0 until all of the claim is there */
  _Atomic uint32_t claimer; /* the pid, written first: if it is gone by now, there is no more */
  uint32_t parent_pid;
  uint32_t obstacle;
  uint64_t claim_ns;           /* CLOCK_MONOTONIC */
  _Atomic uint32_t maps_bytes; /* of /proc/self/maps' text in the slot's maps, once it is there;
                                * 0 for a forked child: its parent's are its own */
  uint32_t parent_slot;        /* of a forked child; UINT32_MAX: none */
  uint64_t parent_position;    /* the parent ring's head when the child claimed its slot */

  _Alignas(64) _Atomic uint64_t head; /* bytes reserved so far; hook */
  _Alignas(64) _Atomic uint64_t tail; /* bytes consumed so far; recorder */
  _Alignas(64) _Atomic uint64_t n_dropped_allocations;
  _Atomic uint64_t n_dropped_frees;
  _Atomic uint64_t n_left_out; /* samples for which there was no room among the live ones */
} ProfHeapSlot;

/* ---- the ring: many writers, one reader ----
 *
 * A writer reserves by adding to `head`, if that many bytes are free (allocations leave a quarter
 * of the ring to frees); writes size and kind; then `tag` = position | RESERVED; then the rest;
 * then `tag` = position | COMMITTED with release. Position is what head was, so that bytes of an
 * earlier round are never taken for a record. Records are multiples of 8 and wrap at 8-byte
 * granularity. A full ring drops and counts. */

enum {
  PROF_HEAP_RESERVED = 1,
  PROF_HEAP_COMMITTED = 2,
};

typedef enum {
  PROF_HEAP_ALLOCATION = 1, /* ProfHeapAllocation */
  PROF_HEAP_FREE,           /* ProfHeapFree, written before the real free but for realloc's */
} ProfHeapKind;

enum {
  PROF_HEAP_IN_PLACE = 1 << 0, /* realloc of a sampled block that stayed where it was: its old life
                                * ends, and the new one has at least the old one's chance */
};

typedef struct {
  _Atomic uint64_t tag;
  uint32_t n_bytes; /* of the whole record */
  uint16_t kind;
  uint16_t flags;
} ProfHeapRecord;

/* The caller's registers, as they are after the allocation function has returned. x86-64: rbx, rbp,
 * r12, r13, r14, r15; aarch64: x19 … x30. */
#define PROF_HEAP_N_REGISTERS 12

typedef struct {
  ProfHeapRecord record;
  uint64_t address, size; /* as asked for */
  uint64_t time_ns;       /* CLOCK_MONOTONIC */
  uint32_t tid;
  uint32_t stack; /* number of a known stack; 0: a ProfHeapStack follows */
} ProfHeapAllocation;

/* Followed by n_bytes of stack from sp upwards, a multiple of 8. */
typedef struct {
  uint64_t pc, sp; /* the return address into the caller, and its stack pointer */
  uint64_t registers[PROF_HEAP_N_REGISTERS];
  uint64_t n_bytes;
} ProfHeapStack;

/* Of a block that realloc moved it is written after the move, when the address may have been given
 * out again, and its time is from before: a free that is older than the allocation of the block at
 * its address is of the block that was there before, and does not end the newer one. */
typedef struct {
  ProfHeapRecord record;
  uint64_t address;
  uint64_t time_ns;
  uint32_t tid, reserved;
} ProfHeapFree;

/* ---- known stacks: recorder to hook ----
 *
 * Unwinding is a function of pc, registers and the stack words that were read. The recorder writes
 * down, once it has unwound a stack, which words decided; a hook that finds them all unchanged
 * sends the stack's number in place of the stack. The buckets are the first
 * PROF_HEAP_N_BUCKETS * 4 bytes of the area: the offset (in 8 bytes, from the start of the area) of
 * the first entry whose pc and sp have that hash; 0: none. Entries are never changed once published
 * with release, except `next`. */

#define PROF_HEAP_N_BUCKETS 4096u
#define PROF_HEAP_MAX_CANDIDATES 16u /* that a hook looks at */

static inline uint32_t
prof_heap_stack_bucket (uint64_t pc, uint64_t sp)
{
  uint64_t hash = (pc ^ (sp << 17) ^ (sp >> 13)) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(hash >> 52);
}

typedef struct {
  uint64_t pc, sp;
  uint64_t fp;           /* compared if uses_fp */
  _Atomic uint32_t next; /* as in the bucket */
  uint32_t number;       /* greater than 0 */
  uint32_t n_words;
  uint32_t uses_fp;
  uint64_t reach; /* bytes from sp to behind the last word */
  struct {
    uint64_t offset; /* from sp */
    uint64_t value;
  } words[];
} ProfHeapKnownStack;

/* ---- a program that records itself ----
 *
 * libprof finds these in the loaded libprof-heap.so with dlsym(3). The region is the hook's own,
 * made once with one slot and never unmapped: a thread may still be writing when the recording has
 * ended. Its ring and numbers of stacks go on from one recording to the next. */

/* Takes rate, minimum, stack bytes and flags from `wanted` and begins to sample. -EBUSY: recorded
 * already, by this or by another; -ENOTSUP: an obstacle; -ENOMEM. */
typedef int ProfHeapAttach (const ProfHeapHeader *wanted, ProfHeapHeader **ret);
#define PROF_HEAP_ATTACH "prof_heap_attach"

typedef void ProfHeapDetach (void);
#define PROF_HEAP_DETACH "prof_heap_detach"

/* The calling thread's own allocations are not sampled while its count of calls with true is
 * greater than that with false. */
typedef void ProfHeapIgnoreThread (bool ignore);
#define PROF_HEAP_IGNORE_THREAD "prof_heap_ignore_thread"
