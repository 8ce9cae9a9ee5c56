/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-rows.h"

#include "base/prng.h"
#include "tests.h"

enum { US = 1 << PROF_HEAP_FIRST_BUCKET_BITS }; /* about one */

#define END_OF(bucket) (((bucket) + 1) * US - 1)

static ProfHeapRow
make_row (uint32_t stack, uint64_t size, uint64_t time_ns, uint64_t freed_ns)
{
  return (ProfHeapRow){ .stack = stack,
                        .size = size,
                        .time_ns = time_ns,
                        .freed_ns = freed_ns,
                        .n_samples = 1,
                        .count = 2,
                        .bytes = 2 * (double)size };
}

static void
add (ProfHeapRows *rows, ProfHeapRow row)
{
  assert_int_equal (prof_heap_rows_add (rows, &row), 0);
}

static void
assert_row (const ProfHeapRows *rows, size_t i, ProfHeapRow expected)
{
  assert_true (i < rows->rows.n);
  const ProfHeapRow *row = &rows->rows.items[i];
  assert_int_equal (row->stack, expected.stack);
  assert_int_equal (row->thread, expected.thread);
  assert_int_equal (row->size, expected.size);
  assert_int_equal (row->time_ns, expected.time_ns);
  assert_int_equal (row->freed_ns, expected.freed_ns);
  assert_int_equal (row->n_samples, expected.n_samples);
  assert_float_equal (row->count, expected.count, 0);
  assert_float_equal (row->bytes, expected.bytes, 0);
}

static void
test_equal_keys_become_sums (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 1000);
  add (&rows, make_row (1, 10, US, 3 * US + 5));
  add (&rows, make_row (1, 10, US + 9, 3 * US));
  add (&rows, make_row (1, 10, US + 1, PROF_HEAP_NEVER));
  add (&rows, make_row (1, 10, US + 1, 4 * US));
  add (&rows, make_row (1, 10, 2 * US, 3 * US));
  add (&rows, make_row (1, 11, US, 3 * US));
  add (&rows, make_row (2, 10, US, 3 * US));
  ProfHeapRow of_thread = make_row (1, 10, US, 3 * US);
  of_thread.thread = 1;
  add (&rows, of_thread);
  assert_int_equal (rows.rows.n, 7);
  assert_row (&rows, 0, (ProfHeapRow){ 1, 0, 10, END_OF (1), END_OF (3), 2, 4, 40 });
  assert_row (&rows, 1, (ProfHeapRow){ 1, 0, 10, US + 1, PROF_HEAP_NEVER, 1, 2, 20 });
  assert_row (&rows, 2, (ProfHeapRow){ 1, 0, 10, US + 1, 4 * US, 1, 2, 20 });
  assert_row (&rows, 6, (ProfHeapRow){ 1, 1, 10, US, 3 * US, 1, 2, 20 });
  prof_heap_rows_finish (&rows);
}

static void
test_nothing_is_freed_before_it_was_allocated (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 1000);
  add (&rows, make_row (1, 10, 5000, 4999));
  assert_row (&rows, 0, (ProfHeapRow){ 1, 0, 10, 5000, 5000, 1, 2, 20 });
  prof_heap_rows_finish (&rows);
}

/* Times of hostile programs. */
static void
test_times_are_bounded (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 1000);
  add (&rows, make_row (1, 10, UINT64_MAX, UINT64_MAX - 1));
  assert_row (&rows, 0, (ProfHeapRow){ 1, 0, 10, INT64_MAX, INT64_MAX, 1, 2, 20 });
  prof_heap_rows_finish (&rows);
}

/* 401 buckets of one microsecond are 201 of two. */
static void
test_first_step_doubles_the_buckets (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 404);
  for (uint64_t i = 0; i < 400; i++)
    add (&rows, make_row (1, 10, i * US, PROF_HEAP_NEVER));
  assert_int_equal (rows.rows.n, 400);
  assert_int_equal (rows.bucket_bits, PROF_HEAP_FIRST_BUCKET_BITS);
  add (&rows, make_row (1, 10, 400 * US, PROF_HEAP_NEVER));
  assert_int_equal (rows.bucket_bits, PROF_HEAP_FIRST_BUCKET_BITS + 1);
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_EXACT);
  assert_int_equal (rows.rows.n, 201);
  assert_row (&rows, 0, (ProfHeapRow){ 1, 0, 10, END_OF (1), PROF_HEAP_NEVER, 2, 4, 40 });
  prof_heap_rows_finish (&rows);
}

/* Each of 500 allocations in a span of its own. */
static void
test_spans_are_forgotten_before_sizes (void **state)
{
  (void)state;
  ProfHeapRows rows, copy;
  prof_heap_rows_init (&rows, 401);
  for (uint32_t i = 0; i < 500; i++) {
    ProfHeapRow row = make_row (1, 10 + i % 2, 5, PROF_HEAP_NEVER);
    row.span = i + 1;
    add (&rows, row);
    assert_int_equal (rows.rows.n, i < 397 ? i + 1 : 2);
  }
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_NO_SPANS);
  assert_int_equal (rows.n_without_span, 500);
  assert_row (&rows, 1, (ProfHeapRow){ 1, 0, 11, END_OF (0), PROF_HEAP_NEVER, 250, 500, 5500 });
  assert_int_equal (rows.rows.items[1].span, 0);
  prof_heap_rows_init_like (&copy, &rows);
  assert_int_equal (copy.n_without_span, 500);
  prof_heap_rows_finish (&rows);
}

/* One bucket only: the sizes 1 … 96 become 1, 2, 4, … 128. */
static void
test_sizes_are_rounded_up (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 98);
  for (uint64_t size = 1; size <= 96; size++)
    add (&rows, make_row (1, size, 5, PROF_HEAP_NEVER));
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_SIZE_POWERS);
  assert_int_equal (rows.rows.n, 8);
  assert_row (&rows, 0, (ProfHeapRow){ 1, 0, 1, 5, PROF_HEAP_NEVER, 1, 2, 2 });
  assert_row (&rows, 2, (ProfHeapRow){ 1, 0, 4, END_OF (0), PROF_HEAP_NEVER, 2, 4, 14 });
  assert_row (&rows, 7, (ProfHeapRow){ 1, 0, 128, END_OF (0), PROF_HEAP_NEVER, 32, 64, 2 * 2576 });
  add (&rows, make_row (1, 0, 5, PROF_HEAP_NEVER));
  add (&rows, make_row (1, UINT64_MAX, 5, PROF_HEAP_NEVER));
  assert_int_equal (rows.rows.items[8].size, 0);
  assert_int_equal (rows.rows.items[9].size, UINT64_C (1) << 63);
  prof_heap_rows_finish (&rows);
}

static void
test_threads_become_one (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 18);
  for (uint32_t i = 0; i < 16; i++) {
    ProfHeapRow row = make_row (1, 8, 5, PROF_HEAP_NEVER);
    row.thread = i;
    add (&rows, row);
  }
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_NO_THREADS);
  assert_int_equal (rows.rows.n, 1);
  assert_row (&rows, 0,
              (ProfHeapRow){ 1, PROF_HEAP_NO_THREAD, 8, END_OF (0), PROF_HEAP_NEVER, 16, 32, 256 });
  prof_heap_rows_finish (&rows);
}

/* 16 stacks in 64 buckets: as many buckets as leave at most 37 rows, in place of the stacks. */
static void
test_buckets_are_doubled_further (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 40);
  for (uint64_t i = 0; i < 64; i++)
    for (uint32_t stack = 1; stack <= 16; stack++)
      add (&rows, make_row (stack, 8, i * US, PROF_HEAP_NEVER));
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_NO_THREADS);
  assert_int_equal (rows.bucket_bits, PROF_HEAP_FIRST_BUCKET_BITS + 5);
  assert_int_equal (rows.rows.n, 32);
  assert_row (&rows, 0,
              (ProfHeapRow){ 1, PROF_HEAP_NO_THREAD, 8, END_OF (31), PROF_HEAP_NEVER, 32, 64,
                             512 });
  prof_heap_rows_finish (&rows);
}

static void
test_no_more_stacks_are_kept (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 13);
  for (uint32_t stack = 1; stack <= 30; stack++)
    add (&rows, make_row (stack, 8, stack * US, stack % 2 == 0 ? PROF_HEAP_NEVER : 100 * US));
  add (&rows, make_row (3, 8, 200 * US, 201 * US));
  assert_int_equal (rows.detail, PROF_HEAP_ROWS_NO_STACKS);
  assert_int_equal (rows.rows.n, 12);
  const uint32_t none = PROF_HEAP_NO_THREAD;
  assert_row (&rows, 2, (ProfHeapRow){ 3, none, 8, INT64_MAX, INT64_MAX, 2, 4, 32 });
  assert_row (&rows, 10, (ProfHeapRow){ 0, none, 0, INT64_MAX, INT64_MAX, 10, 20, 160 });
  assert_row (&rows, 11, (ProfHeapRow){ 0, none, 0, INT64_MAX, PROF_HEAP_NEVER, 10, 20, 160 });
  prof_heap_rows_finish (&rows);
}

/* Blocks that live one after the other, a quarter of a microsecond each, beside one that stays: at
 * no time more than two are live, and at the end of each bucket as many as really are. */
static void
test_short_lives_make_no_peak (void **state)
{
  (void)state;
  enum { N = 4000, STEP = US / 4 };
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 100);
  add (&rows, make_row (2, 1, 0, PROF_HEAP_NEVER));
  for (uint64_t i = 0; i < N; i++)
    add (&rows, make_row (1, 1, i * STEP + 1, (i + 1) * STEP));
  assert_int_equal (rows.rows.items[0].time_ns, 0);
  for (uint64_t end = 0; end < N * STEP; end += UINT64_C (1) << rows.bucket_bits)
    for (uint64_t time_ns = end == 0 ? 0 : end - 2; time_ns < end + 3; time_ns++) {
      double live = 0;
      prof_vec_foreach (row, &rows.rows)
        live += row->time_ns <= time_ns && time_ns < row->freed_ns ? row->count : 0;
      assert_true (live >= 2 && live <= 4);
    }
  prof_heap_rows_finish (&rows);
}

static void
test_ends_of_buckets_are_clipped (void **state)
{
  (void)state;
  ProfHeapRows rows;
  prof_heap_rows_init (&rows, 100);
  add (&rows, make_row (1, 1, 3, PROF_HEAP_NEVER));
  add (&rows, make_row (1, 1, 7, PROF_HEAP_NEVER));
  add (&rows, make_row (1, 2, 2, 20));
  assert_int_equal (prof_heap_rows_clip (&rows, rows.rows.items[0].time_ns), 20);
  assert_int_equal (prof_heap_rows_clip (&rows, rows.rows.items[1].time_ns), 2);
  prof_heap_rows_finish (&rows);
}

/* What a process held when it ended is neither freed nor live. */
static void
test_exits_are_kept_apart (void **state)
{
  (void)state;
  ProfHeapRows rows;
  ProfHeapRow exited = make_row (1, 8, 5, 7);
  exited.has_exited = true;
  prof_heap_rows_init (&rows, 100);
  add (&rows, make_row (1, 8, 5, 7));
  add (&rows, exited);
  add (&rows, exited);
  assert_int_equal (rows.rows.n, 2);
  assert_false (rows.rows.items[0].has_exited);
  assert_int_equal (rows.rows.items[0].n_samples, 1);
  assert_true (rows.rows.items[1].has_exited);
  assert_int_equal (rows.rows.items[1].n_samples, 2);
  prof_heap_rows_finish (&rows);
}

/* Whatever comes, there are never more rows than were asked for, and the sums are whole. */
static void
test_bound_holds (void **state)
{
  (void)state;
  enum { N = 100000 };
  static const size_t max_rows[] = { 0, 8, 9, 100, 1000 };
  for (size_t i = 0; i < sizeof max_rows / sizeof *max_rows; i++) {
    ProfHeapRows rows;
    ProfPrng prng = { i };
    size_t limit = max_rows[i] < PROF_HEAP_MIN_ROWS ? PROF_HEAP_MIN_ROWS : max_rows[i];
    double count = 0, bytes = 0, expected_bytes = 0;
    prof_heap_rows_init (&rows, max_rows[i]);
    for (uint64_t j = 0; j < N; j++) {
      uint64_t random = prof_prng_next (&prng);
      ProfHeapRow row = make_row (random % 300, random >> 16 & 4095, j << (random >> 32 & 31),
                                  random >> 63 ? PROF_HEAP_NEVER : j << 31);
      row.thread = random >> 40 & 3;
      expected_bytes += row.bytes;
      add (&rows, row);
      assert_true (rows.rows.n <= limit);
    }
    prof_vec_foreach (row, &rows.rows) {
      count += row->count;
      bytes += row->bytes;
    }
    assert_float_equal (count, 2 * N, 0);
    assert_float_equal (bytes, expected_bytes, 0);
    prof_heap_rows_finish (&rows);
  }
}

static void
test_clone_is_a_copy (void **state)
{
  (void)state;
  ProfHeapRows rows, clone;
  prof_heap_rows_init (&rows, 1000);
  add (&rows, make_row (1, 10, 5, 7));
  assert_int_equal (prof_heap_rows_clone (&rows, &clone), 0);
  add (&rows, make_row (1, 10, 5, 7));
  assert_int_equal (clone.rows.n, 1);
  assert_row (&clone, 0, (ProfHeapRow){ 1, 0, 10, 5, 7, 1, 2, 20 });
  prof_heap_rows_finish (&clone);
  prof_heap_rows_finish (&rows);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_equal_keys_become_sums),
    cmocka_unit_test (test_nothing_is_freed_before_it_was_allocated),
    cmocka_unit_test (test_times_are_bounded),
    cmocka_unit_test (test_first_step_doubles_the_buckets),
    cmocka_unit_test (test_spans_are_forgotten_before_sizes),
    cmocka_unit_test (test_sizes_are_rounded_up),
    cmocka_unit_test (test_threads_become_one),
    cmocka_unit_test (test_buckets_are_doubled_further),
    cmocka_unit_test (test_no_more_stacks_are_kept),
    cmocka_unit_test (test_short_lives_make_no_peak),
    cmocka_unit_test (test_ends_of_buckets_are_clipped),
    cmocka_unit_test (test_exits_are_kept_apart),
    cmocka_unit_test (test_bound_holds),
    cmocka_unit_test (test_clone_is_a_copy),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
