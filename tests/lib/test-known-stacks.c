/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/known-stacks.h"

#include <string.h>

#include "base/prng.h"
#include "tests.h"

enum { STACK = 0x10000, AREA_BYTES = 64 * 1024, BUCKETS_BYTES = 4 * PROF_HEAP_N_BUCKETS };

typedef struct {
  _Alignas(8) uint8_t area[AREA_BYTES];
  ProfKnownStacks known;
} Slot;

static Slot slot;

static int
setup (void **state)
{
  (void)state;
  memset (slot.area, 0xaa, sizeof slot.area);
  prof_known_stacks_init (&slot.known, slot.area, sizeof slot.area);
  return 0;
}

static int
teardown (void **state)
{
  (void)state;
  prof_known_stacks_finish (&slot.known);
  return 0;
}

/* A stack that two words decided. */
static ProfStackWitness
make_witness (uint64_t pc, uint64_t first, uint64_t second)
{
  return (ProfStackWitness){ .pc = pc,
                             .sp = STACK,
                             .fp = 7,
                             .reach = 24,
                             .n_words = 2,
                             .words = { { 0, first }, { 16, second } } };
}

static int
add (uint64_t pc, uint64_t first, uint64_t second, uint32_t node)
{
  ProfStackWitness witness = make_witness (pc, first, second);
  return prof_known_stacks_add (&slot.known, &witness, node);
}

static uint32_t
find (uint64_t pc, uint64_t first, uint64_t second)
{
  uint64_t words[] = { first, 99, second };
  ProfUnwindRegisters registers = { .pc = pc, .sp = STACK, .fp = 8 };
  ProfStackSlice slice = { STACK, (const uint8_t *)words, sizeof words };
  return prof_known_stacks_find (&slot.known, &registers, &slice);
}

static uint32_t
read_u32 (size_t offset)
{
  uint32_t value;
  memcpy (&value, slot.area + offset, sizeof value);
  return value;
}

static uint64_t
read_u64 (size_t offset)
{
  uint64_t value;
  memcpy (&value, slot.area + offset, sizeof value);
  return value;
}

static void
test_finds_what_was_added (void **state)
{
  (void)state;
  uint32_t node;
  assert_int_equal (find (0x1000, 1, 2), 0);
  assert_int_equal (add (0x1000, 1, 2, 50), 1);
  assert_int_equal (add (0x1000, 1, 3, 60), 2);
  assert_int_equal (add (0x2000, 1, 2, 70), 3);
  assert_int_equal (find (0x1000, 1, 2), 1);
  assert_int_equal (find (0x1000, 1, 3), 2);
  assert_int_equal (find (0x2000, 1, 2), 3);
  assert_int_equal (find (0x2000, 1, 3), 0);
  assert_int_equal (find (0x3000, 1, 2), 0);
  assert_true (prof_known_stacks_get_node (&slot.known, 2, &node));
  assert_int_equal (node, 60);
  assert_false (prof_known_stacks_get_node (&slot.known, 0, &node));
  assert_false (prof_known_stacks_get_node (&slot.known, 4, &node));
}

/* The bytes that a hook reads. */
static void
test_layout (void **state)
{
  (void)state;
  add (0x1000, 1, 2, 50);
  add (0x1000, 1, 3, 60);
  size_t bucket = 4 * prof_heap_stack_bucket (0x1000, STACK), first = BUCKETS_BYTES;
  size_t second = 8 * (size_t)read_u32 (bucket);
  assert_int_equal (second, first + 48 + 2 * 16);
  assert_int_equal (read_u64 (second), 0x1000);         /* pc */
  assert_int_equal (read_u64 (second + 8), STACK);      /* sp */
  assert_int_equal (read_u64 (second + 16), 7);         /* fp */
  assert_int_equal (read_u32 (second + 24), first / 8); /* next */
  assert_int_equal (read_u32 (second + 28), 2);         /* number */
  assert_int_equal (read_u32 (second + 32), 2);         /* n_words */
  assert_int_equal (read_u32 (second + 36), 0);         /* uses_fp */
  assert_int_equal (read_u64 (second + 40), 24);        /* reach */
  assert_int_equal (read_u64 (second + 48), 0);         /* offset */
  assert_int_equal (read_u64 (second + 56), 1);         /* value */
  assert_int_equal (read_u64 (second + 64), 16);
  assert_int_equal (read_u64 (second + 72), 3);
  assert_int_equal (read_u32 (first + 24), 0); /* the last of the bucket */
  for (size_t i = 0; i < BUCKETS_BYTES; i += 4)
    assert_true (i == bucket || read_u32 (i) == 0);
}

static void
test_frame_pointer_is_compared_if_it_decided (void **state)
{
  (void)state;
  ProfStackWitness witness = make_witness (0x1000, 1, 2);
  witness.uses_fp = true;
  assert_int_equal (prof_known_stacks_add (&slot.known, &witness, 5), 1);
  assert_int_equal (find (0x1000, 1, 2), 0);
  witness.fp = 8;
  assert_int_equal (prof_known_stacks_add (&slot.known, &witness, 5), 2);
  assert_int_equal (find (0x1000, 1, 2), 2);
}

static void
test_refused_is_not_added (void **state)
{
  (void)state;
  ProfStackWitness witness = make_witness (0x1000, 1, 2);
  witness.is_refused = true;
  assert_int_equal (prof_known_stacks_add (&slot.known, &witness, 5), 0);
  assert_int_equal (slot.known.n_used, BUCKETS_BYTES);
}

static void
test_full_area_takes_no_more (void **state)
{
  (void)state;
  int n = 0;
  for (uint64_t i = 0; i < 1000; i++)
    n += add (0x1000 + i * 16, 1, 2, 5) > 0;
  assert_int_equal (n, (AREA_BYTES - BUCKETS_BYTES) / 80);
  assert_int_equal (find (0x1000, 1, 2), 1);
  assert_int_equal (add (0x1000, 1, 3, 5), 0);
}

static void
test_area_without_room (void **state)
{
  (void)state;
  static _Alignas(8) uint8_t small[64];
  ProfKnownStacks known;
  ProfStackWitness witness = make_witness (0x1000, 1, 2);
  prof_known_stacks_init (&known, small, sizeof small);
  assert_int_equal (prof_known_stacks_add (&known, &witness, 1), 0);
  prof_known_stacks_finish (&known);
}

/* Hooks only look at the latest ones of a bucket. */
static void
test_bucket_is_bounded (void **state)
{
  (void)state;
  for (uint64_t i = 1; i <= 100; i++)
    assert_int_equal (add (0x1000, i, 2, 5), i <= 4 * PROF_HEAP_MAX_CANDIDATES ? i : 0);
  assert_int_equal (find (0x1000, 64, 2), 64);
  assert_int_equal (find (0x1000, 64 - PROF_HEAP_MAX_CANDIDATES + 1, 2), 49);
  assert_int_equal (find (0x1000, 64 - PROF_HEAP_MAX_CANDIDATES, 2), 0);
}

static void
test_forgotten_stacks_keep_their_numbers (void **state)
{
  (void)state;
  uint32_t node;
  add (0x1000, 1, 2, 50);
  prof_known_stacks_forget (&slot.known);
  assert_int_equal (find (0x1000, 1, 2), 0);
  assert_int_equal (read_u32 (4 * prof_heap_stack_bucket (0x1000, STACK)), 0);
  assert_int_equal (add (0x1000, 1, 2, 80), 2);
  assert_int_equal (find (0x1000, 1, 2), 2);
  assert_true (prof_known_stacks_get_node (&slot.known, 1, &node));
  assert_int_equal (node, 50);
}

/* The recorded program writes what it likes: nothing is read outside of the area. */
static void
test_hostile_area (void **state)
{
  (void)state;
  ProfPrng prng = { 5 };
  for (uint64_t i = 0; i < 64; i++)
    add (0x1000, i, 2, 5);
  for (size_t i = 0; i < 200000; i++) {
    uint64_t value = prof_prng_next (&prng) >> (prof_prng_next (&prng) % 64);
    size_t place = BUCKETS_BYTES + 8 * (prof_prng_next (&prng) % (64 * 80 / 8));
    memcpy (slot.area + place, &value, 8);
    assert_true (find (0x1000, i % 64, 2) <= 64);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_finds_what_was_added, setup, teardown),
    cmocka_unit_test_setup_teardown (test_layout, setup, teardown),
    cmocka_unit_test_setup_teardown (test_frame_pointer_is_compared_if_it_decided, setup, teardown),
    cmocka_unit_test_setup_teardown (test_refused_is_not_added, setup, teardown),
    cmocka_unit_test_setup_teardown (test_full_area_takes_no_more, setup, teardown),
    cmocka_unit_test (test_area_without_room),
    cmocka_unit_test_setup_teardown (test_bucket_is_bounded, setup, teardown),
    cmocka_unit_test_setup_teardown (test_forgotten_stacks_keep_their_numbers, setup, teardown),
    cmocka_unit_test_setup_teardown (test_hostile_area, setup, teardown),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
