/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/string-table.h"

#include <stdio.h>

#include "tests.h"

static void
test_number_0_is_empty (void **state)
{
  (void)state;
  ProfStringTable table;
  assert_int_equal (prof_string_table_init (&table), 0);
  assert_int_equal (prof_string_table_count (&table), 1);
  assert_string_equal (prof_string_table_get (&table, 0), "");
  assert_int_equal (prof_string_table_intern (&table, "", 0), 0);
  assert_int_equal (prof_string_table_intern (&table, NULL, 0), 0);
  prof_string_table_finish (&table);
}

static void
test_interning_finds_appended_strings (void **state)
{
  (void)state;
  ProfStringTable table;
  assert_int_equal (prof_string_table_init (&table), 0);
  assert_int_equal (prof_string_table_append (&table, "cpu", 3), 1);
  assert_int_equal (prof_string_table_append (&table, "cpu", 3), 2);
  assert_int_equal (prof_string_table_append (&table, "", 0), 3);
  assert_int_equal (prof_string_table_intern (&table, "cpu", 3), 1);
  assert_int_equal (prof_string_table_intern (&table, "count", 5), 4);
  assert_int_equal (prof_string_table_append (&table, "late", 4), 5);
  assert_int_equal (prof_string_table_intern (&table, "late", 4), 5);
  assert_int_equal (prof_string_table_intern (&table, "count", 5), 4);
  assert_int_equal (prof_string_table_count (&table), 6);
  prof_string_table_finish (&table);
}

static void
test_bytes_may_be_nul (void **state)
{
  (void)state;
  ProfStringTable table;
  assert_int_equal (prof_string_table_init (&table), 0);
  assert_int_equal (prof_string_table_intern (&table, "a\0b", 3), 1);
  assert_int_equal (prof_string_table_intern (&table, "a\0c", 3), 2);
  assert_int_equal (prof_string_table_intern (&table, "a", 1), 3);
  assert_int_equal (prof_string_table_size (&table, 1), 3);
  assert_memory_equal (prof_string_table_get (&table, 1), "a\0b", 4);
  prof_string_table_finish (&table);
}

static void
test_out_of_range_is_empty (void **state)
{
  (void)state;
  ProfStringTable table;
  assert_int_equal (prof_string_table_init (&table), 0);
  assert_string_equal (prof_string_table_get (&table, 1), "");
  assert_string_equal (prof_string_table_get (&table, UINT32_MAX), "");
  assert_int_equal (prof_string_table_size (&table, UINT32_MAX), 0);
  prof_string_table_finish (&table);
}

static void
test_part_of_an_own_string_survives_growth (void **state)
{
  (void)state;
  ProfStringTable table;
  char expected[32];
  assert_int_equal (prof_string_table_init (&table), 0);
  assert_int_equal (prof_string_table_intern (&table, "prefix_0123456789", 17), 1);
  for (int i = 1; i <= 10; i++) {
    const char *part = prof_string_table_get (&table, 1) + 7;
    assert_int_equal (prof_string_table_intern (&table, part, (size_t)i), i + 1);
  }
  for (int i = 1; i <= 10; i++) {
    snprintf (expected, sizeof expected, "%.*s", i, "0123456789");
    assert_string_equal (prof_string_table_get (&table, (uint32_t)i + 1), expected);
  }
  prof_string_table_finish (&table);
}

static void
test_many_strings_keep_their_numbers (void **state)
{
  (void)state;
  ProfStringTable table;
  char text[32];
  assert_int_equal (prof_string_table_init (&table), 0);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 1; i <= 20000; i++) {
      int n = snprintf (text, sizeof text, "function_%d", i);
      assert_int_equal (prof_string_table_intern (&table, text, (size_t)n), i);
    }
  assert_string_equal (prof_string_table_get (&table, 12345), "function_12345");
  prof_string_table_finish (&table);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_number_0_is_empty),
    cmocka_unit_test (test_interning_finds_appended_strings),
    cmocka_unit_test (test_bytes_may_be_nul),
    cmocka_unit_test (test_out_of_range_is_empty),
    cmocka_unit_test (test_part_of_an_own_string_survives_growth),
    cmocka_unit_test (test_many_strings_keep_their_numbers),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
