/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/heap-record.h"

#include <errno.h>
#include <string.h>

#include "tests.h"

/* An allocation of 100 bytes by thread 7, with two words of stack: 6 + 2 + 12 + 1 + 2 words. */
static const uint64_t allocation[] = {
  0 | PROF_HEAP_COMMITTED,
  23 * 8 | (uint64_t)PROF_HEAP_ALLOCATION << 32,
  0x5550,
  100,
  123456789,
  7,
  0x401000,
  0x7ff0,
  101,
  102,
  103,
  104,
  105,
  106,
  107,
  108,
  109,
  110,
  111,
  112,
  16,
  0xaaaa,
  0xbbbb,
};

static int
parse (const uint64_t *words, size_t n_words, ProfHeapEvent *event)
{
  return prof_heap_record_parse (words, n_words * sizeof *words, event);
}

static void
test_allocation_with_its_stack (void **state)
{
  (void)state;
  ProfHeapEvent event;
  assert_int_equal (parse (allocation, 23, &event), 0);
  assert_int_equal (event.kind, PROF_HEAP_ALLOCATION);
  assert_false (event.in_place);
  assert_int_equal (event.address, 0x5550);
  assert_int_equal (event.size, 100);
  assert_int_equal (event.time_ns, 123456789);
  assert_int_equal (event.tid, 7);
  assert_int_equal (event.stack_number, 0);
  assert_int_equal (event.pc, 0x401000);
  assert_int_equal (event.sp, 0x7ff0);
  assert_int_equal (event.registers[0], 101);
  assert_int_equal (event.registers[11], 112);
  assert_int_equal (event.n_stack_bytes, 16);
  assert_memory_equal (event.stack, allocation + 21, 16);
}

static void
test_allocation_of_known_stack (void **state)
{
  (void)state;
  uint64_t words[]
      = { PROF_HEAP_COMMITTED,
          48 | (uint64_t)PROF_HEAP_ALLOCATION << 32 | (uint64_t)PROF_HEAP_IN_PLACE << 48,
          0x5550,
          0,
          5,
          7 | 9ull << 32 };
  ProfHeapEvent event;
  assert_int_equal (parse (words, 6, &event), 0);
  assert_true (event.in_place);
  assert_int_equal (event.size, 0);
  assert_int_equal (event.tid, 7);
  assert_int_equal (event.stack_number, 9);
  assert_null (event.registers);
  assert_null (event.stack);
  assert_int_equal (event.n_stack_bytes, 0);
}

static void
test_free_of_a_block (void **state)
{
  (void)state;
  uint64_t words[]
      = { PROF_HEAP_COMMITTED, 40 | (uint64_t)PROF_HEAP_FREE << 32, 0x5550, 123456789, 7 };
  ProfHeapEvent event;
  assert_int_equal (parse (words, 5, &event), 0);
  assert_int_equal (event.kind, PROF_HEAP_FREE);
  assert_int_equal (event.address, 0x5550);
  assert_int_equal (event.time_ns, 123456789);
  assert_int_equal (event.tid, 7);
}

static void
test_short_records_are_refused (void **state)
{
  (void)state;
  ProfHeapEvent event = { .tid = 42 };
  for (size_t n = 0; n < 23; n++)
    assert_int_equal (parse (allocation, n, &event), -EBADMSG);
  uint64_t words[]
      = { PROF_HEAP_COMMITTED, 40 | (uint64_t)PROF_HEAP_FREE << 32, 0x5550, 123456789, 7 };
  for (size_t n = 0; n < 5; n++)
    assert_int_equal (parse (words, n, &event), -EBADMSG);
  assert_int_equal (event.tid, 42);
}

static void
test_stack_greater_than_the_record_is_refused (void **state)
{
  (void)state;
  uint64_t words[23];
  ProfHeapEvent event;
  static const uint64_t sizes[] = { 17, 24, UINT64_MAX, UINT64_MAX - 7, 1ull << 63 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    memcpy (words, allocation, sizeof words);
    words[20] = sizes[i];
    assert_int_equal (parse (words, 23, &event), -EBADMSG);
  }
}

static void
test_unknown_kinds_are_refused (void **state)
{
  (void)state;
  uint64_t words[23];
  ProfHeapEvent event;
  static const uint64_t kinds[] = { 0, 3, 0xffff };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    memcpy (words, allocation, sizeof words);
    words[1] = 23 * 8 | kinds[i] << 32;
    assert_int_equal (parse (words, 23, &event), -EBADMSG);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_allocation_with_its_stack),
    cmocka_unit_test (test_allocation_of_known_stack),
    cmocka_unit_test (test_free_of_a_block),
    cmocka_unit_test (test_short_records_are_refused),
    cmocka_unit_test (test_stack_greater_than_the_record_is_refused),
    cmocka_unit_test (test_unknown_kinds_are_refused),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
