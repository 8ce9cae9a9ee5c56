/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "preload/known-stacks.h"

#include <string.h>

#include "tests.h"

enum { N_BYTES = (PROF_HEAP_N_BUCKETS * 4) + 4096, FIRST = PROF_HEAP_N_BUCKETS * 4 };

static _Alignas(8) unsigned char area[N_BYTES];
static uint64_t stack[16];
static Caller caller;
static uint64_t end;

static ProfHeapKnownStack *
get_entry (unsigned i)
{
  return (ProfHeapKnownStack *)(area + FIRST + i * 128);
}

/* Entry i of the caller's bucket, in front of the others: two words of the stack decide. */
static ProfHeapKnownStack *
publish (unsigned i)
{
  uint32_t *bucket = (uint32_t *)area + prof_heap_stack_bucket (caller.pc, caller.sp);
  ProfHeapKnownStack *known = get_entry (i);
  known->pc = caller.pc;
  known->sp = caller.sp;
  known->number = i + 1;
  known->n_words = 2;
  known->reach = 64;
  known->words[0].offset = 8;
  known->words[0].value = stack[1];
  known->words[1].offset = 56;
  known->words[1].value = stack[7];
  known->next = *bucket;
  *bucket = (FIRST + i * 128) / 8;
  return known;
}

static int
begin (void **state)
{
  (void)state;
  memset (area, 0, sizeof area);
  for (unsigned i = 0; i < 16; i++)
    stack[i] = 1000 + i;
  caller = (Caller){ .pc = 0x401234, .sp = (uint64_t)stack };
  for (unsigned i = 0; i < PROF_HEAP_N_REGISTERS; i++)
    caller.registers[i] = 100 + i;
  end = (uint64_t)(stack + 16);
  return 0;
}

static uint32_t
find (void)
{
  return known_stacks_find (area, sizeof area, &caller, end);
}

static void
test_unchanged_words (void **state)
{
  (void)state;
  assert_int_equal (find (), 0);
  publish (0);
  assert_int_equal (find (), 1);
  stack[2]++;
  assert_int_equal (find (), 1);
  stack[7]++;
  assert_int_equal (find (), 0);
  publish (1);
  assert_int_equal (find (), 2);
  stack[7]--;
  assert_int_equal (find (), 1);
}

static void
test_other_place (void **state)
{
  (void)state;
  publish (0);
  caller.pc++;
  assert_int_equal (find (), 0);
  caller.pc--;
  caller.sp += 8;
  assert_int_equal (find (), 0);
}

static void
test_frame_pointer (void **state)
{
  (void)state;
#if defined __x86_64__
  const unsigned fp = 1;
#else
  const unsigned fp = 10;
#endif
  ProfHeapKnownStack *known = publish (0);
  known->uses_fp = 1;
  known->fp = 100 + fp;
  assert_int_equal (find (), 1);
  caller.registers[fp]++;
  assert_int_equal (find (), 0);
}

/* What lies beyond the readable part of the stack is not looked at. */
static void
test_reach (void **state)
{
  (void)state;
  publish (0);
  end = (uint64_t)(stack + 8);
  assert_int_equal (find (), 1);
  end--;
  assert_int_equal (find (), 0);
}

static void
test_bounds (void **state)
{
  (void)state;
  uint32_t *bucket = (uint32_t *)area + prof_heap_stack_bucket (caller.pc, caller.sp);
  *bucket = UINT32_MAX;
  assert_int_equal (find (), 0);
  *bucket = (N_BYTES - 8) / 8;
  assert_int_equal (find (), 0);
}

/* The newest are looked at, and no end of a chain is waited for. */
static void
test_long_chain (void **state)
{
  (void)state;
  publish (0);
  stack[7]++;
  for (unsigned i = 1; i < PROF_HEAP_MAX_CANDIDATES; i++)
    publish (i);
  stack[7]--;
  assert_int_equal (find (), 1);
  stack[7]++;
  publish (PROF_HEAP_MAX_CANDIDATES);
  stack[7]--;
  assert_int_equal (find (), 0);
  get_entry (3)->next = (FIRST + 3 * 128) / 8;
  assert_int_equal (find (), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup (test_unchanged_words, begin),
    cmocka_unit_test_setup (test_other_place, begin),
    cmocka_unit_test_setup (test_frame_pointer, begin),
    cmocka_unit_test_setup (test_reach, begin),
    cmocka_unit_test_setup (test_bounds, begin),
    cmocka_unit_test_setup (test_long_chain, begin),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
