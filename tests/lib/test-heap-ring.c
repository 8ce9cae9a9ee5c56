/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-ring.h"

#include <pthread.h>
#include <stdatomic.h>

#include "heap-slot.h"

enum { RING_BYTES = 65536 };
#define SECOND UINT64_C (1000000000)

/* A ring whose writers have written `begin` bytes, all of them read. */
typedef struct {
  ProfHeapRegion region;
  HeapSlot slot;
  ProfHeapRing ring;
} Fixture;

static Fixture
set_up (uint64_t begin)
{
  Fixture fixture = { .region = heap_region_new (RING_BYTES) };
  fixture.slot = heap_slot_claim (&fixture.region, 3, 1, NULL);
  fixture.slot.slot->head = fixture.slot.slot->tail = begin;
  prof_heap_ring_init (&fixture.ring, fixture.slot.slot, fixture.slot.ring, RING_BYTES);
  return fixture;
}

static void
tear_down (Fixture *fixture)
{
  prof_heap_ring_finish (&fixture->ring);
  prof_heap_region_finish (&fixture->region);
}

static void
expect_free (Fixture *fixture, uint64_t address)
{
  ProfHeapEvent event;
  assert_int_equal (prof_heap_ring_next (&fixture->ring, SECOND, false, &event), 1);
  assert_int_equal (event.kind, PROF_HEAP_FREE);
  assert_int_equal (event.address, address);
}

static void
expect_none_at (Fixture *fixture, uint64_t now_ns, bool is_dead)
{
  ProfHeapEvent event;
  assert_int_equal (prof_heap_ring_next (&fixture->ring, now_ns, is_dead, &event), 0);
}

static void
expect_none (Fixture *fixture)
{
  expect_none_at (fixture, SECOND, false);
}

static void
test_events_come_in_order (void **state)
{
  (void)state;
  Fixture fixture = set_up (0);
  expect_none (&fixture);
  heap_slot_free (&fixture.slot, 0x10, 5);
  heap_slot_free (&fixture.slot, 0x20, 6);
  expect_free (&fixture, 0x10);
  heap_slot_free (&fixture.slot, 0x30, 4);
  expect_free (&fixture, 0x20);
  expect_free (&fixture, 0x30);
  expect_none (&fixture);
  assert_int_equal (fixture.slot.slot->tail, 0);
  prof_heap_ring_release (&fixture.ring);
  assert_int_equal (fixture.slot.slot->tail, 120);
  tear_down (&fixture);
}

/* At each place that 8-byte alignment allows. */
static void
test_wrapped_records_are_whole (void **state)
{
  (void)state;
  static const uint64_t words[] = { 11, 12, 13, 14, 15, 16, 17, 18 };
  HeapStackRecord record = heap_stack_record (0x4000, 0x8000, words, 8);
  for (size_t n = 8; n <= heap_stack_record_size (&record); n += 8) {
    Fixture fixture = set_up (5 * RING_BYTES - n);
    ProfHeapEvent event;
    heap_slot_allocate (&fixture.slot, &record, 0x77, 99, 1);
    heap_slot_free (&fixture.slot, 0x10, 5);
    assert_int_equal (prof_heap_ring_next (&fixture.ring, SECOND, false, &event), 1);
    assert_int_equal (event.address, 0x77);
    assert_int_equal (event.size, 99);
    assert_int_equal (event.pc, 0x4000);
    assert_int_equal (event.n_stack_bytes, sizeof words);
    assert_memory_equal (event.stack, words, sizeof words);
    expect_free (&fixture, 0x10);
    tear_down (&fixture);
  }
}

static void
test_position_may_pass_the_greatest_number (void **state)
{
  (void)state;
  Fixture fixture = set_up (UINT64_MAX - 63);
  for (uint64_t i = 1; i <= 10; i++)
    heap_slot_free (&fixture.slot, i << 4, i);
  for (uint64_t i = 1; i <= 10; i++)
    expect_free (&fixture, i << 4);
  expect_none (&fixture);
  assert_int_equal (fixture.ring.n_skipped, 0);
  tear_down (&fixture);
}

static void
test_bytes_of_an_earlier_round_are_no_record (void **state)
{
  (void)state;
  Fixture fixture = set_up (0);
  heap_slot_free (&fixture.slot, 0x10, 5);
  expect_free (&fixture, 0x10);
  fixture.ring.position = fixture.ring.head = RING_BYTES;
  fixture.slot.slot->tail = RING_BYTES;
  fixture.slot.slot->head = RING_BYTES + 40;
  expect_none (&fixture);
  heap_slot_put (&fixture.slot, RING_BYTES, &(uint64_t){ RING_BYTES | PROF_HEAP_COMMITTED }, 8);
  expect_free (&fixture, 0x10);
  tear_down (&fixture);
}

/* ---- records that are not finished ---- */

static uint64_t
write_unfinished (Fixture *fixture)
{
  ProfHeapFree record = { .address = 0x10, .time_ns = 5 };
  return heap_slot_write (&fixture->slot, &record, sizeof record, PROF_HEAP_FREE,
                          PROF_HEAP_RESERVED);
}

/* The head is not looked at again for each record, and still none waits for the next turn. */
static void
test_records_written_while_one_reads (void **state)
{
  (void)state;
  Fixture fixture = set_up (0);
  heap_slot_free (&fixture.slot, 0x10, 5);
  heap_slot_free (&fixture.slot, 0x20, 6);
  expect_free (&fixture, 0x10);
  write_unfinished (&fixture);
  heap_slot_free (&fixture.slot, 0x30, 7);
  expect_free (&fixture, 0x20);
  ProfHeapEvent event;
  assert_int_equal (prof_heap_ring_next (&fixture.ring, SECOND, true, &event), 1);
  assert_int_equal (event.address, 0x30);
  expect_none (&fixture);
  tear_down (&fixture);
}

static void
test_unfinished_record_is_waited_for (void **state)
{
  (void)state;
  Fixture fixture = set_up (4096);
  uint64_t position = write_unfinished (&fixture);
  heap_slot_free (&fixture.slot, 0x20, 6);
  expect_none_at (&fixture, 10 * SECOND, false);
  expect_none_at (&fixture, 11 * SECOND - 1, false);
  heap_slot_put (&fixture.slot, position, &(uint64_t){ position | PROF_HEAP_COMMITTED }, 8);
  expect_free (&fixture, 0x10);
  expect_free (&fixture, 0x20);
  assert_int_equal (fixture.ring.n_skipped, 0);
  tear_down (&fixture);
}

static void
test_unfinished_record_is_given_up_after_a_second (void **state)
{
  (void)state;
  Fixture fixture = set_up (4096);
  write_unfinished (&fixture);
  heap_slot_free (&fixture.slot, 0x20, 6);
  expect_none_at (&fixture, SECOND, false);
  ProfHeapEvent event;
  assert_int_equal (prof_heap_ring_next (&fixture.ring, 2 * SECOND, false, &event), 1);
  assert_int_equal (event.address, 0x20);
  assert_int_equal (fixture.ring.n_skipped, 1);
  tear_down (&fixture);
}

static void
test_each_unfinished_record_has_its_second (void **state)
{
  (void)state;
  Fixture fixture = set_up (0);
  write_unfinished (&fixture);
  write_unfinished (&fixture);
  expect_none_at (&fixture, SECOND, false);
  expect_none_at (&fixture, 2 * SECOND, false);
  assert_int_equal (fixture.ring.n_skipped, 1);
  expect_none_at (&fixture, 3 * SECOND - 1, false);
  assert_int_equal (fixture.ring.n_skipped, 1);
  expect_none_at (&fixture, 3 * SECOND, false);
  assert_int_equal (fixture.ring.n_skipped, 2);
  tear_down (&fixture);
}

static void
test_dead_writers_are_not_waited_for (void **state)
{
  (void)state;
  Fixture fixture = set_up (RING_BYTES - 56);
  heap_slot_free (&fixture.slot, 0x10, 5);
  write_unfinished (&fixture);
  heap_slot_free (&fixture.slot, 0x30, 6);
  /* Reserved, and nothing written. */
  fixture.slot.slot->head += 160;
  heap_slot_free (&fixture.slot, 0x40, 7);
  fixture.slot.slot->head += 48;
  static const uint64_t expected[] = { 0x10, 0x30, 0x40 };
  for (int i = 0; i < 3; i++) {
    ProfHeapEvent event;
    assert_int_equal (prof_heap_ring_next (&fixture.ring, SECOND, true, &event), 1);
    assert_int_equal (event.address, expected[i]);
  }
  expect_none_at (&fixture, SECOND, true);
  assert_int_equal (fixture.ring.n_skipped, 3);
  prof_heap_ring_release (&fixture.ring);
  assert_int_equal (fixture.slot.slot->tail, fixture.slot.slot->head);
  tear_down (&fixture);
}

/* ---- what no hook writes ---- */

static void
test_hostile_sizes_stay_inside (void **state)
{
  (void)state;
  static const uint32_t sizes[] = { 0, 1, 8, 17, 41, 48, RING_BYTES, UINT32_MAX, 0x80000000u };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    Fixture fixture = set_up (RING_BYTES - 24);
    heap_slot_free (&fixture.slot, 0x10, 5);
    heap_slot_put (&fixture.slot, RING_BYTES - 16, &sizes[i], 4);
    expect_none (&fixture);
    assert_int_equal (fixture.ring.n_skipped, 1);
    heap_slot_free (&fixture.slot, 0x20, 5);
    expect_free (&fixture, 0x20);
    tear_down (&fixture);
  }
}

static void
test_unknown_kinds_are_skipped (void **state)
{
  (void)state;
  Fixture fixture = set_up (0);
  ProfHeapFree record = { .address = 0x10 };
  heap_slot_write (&fixture.slot, &record, sizeof record, 77, PROF_HEAP_COMMITTED);
  heap_slot_free (&fixture.slot, 0x20, 5);
  expect_free (&fixture, 0x20);
  assert_int_equal (fixture.ring.n_skipped, 1);
  tear_down (&fixture);
}

static void
test_hostile_heads_end_in_step (void **state)
{
  (void)state;
  static const uint64_t heads[]
      = { 4096 + RING_BYTES + 8, 4088, 0, 4096 + 12, UINT64_MAX, 1ull << 63 };
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    Fixture fixture = set_up (4096);
    fixture.slot.slot->head = heads[i];
    expect_none_at (&fixture, SECOND, true);
    assert_int_equal (fixture.ring.n_skipped, 1);
    fixture.slot.slot->head = fixture.ring.position;
    heap_slot_free (&fixture.slot, 0x20, 5);
    expect_free (&fixture, 0x20);
    tear_down (&fixture);
  }
}

/* ---- threads ---- */

enum { N_FREES = 200000, N_WRITERS = 2 };

typedef struct {
  const HeapSlot *slot;
  uint64_t first;
} Writer;

/* As the contract says: reserve, write, commit. */
static void
write_free (const HeapSlot *slot, uint64_t address)
{
  uint64_t head = slot->slot->head;
  do {
    while (head + sizeof (ProfHeapFree) - slot->slot->tail > RING_BYTES)
      head = slot->slot->head;
  } while (!atomic_compare_exchange_weak (&slot->slot->head, &head, head + sizeof (ProfHeapFree)));
  uint64_t words[]
      = { 0, sizeof (ProfHeapFree) | (uint64_t)PROF_HEAP_FREE << 32, address, address, 1 };
  for (unsigned i = 1; i < 5; i++)
    *(uint64_t *)&slot->ring[(head + 8 * i) & (RING_BYTES - 1)] = words[i];
  __atomic_store_n ((uint64_t *)&slot->ring[head & (RING_BYTES - 1)], head | PROF_HEAP_COMMITTED,
                    __ATOMIC_RELEASE);
}

static void *
write_frees (void *data)
{
  const Writer *writer = data;
  for (uint64_t i = 0; i < N_FREES; i++)
    write_free (writer->slot, writer->first + i);
  return NULL;
}

/* Nothing is lost, and each thread's are in its order. */
static void
test_writers_at_work (void **state)
{
  (void)state;
  Fixture fixture = set_up (RING_BYTES * 1000 - 24);
  pthread_t threads[N_WRITERS];
  Writer writers[N_WRITERS];
  uint64_t next[N_WRITERS] = { 0 };
  for (unsigned i = 0; i < N_WRITERS; i++) {
    writers[i] = (Writer){ &fixture.slot, (uint64_t)i << 32 };
    assert_int_equal (pthread_create (&threads[i], NULL, write_frees, &writers[i]), 0);
  }
  for (unsigned n = 0; n < N_WRITERS * N_FREES;) {
    ProfHeapEvent event;
    if (prof_heap_ring_next (&fixture.ring, SECOND, false, &event) == 0) {
      prof_heap_ring_release (&fixture.ring);
      continue;
    }
    unsigned writer = (unsigned)(event.address >> 32);
    assert_true (writer < N_WRITERS);
    assert_int_equal (event.address & UINT32_MAX, next[writer]++);
    n++;
  }
  for (unsigned i = 0; i < N_WRITERS; i++)
    pthread_join (threads[i], NULL);
  assert_int_equal (fixture.ring.n_skipped, 0);
  expect_none (&fixture);
  tear_down (&fixture);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_events_come_in_order),
    cmocka_unit_test (test_wrapped_records_are_whole),
    cmocka_unit_test (test_position_may_pass_the_greatest_number),
    cmocka_unit_test (test_bytes_of_an_earlier_round_are_no_record),
    cmocka_unit_test (test_records_written_while_one_reads),
    cmocka_unit_test (test_unfinished_record_is_waited_for),
    cmocka_unit_test (test_unfinished_record_is_given_up_after_a_second),
    cmocka_unit_test (test_each_unfinished_record_has_its_second),
    cmocka_unit_test (test_dead_writers_are_not_waited_for),
    cmocka_unit_test (test_hostile_sizes_stay_inside),
    cmocka_unit_test (test_unknown_kinds_are_skipped),
    cmocka_unit_test (test_hostile_heads_end_in_step),
    cmocka_unit_test (test_writers_at_work),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
