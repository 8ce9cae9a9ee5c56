/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-ring.h"

#include "memory-ring.h"

/* A record of n_words whose words after the header count up from `first`. */
static void
write_record (MemoryRing *memory, uint16_t n_words, uint64_t first)
{
  uint64_t words[512];
  words[0] = (uint64_t)n_words * 8 << 48 | 1;
  for (unsigned i = 1; i < n_words; i++)
    words[i] = first + i - 1;
  memory_ring_write (memory, words, n_words * 8u);
}

static void
check_record (ProfPerfRing *ring, uint16_t n_words, uint64_t first)
{
  size_t size;
  const uint64_t *words = prof_perf_ring_peek (ring, &size);
  assert_non_null (words);
  assert_int_equal (size, n_words * 8);
  for (unsigned i = 1; i < n_words; i++)
    assert_int_equal (words[i], first + i - 1);
  prof_perf_ring_consume (ring, size);
}

static void
check_empty (ProfPerfRing *ring)
{
  size_t size;
  assert_null (prof_perf_ring_peek (ring, &size));
}

static void
test_records_come_in_order_once_seen (void **state)
{
  (void)state;
  MemoryRing memory = memory_ring_new (0);
  ProfPerfRing ring;
  assert_int_equal (prof_perf_ring_init (&ring, memory.page, MEMORY_RING_BYTES), 0);
  write_record (&memory, 3, 10);
  check_empty (&ring);
  prof_perf_ring_refresh (&ring);
  write_record (&memory, 2, 20);
  check_record (&ring, 3, 10);
  check_empty (&ring);
  prof_perf_ring_refresh (&ring);
  check_record (&ring, 2, 20);
  check_empty (&ring);
  assert_int_equal (memory.page->data_tail, 0);
  prof_perf_ring_release (&ring);
  assert_int_equal (memory.page->data_tail, 40);
  prof_perf_ring_finish (&ring);
  free (memory.page);
}

static void
test_a_record_wraps_at_every_place (void **state)
{
  (void)state;
  for (uint64_t n_before_end = 8; n_before_end <= 88; n_before_end += 8) {
    MemoryRing memory = memory_ring_new (3 * MEMORY_RING_BYTES - n_before_end);
    ProfPerfRing ring;
    assert_int_equal (prof_perf_ring_init (&ring, memory.page, MEMORY_RING_BYTES), 0);
    write_record (&memory, 10, 1000);
    write_record (&memory, 10, 2000);
    prof_perf_ring_refresh (&ring);
    check_record (&ring, 10, 1000);
    check_record (&ring, 10, 2000);
    check_empty (&ring);
    prof_perf_ring_finish (&ring);
    free (memory.page);
  }
}

static void
test_a_full_ring_is_read_whole (void **state)
{
  (void)state;
  MemoryRing memory = memory_ring_new (UINT64_MAX - 4095 - 64);
  ProfPerfRing ring;
  assert_int_equal (prof_perf_ring_init (&ring, memory.page, MEMORY_RING_BYTES), 0);
  write_record (&memory, 512, 5);
  prof_perf_ring_refresh (&ring);
  check_record (&ring, 512, 5);
  check_empty (&ring);
  prof_perf_ring_finish (&ring);
  free (memory.page);
}

static void
check_header_empties (uint64_t header, uint64_t first_byte)
{
  MemoryRing memory = memory_ring_new (first_byte);
  ProfPerfRing ring;
  assert_int_equal (prof_perf_ring_init (&ring, memory.page, MEMORY_RING_BYTES), 0);
  memory_ring_write (&memory, &header, sizeof header);
  write_record (&memory, 4, 1);
  prof_perf_ring_refresh (&ring);
  check_empty (&ring);
  check_empty (&ring);
  assert_int_equal (ring.tail, first_byte + 40);
  prof_perf_ring_finish (&ring);
  free (memory.page);
}

static void
test_a_damaged_header_empties_the_ring (void **state)
{
  (void)state;
  check_header_empties (0, 0);
  check_header_empties (UINT64_C (4) << 48, 0);
  check_header_empties (UINT64_C (12) << 48, 0);
  check_header_empties (UINT64_C (48) << 48, 0);
  check_header_empties (UINT64_C (0xfff8) << 48, 4088);
  check_header_empties (UINT64_C (40) << 48, 4092); /* a tail that is not 8-aligned */
}

static void
test_a_head_out_of_range_empties_the_ring (void **state)
{
  (void)state;
  MemoryRing memory = memory_ring_new (0);
  ProfPerfRing ring;
  assert_int_equal (prof_perf_ring_init (&ring, memory.page, MEMORY_RING_BYTES), 0);
  write_record (&memory, 2, 1);
  memory.page->data_head = MEMORY_RING_BYTES + 8;
  prof_perf_ring_refresh (&ring);
  check_empty (&ring);
  write_record (&memory, 2, 3);
  prof_perf_ring_refresh (&ring);
  check_record (&ring, 2, 3);
  prof_perf_ring_finish (&ring);
  free (memory.page);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_records_come_in_order_once_seen),
    cmocka_unit_test (test_a_record_wraps_at_every_place),
    cmocka_unit_test (test_a_full_ring_is_read_whole),
    cmocka_unit_test (test_a_damaged_header_empties_the_ring),
    cmocka_unit_test (test_a_head_out_of_range_empties_the_ring),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
