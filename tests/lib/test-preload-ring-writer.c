/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "preload/ring-writer.h"

#include <pthread.h>
#include <string.h>

#include "capture/heap-ring.h"
#include "tests.h"

enum { N_WORDS = 64 };

static ProfHeapSlot slot;
static uint64_t words[N_WORDS];
static const RingWriter writer = { .slot = &slot, .words = words, .n_words = N_WORDS };

static int
empty (void **state)
{
  (void)state;
  memset (&slot, 0, sizeof slot);
  memset (words, 0, sizeof words);
  return 0;
}

static bool
write_free (uint64_t address)
{
  RingRecord record;
  if (!ring_begin (&writer, PROF_HEAP_FREE, 0, sizeof (ProfHeapFree), &record))
    return false;
  ring_put (&record, address);
  ring_put (&record, 77);
  ring_put (&record, 5);
  ring_commit (&record);
  return true;
}

static void
test_layout (void **state)
{
  (void)state;
  RingRecord record;
  slot.head = slot.tail = 8 * N_WORDS;
  assert_true (ring_begin (&writer, PROF_HEAP_ALLOCATION, PROF_HEAP_IN_PLACE, 48, &record));
  assert_int_equal (words[0], 512 | PROF_HEAP_RESERVED);
  ring_put (&record, 0xaaaa);
  ring_copy (&record, (uint64_t[]){ 1, 2, 3 }, 24);
  ring_commit (&record);
  const ProfHeapRecord *header = (const ProfHeapRecord *)words;
  assert_int_equal (header->tag, 512 | PROF_HEAP_COMMITTED);
  assert_int_equal (header->n_bytes, 48);
  assert_int_equal (header->kind, PROF_HEAP_ALLOCATION);
  assert_int_equal (header->flags, PROF_HEAP_IN_PLACE);
  assert_memory_equal (words + 2, ((uint64_t[]){ 0xaaaa, 1, 2, 3 }), 32);
  assert_int_equal (slot.head, 512 + 48);
}

static void
test_wraps (void **state)
{
  (void)state;
  slot.head = slot.tail = 8 * (N_WORDS - 3);
  RingRecord record;
  assert_true (ring_begin (&writer, PROF_HEAP_ALLOCATION, 0, 56, &record));
  ring_copy (&record, (uint64_t[]){ 1, 2, 3, 4, 5 }, 40);
  ring_commit (&record);
  assert_int_equal (words[N_WORDS - 1], 1);
  assert_memory_equal (words, ((uint64_t[]){ 2, 3, 4, 5 }), 32);
}

/* Allocations leave a quarter to frees; what does not fit is counted. */
static void
test_full (void **state)
{
  (void)state;
  RingRecord record;
  for (int i = 0; i < 8; i++)
    assert_true (ring_begin (&writer, PROF_HEAP_ALLOCATION, 0, 48, &record));
  assert_false (ring_begin (&writer, PROF_HEAP_ALLOCATION, 0, 48, &record));
  assert_int_equal (slot.n_dropped_allocations, 1);
  assert_true (write_free (1));
  assert_true (write_free (2));
  assert_true (write_free (3));
  assert_false (write_free (4));
  assert_int_equal (slot.n_dropped_frees, 1);
  slot.tail = 48;
  assert_true (write_free (4));
}

/* A tail that a damaged recorder set beyond the head. */
static void
test_impossible_tail (void **state)
{
  (void)state;
  slot.tail = 8;
  assert_false (write_free (1));
}

enum { N_WRITERS = 3, N_EACH = 50000 };

static void *
write_many (void *argument)
{
  uint64_t base = (uint64_t)(uintptr_t)argument << 32;
  for (uint64_t i = 1; i <= N_EACH; i++) {
    while (!write_free (base + i))
      ;
  }
  return NULL;
}

/* The recorder's reader gets all, each writer's in its order. */
static void
test_threads (void **state)
{
  (void)state;
  ProfHeapRing ring;
  prof_heap_ring_init (&ring, &slot, (const uint8_t *)words, sizeof words);
  pthread_t threads[N_WRITERS];
  for (uintptr_t i = 0; i < N_WRITERS; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, write_many, (void *)i), 0);
  uint64_t n_read[N_WRITERS] = { 0 };
  for (unsigned n = 0; n < N_WRITERS * N_EACH;) {
    ProfHeapEvent event;
    int r = prof_heap_ring_next (&ring, 0, false, &event);
    prof_heap_ring_release (&ring);
    if (r == 0)
      continue;
    assert_int_equal (r, 1);
    assert_int_equal (event.kind, PROF_HEAP_FREE);
    assert_int_equal ((uint32_t)event.address, ++n_read[event.address >> 32]);
    n++;
  }
  for (int i = 0; i < N_WRITERS; i++)
    assert_int_equal (pthread_join (threads[i], NULL), 0);
  assert_int_equal (ring.n_skipped, 0);
  prof_heap_ring_finish (&ring);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup (test_layout, empty),
    cmocka_unit_test_setup (test_wraps, empty),
    cmocka_unit_test_setup (test_full, empty),
    cmocka_unit_test_setup (test_impossible_tail, empty),
    cmocka_unit_test_setup (test_threads, empty),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
