/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/live-blocks.h"

#include "base/prng.h"
#include "tests.h"

static void
add (ProfLiveBlocks *live, uint64_t address, uint64_t size)
{
  ProfLiveBlock block = { .address = address, .size = size };
  assert_int_equal (prof_live_blocks_add (live, &block), 0);
}

static void
remove_block (ProfLiveBlocks *live, uint64_t address)
{
  ProfLiveBlock *block = prof_live_blocks_find (live, address);
  assert_non_null (block);
  prof_live_blocks_remove (live, block);
}

static void
test_finds_what_was_added (void **state)
{
  (void)state;
  ProfLiveBlocks live = { 0 };
  assert_null (prof_live_blocks_find (&live, 0x1000));
  add (&live, 0x1000, 10);
  add (&live, 0x1001, 11); /* no allocator's, but not to be mixed up */
  add (&live, 0x7fffffffffff, 12);
  assert_int_equal (live.n_live, 3);
  assert_int_equal (prof_live_blocks_find (&live, 0x1000)->size, 10);
  assert_int_equal (prof_live_blocks_find (&live, 0x1001)->size, 11);
  assert_int_equal (prof_live_blocks_find (&live, 0x7fffffffffff)->size, 12);
  assert_null (prof_live_blocks_find (&live, 0x1010));
  remove_block (&live, 0x1000);
  assert_null (prof_live_blocks_find (&live, 0x1000));
  assert_int_equal (prof_live_blocks_find (&live, 0x1001)->size, 11);
  assert_int_equal (live.n_live, 2);
  prof_live_blocks_finish (&live);
}

static void
test_foreach_visits_each_once (void **state)
{
  (void)state;
  ProfLiveBlocks live = { 0 };
  uint64_t sum = 0, n = 0;
  prof_live_blocks_foreach (block, &live) fail ();
  for (uint64_t i = 1; i <= 100; i++)
    add (&live, i * 4096, i);
  remove_block (&live, 50 * 4096);
  prof_live_blocks_foreach (block, &live)
  {
    sum += block->size;
    n++;
  }
  assert_int_equal (n, 99);
  assert_int_equal (sum, 5000);
  prof_live_blocks_finish (&live);
}

/* Against a table without hashing. Neighbours, regions apart, and sizes around the growth. */
static void
test_random_blocks (void **state)
{
  (void)state;
  enum { N_PLACES = 600, N_STEPS = 200000 };
  static uint64_t sizes[N_PLACES];
  ProfPrng prng = { 7 };
  ProfLiveBlocks live = { 0 };
  size_t n_live = 0;
  for (uint64_t i = 0; i < N_STEPS; i++) {
    size_t place = prof_prng_next (&prng) % (i / 50000 % 2 == 0 ? N_PLACES : N_PLACES / 8);
    uint64_t address = 0x555500000000 + place % 37 * 0x100000 + place / 37 * 16;
    const ProfLiveBlock *block = prof_live_blocks_find (&live, address);
    assert_int_equal (block == NULL ? 0 : block->size, sizes[place]);
    if (block == NULL) {
      sizes[place] = i + 1;
      add (&live, address, i + 1);
      n_live++;
    } else {
      sizes[place] = 0;
      remove_block (&live, address);
      n_live--;
    }
    assert_int_equal (live.n_live, n_live);
  }
  prof_live_blocks_finish (&live);
}

static void
test_memory_per_block_is_bounded (void **state)
{
  (void)state;
  ProfLiveBlocks live = { 0 };
  for (uint64_t i = 1; i <= 100000; i++) {
    add (&live, i * 48, 1);
    assert_true (live.n_slots <= 64 || live.n_slots * 10 <= i * 33);
  }
  prof_live_blocks_finish (&live);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_finds_what_was_added),
    cmocka_unit_test (test_foreach_visits_each_once),
    cmocka_unit_test (test_random_blocks),
    cmocka_unit_test (test_memory_per_block_is_bounded),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
