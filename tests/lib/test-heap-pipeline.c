/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "heap-slot.h"

/* Code without unwind data, in memory of no file: stacks are chains of frame pointers. */
#define MAPS                                                                                       \
  "400000-500000 r-xp 00000000 00:00 0 \n"                                                         \
  "600000-700000 rw-p 00000000 00:00 0 \n"

enum { RING_BYTES = 65536, SP = 0x10000, LEAF = 0x401000, MIDDLE = 0x402000, ROOT = 0x403000 };
enum { NO_PROCESS = 5000001 }; /* greater than any of Linux */

#if defined __aarch64__
enum { FP_INDEX = 10 };
#else
enum { FP_INDEX = 1 };
#endif

typedef struct {
  ProfHeapRegion region;
  ProfHeapPipeline pipeline;
} Fixture;

static Fixture *
set_up (void)
{
  Fixture *fixture = calloc (1, sizeof *fixture);
  assert_non_null (fixture);
  fixture->region = heap_region_new (RING_BYTES);
  ProfHeapPipelineConfig config
      = { .region = &fixture->region,
          .store = { .rate_bytes = 1, .tracks_frees = true, .max_rows = 1000 },
          .max_frames = 64 };
  assert_int_equal (prof_heap_pipeline_init (&fixture->pipeline, &config), 0);
  return fixture;
}

static void
tear_down (Fixture *fixture)
{
  prof_heap_pipeline_finish (&fixture->pipeline);
  prof_heap_region_finish (&fixture->region);
  free (fixture);
}

static void
drain (Fixture *fixture)
{
  assert_int_equal (prof_heap_pipeline_drain (&fixture->pipeline, prof_monotonic_ns ()), 0);
}

/* LEAF called by MIDDLE called by ROOT; pcs are return addresses. */
static HeapStackRecord
make_stack (uint64_t leaf)
{
  uint64_t words[] = { 0, 0, SP + 32, MIDDLE, 0, ROOT };
  HeapStackRecord record = heap_stack_record (leaf, SP, words, 6);
  record.stack.registers[FP_INDEX] = SP + 16;
  return record;
}

static void
allocate (const HeapSlot *slot, uint64_t address, uint64_t size)
{
  HeapStackRecord record = make_stack (LEAF);
  heap_slot_allocate (slot, &record, address, size, prof_monotonic_ns ());
}

/* Calls lie before what they return to. */
static void
expect_stack (const Fixture *fixture, uint32_t node)
{
  static const uint64_t expected[] = { LEAF - 1, MIDDLE - 1, ROOT - 1 };
  const ProfStackBuilder *builder = &fixture->pipeline.builder;
  for (int i = 0; i < 3; i++) {
    assert_true (node != 0);
    const ProfStackNode *self = &builder->stacks.nodes.items[node];
    assert_int_equal (builder->frames.frames.items[self->frame].address, expected[i]);
    node = self->parent;
  }
  assert_int_equal (node, 0);
}

static const ProfLiveBlock *
get_live (const Fixture *fixture, uint32_t image, uint64_t address)
{
  const ProfHeapStore *store = &fixture->pipeline.store;
  assert_true (image < store->processes.n);
  return prof_live_blocks_find (&store->processes.items[image], address);
}

/* ---- events ---- */

static void
test_allocations_are_live_until_freed (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  allocate (&slot, 0x1000, 100);
  allocate (&slot, 0x2000, 50);
  drain (fixture);
  assert_int_equal (fixture->pipeline.store.n_current_bytes, 150);
  expect_stack (fixture, get_live (fixture, 0, 0x1000)->stack);
  heap_slot_free (&slot, 0x1000, prof_monotonic_ns ());
  drain (fixture);
  assert_int_equal (fixture->pipeline.store.n_current_bytes, 50);
  assert_int_equal (fixture->pipeline.store.n_peak_bytes, 150);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, 150);
  assert_int_equal (fixture->pipeline.store.n_samples, 2);
  assert_null (get_live (fixture, 0, 0x1000));
  assert_int_equal (fixture->pipeline.n_processes, 1);
  assert_int_equal (slot.slot->tail, slot.slot->head);
  tear_down (fixture);
}

static void
test_events_of_an_earlier_recording_are_left_out (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  allocate (&slot, 0x1000, 100);
  fixture->pipeline.start_ns = prof_monotonic_ns ();
  allocate (&slot, 0x2000, 50);
  drain (fixture);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, 50);
  tear_down (fixture);
}

static void
test_a_pause_has_frees_and_no_allocations (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  allocate (&slot, 0x1000, 100);
  fixture->pipeline.pause_ns = prof_monotonic_ns ();
  allocate (&slot, 0x2000, 50);
  heap_slot_free (&slot, 0x1000, prof_monotonic_ns ());
  drain (fixture);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, 100);
  assert_int_equal (fixture->pipeline.store.n_current_bytes, 0);

  allocate (&slot, 0x3000, 25);
  fixture->pipeline.resume_ns = prof_monotonic_ns ();
  fixture->pipeline.pause_ns = UINT64_MAX;
  allocate (&slot, 0x4000, 10);
  heap_slot_free (&slot, 0x2000, prof_monotonic_ns ());
  drain (fixture);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, 110);
  assert_int_equal (fixture->pipeline.store.n_current_bytes, 10);
  tear_down (fixture);
}

static uint32_t
find_published (const Fixture *fixture, uint64_t pc, uint64_t sp)
{
  const uint8_t *area = prof_heap_region_get_stacks (&fixture->region, 0);
  uint32_t place = ((const uint32_t *)area)[prof_heap_stack_bucket (pc, sp)];
  return place == 0 ? 0 : ((const ProfHeapKnownStack *)(area + place * 8ull))->number;
}

static void
test_known_stacks_are_published_and_understood (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  allocate (&slot, 0x1000, 100);
  drain (fixture);
  uint32_t number = find_published (fixture, LEAF, SP);
  assert_true (number > 0);
  heap_slot_allocate_known (&slot, 0x2000, 10, prof_monotonic_ns (), number);
  heap_slot_allocate_known (&slot, 0x3000, 10, prof_monotonic_ns (), number + 1);
  heap_slot_allocate_known (&slot, 0x4000, 10, prof_monotonic_ns (), UINT32_MAX);
  drain (fixture);
  expect_stack (fixture, get_live (fixture, 0, 0x2000)->stack);
  assert_int_equal (get_live (fixture, 0, 0x3000)->stack, 0);
  assert_int_equal (get_live (fixture, 0, 0x4000)->stack, 0);
  tear_down (fixture);
}

/* Code may have come since that has unwind data. */
static void
test_stack_without_end_is_published_once_the_maps_are_newer (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  HeapStackRecord record = make_stack (LEAF);
  record.words[3] = 0x10; /* in no code */
  uint64_t before_ns = prof_monotonic_ns ();
  heap_slot_allocate (&slot, &record, 0x1000, 1, before_ns + 1000 * 1000000000ull);
  drain (fixture);
  assert_int_equal (find_published (fixture, LEAF, SP), 0);
  heap_slot_allocate (&slot, &record, 0x2000, 1, before_ns);
  drain (fixture);
  assert_true (find_published (fixture, LEAF, SP) > 0);
  tear_down (fixture);
}

static void
test_drops_are_counted_when_the_slot_is_gone_too (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, NO_PROCESS, MAPS);
  ProfHeapFree unfinished = { .address = 1 };
  slot.slot->n_dropped_allocations = 3;
  slot.slot->n_dropped_frees = 4;
  slot.slot->n_left_out = 5;
  heap_slot_write (&slot, &unfinished, sizeof unfinished, PROF_HEAP_FREE, PROF_HEAP_RESERVED);
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_FREE);
  assert_int_equal (fixture->pipeline.n_dropped, 8);
  assert_int_equal (fixture->pipeline.n_left_out, 5);
  tear_down (fixture);
}

static atomic_bool wants_stop;

/* As fast as there is room. */
static void *
write_without_end (void *data)
{
  const HeapSlot *slot = data;
  while (!wants_stop)
    if (slot->slot->head - slot->slot->tail + sizeof (ProfHeapFree) <= RING_BYTES)
      heap_slot_free (slot, 0x1000, 1);
  return NULL;
}

static void
test_fast_writer_does_not_hold_the_reader (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  pthread_t thread;
  wants_stop = false;
  assert_int_equal (pthread_create (&thread, NULL, write_without_end, &slot), 0);
  for (int i = 0; i < 100; i++)
    drain (fixture);
  wants_stop = true;
  pthread_join (thread, NULL);
  tear_down (fixture);
}

/* ---- processes ---- */

static void
test_claim_of_a_process_that_was_killed_is_taken_back (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, 0, MAPS);
  slot.slot->claimer = (uint32_t)getpid ();
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_CLAIMED);
  slot.slot->claimer = NO_PROCESS;
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_FREE);
  assert_int_equal (fixture->pipeline.n_processes, 0);
  tear_down (fixture);
}

static void
test_claim_is_waited_for_until_it_is_whole (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, 0, MAPS);
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_CLAIMED);
  assert_int_equal (fixture->pipeline.n_processes, 0);
  heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  allocate (&slot, 0x1000, 100);
  drain (fixture);
  assert_int_equal (fixture->pipeline.n_processes, 1);
  expect_stack (fixture, get_live (fixture, 0, 0x1000)->stack);
  tear_down (fixture);
}

/* A child of the test's, which waits until it is let go. */
typedef struct {
  pid_t pid;
  int go_fd;
} Child;

static Child
start_child (void)
{
  int pipe_fds[2];
  char byte;
  assert_int_equal (pipe (pipe_fds), 0);
  pid_t pid = fork ();
  if (pid == 0) {
    close (pipe_fds[1]);
    _exit (read (pipe_fds[0], &byte, 1) < 0);
  }
  close (pipe_fds[0]);
  return (Child){ pid, pipe_fds[1] };
}

static void
end_child (const Child *child)
{
  int status;
  close (child->go_fd);
  assert_int_equal (waitpid (child->pid, &status, 0), child->pid);
}

static void
test_slot_is_freed_when_its_process_ends (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  Child child = start_child ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, child.pid, MAPS);
  allocate (&slot, 0x1000, 100);
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_CLAIMED);
  allocate (&slot, 0x2000, 50);
  end_child (&child);
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_FREE);
  assert_int_equal (slot.slot->pid, 0);
  assert_int_equal (fixture->pipeline.images.n, 0);
  assert_int_equal (fixture->pipeline.store.n_current_bytes, 0);
  assert_int_equal (fixture->pipeline.store.n_peak_bytes, 150);
  tear_down (fixture);
}

static void
test_process_that_was_never_seen_alive_counts (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  Child child = start_child ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, child.pid, MAPS);
  allocate (&slot, 0x1000, 100);
  end_child (&child);
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_FREE);
  assert_int_equal (fixture->pipeline.n_processes, 1);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, 100);
  tear_down (fixture);
}

/* The claim's process ended, and its pid is another's now, which began later. */
static void
test_pid_of_a_younger_process_is_another (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  slot.slot->claim_ns = 1;
  allocate (&slot, 0x1000, 100);
  drain (fixture);
  assert_int_equal (slot.slot->state, PROF_HEAP_SLOT_FREE);
  tear_down (fixture);
}

static void
test_forked_child_has_its_parents_code_and_no_blocks (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot parent = heap_slot_claim (&fixture->region, 1, getpid (), MAPS);
  allocate (&parent, 0x1000, 100);
  Child child = start_child ();
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, child.pid, NULL);
  slot.slot->parent_pid = (uint32_t)getpid ();
  slot.slot->parent_slot = 1;
  heap_slot_free (&slot, 0x1000, prof_monotonic_ns ());
  allocate (&slot, 0x2000, 50);
  drain (fixture);
  assert_int_equal (fixture->pipeline.n_processes, 2);
  assert_non_null (get_live (fixture, 0, 0x1000));
  assert_null (get_live (fixture, 1, 0x1000));
  expect_stack (fixture, get_live (fixture, 1, 0x2000)->stack);
  end_child (&child);
  tear_down (fixture);
}

static void
test_parent_of_another_pid_is_none (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  heap_slot_claim (&fixture->region, 1, getpid (), MAPS);
  HeapSlot slot = heap_slot_claim (&fixture->region, 0, NO_PROCESS, NULL);
  slot.slot->parent_pid = NO_PROCESS + 1;
  slot.slot->parent_slot = 1;
  allocate (&slot, 0x2000, 50);
  drain (fixture);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, 50);
  tear_down (fixture);
}

static void
test_exec_begins_a_new_image (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  HeapSlot old = heap_slot_claim (&fixture->region, 0, getpid (), MAPS);
  allocate (&old, 0x1000, 100);
  drain (fixture);
  allocate (&old, 0x2000, 30);
  HeapSlot new = heap_slot_claim (&fixture->region, 1, getpid (), MAPS);
  new.slot->claim_ns++;
  allocate (&new, 0x1000, 7);
  drain (fixture);
  assert_int_equal (old.slot->state, PROF_HEAP_SLOT_FREE);
  assert_int_equal (new.slot->state, PROF_HEAP_SLOT_CLAIMED);
  assert_int_equal (fixture->pipeline.store.n_missed_frees, 0);
  assert_int_equal (fixture->pipeline.store.n_current_bytes, 7);
  assert_int_equal (get_live (fixture, 1, 0x1000)->size, 7);
  tear_down (fixture);
}

static void
test_obstacles_are_told (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  for (uint32_t i = 0; i < 20; i++) {
    HeapSlot slot = heap_slot_claim (&fixture->region, i, NO_PROCESS + i, MAPS);
    slot.slot->obstacle = i == 1 ? PROF_HEAP_WORKS : PROF_HEAP_SANITIZER;
  }
  drain (fixture);
  assert_int_equal (fixture->pipeline.n_refusals, 19);
  for (uint32_t i = 0; i < PROF_HEAP_MAX_REFUSALS; i++) {
    assert_int_equal (fixture->pipeline.refusals[i].pid, NO_PROCESS + (i == 0 ? 0 : i + 1));
    assert_int_equal (fixture->pipeline.refusals[i].obstacle, PROF_HEAP_SANITIZER);
  }
  tear_down (fixture);
}

/* All of them, again and again. */
static void
test_slots_are_used_again (void **state)
{
  (void)state;
  Fixture *fixture = set_up ();
  for (uint32_t round = 0; round < 3; round++) {
    for (uint32_t i = 0; i < fixture->region.n_slots; i++) {
      HeapSlot slot = heap_slot_claim (&fixture->region, i, NO_PROCESS + i, MAPS);
      allocate (&slot, 0x1000, 100);
    }
    drain (fixture);
    assert_int_equal (fixture->pipeline.images.n, 0);
  }
  uint32_t n = 3 * fixture->region.n_slots;
  assert_int_equal (fixture->pipeline.n_processes, n);
  assert_int_equal (fixture->pipeline.store.n_total_bytes, n * 100);
  assert_int_equal (fixture->pipeline.store.n_missed_frees, 0);
  tear_down (fixture);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_allocations_are_live_until_freed),
    cmocka_unit_test (test_events_of_an_earlier_recording_are_left_out),
    cmocka_unit_test (test_a_pause_has_frees_and_no_allocations),
    cmocka_unit_test (test_known_stacks_are_published_and_understood),
    cmocka_unit_test (test_stack_without_end_is_published_once_the_maps_are_newer),
    cmocka_unit_test (test_drops_are_counted_when_the_slot_is_gone_too),
    cmocka_unit_test (test_fast_writer_does_not_hold_the_reader),
    cmocka_unit_test (test_claim_of_a_process_that_was_killed_is_taken_back),
    cmocka_unit_test (test_claim_is_waited_for_until_it_is_whole),
    cmocka_unit_test (test_slot_is_freed_when_its_process_ends),
    cmocka_unit_test (test_process_that_was_never_seen_alive_counts),
    cmocka_unit_test (test_pid_of_a_younger_process_is_another),
    cmocka_unit_test (test_forked_child_has_its_parents_code_and_no_blocks),
    cmocka_unit_test (test_parent_of_another_pid_is_none),
    cmocka_unit_test (test_exec_begins_a_new_image),
    cmocka_unit_test (test_obstacles_are_told),
    cmocka_unit_test (test_slots_are_used_again),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
