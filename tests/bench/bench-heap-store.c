/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/prng.h"
#include "engine/heap-store.h"

/* bench-heap-store: nanoseconds for each event of a recording of every allocation, once the tables
 * have their size, where a program always replaces one of its live blocks at random. */

enum { N_EVENTS = 16000000, N_STACKS = 1000, EVENT_NS = 50 };

typedef struct {
  uint64_t address;
  uint32_t size; /* 0: a free */
  uint32_t stack;
} Event;

static Event *events;

/* The addresses are malloc's own. */
static void
make_events (size_t n_live)
{
  ProfPrng prng = { 1 };
  char **blocks = calloc (n_live, sizeof *blocks);
  for (size_t i = 0; i < N_EVENTS; i++) {
    char **block = &blocks[i < n_live ? i : prof_prng_next (&prng) % n_live];
    if (*block != NULL) {
      events[i] = (Event){ .address = (uint64_t)(uintptr_t)*block };
      free (*block);
      *block = NULL;
      if (++i == N_EVENTS)
        break;
    }
    uint32_t stack = (uint32_t)(prof_prng_next (&prng) % N_STACKS), size = 16 + 16 * (stack % 16);
    *block = malloc (size);
    events[i] = (Event){ (uint64_t)(uintptr_t)*block, size, stack };
  }
  for (size_t i = 0; i < n_live; i++)
    free (blocks[i]);
  free (blocks);
}

static void
measure_live (size_t n_live)
{
  ProfLiveBlocks live = { 0 };
  uint64_t start_ns = 0;
  make_events (n_live);
  for (size_t i = 0; i < N_EVENTS; i++) {
    ProfLiveBlock block = { .address = events[i].address, .size = events[i].size };
    if (i == N_EVENTS / 2)
      start_ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID);
    if (block.size > 0)
      prof_live_blocks_add (&live, &block);
    else
      prof_live_blocks_remove (&live, prof_live_blocks_find (&live, block.address));
  }
  uint64_t ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID) - start_ns;
  printf ("%8zu live: %5.1f ns/event, live blocks alone\n", n_live,
          (double)ns / (double)(N_EVENTS / 2));
  prof_live_blocks_finish (&live);
}

static void
measure (size_t n_live)
{
  ProfHeapStore store;
  ProfHeapStoreConfig config = { .rate_bytes = 1, .tracks_frees = true, .max_rows = 200000 };
  make_events (n_live);
  prof_heap_store_init (&store, &config);
  uint64_t now_ns = 0, start_ns = 0;
  for (size_t i = 0; i < N_EVENTS; i++, now_ns += EVENT_NS) {
    const Event *event = &events[i];
    ProfHeapSample sample = {
      .address = event->address, .size = event->size, .stack = event->stack, .time_ns = now_ns
    };
    if (i == N_EVENTS / 2)
      start_ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID);
    if (event->size > 0)
      prof_heap_store_allocate (&store, &sample);
    else
      prof_heap_store_free (&store, 0, event->address, now_ns);
  }
  uint64_t ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID) - start_ns;
  printf ("%8zu live: %5.1f ns/event, %zu rows, %u bucket bits, detail %d\n", n_live,
          (double)ns / (double)(N_EVENTS / 2), store.rows.rows.n, store.rows.bucket_bits,
          (int)store.rows.detail);
  prof_heap_store_finish (&store);
}

int
main (void)
{
  events = calloc (N_EVENTS, sizeof *events);
  if (events == NULL)
    return 1;
  static const size_t n_live[] = { 10, 10000, 1000000 };
  for (size_t i = 0; i < sizeof n_live / sizeof *n_live; i++) {
    measure_live (n_live[i]);
    measure (n_live[i]);
  }
  free (events);
  return 0;
}
