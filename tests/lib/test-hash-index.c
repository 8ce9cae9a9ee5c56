/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/hash-index.h"

#include "base/hash.h"
#include "tests.h"

static bool
row_has_key (const void *table, uint32_t row, const void *key)
{
  return ((const uint64_t *)table)[row] == *(const uint64_t *)key;
}

static void
test_finds_what_was_added_and_nothing_else (void **state)
{
  (void)state;
  enum { N = 10000 };
  static uint64_t table[N];
  ProfHashIndex index = { 0 };

  for (uint32_t row = 0; row < N; row++) {
    table[row] = (uint64_t)row * 7919;
    assert_int_equal (prof_hash_index_add (&index, prof_hash_word (0, table[row]), row), 0);
  }
  for (uint32_t row = 0; row < N; row++) {
    uint64_t key = (uint64_t)row * 7919, missing = key + 1;
    assert_int_equal (prof_hash_index_find (&index, prof_hash_word (0, key), row_has_key, table,
                                            &key),
                      row);
    assert_int_equal (prof_hash_index_find (&index, prof_hash_word (0, missing), row_has_key, table,
                                            &missing),
                      PROF_HASH_INDEX_NONE);
  }
  prof_hash_index_clear (&index);
}

static void
test_equal_hashes_are_told_apart_by_key (void **state)
{
  (void)state;
  uint64_t table[] = { 5, 6, 7 };
  ProfHashIndex index = { 0 };

  for (uint32_t row = 0; row < 3; row++)
    assert_int_equal (prof_hash_index_add (&index, 42, row), 0);
  for (uint32_t row = 0; row < 3; row++)
    assert_int_equal (prof_hash_index_find (&index, 42, row_has_key, table, &table[row]), row);
  prof_hash_index_clear (&index);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_finds_what_was_added_and_nothing_else),
    cmocka_unit_test (test_equal_hashes_are_told_apart_by_key),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
