/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "parse.h"

#include <errno.h>
#include <stdlib.h>

#include "tests.h"

static void
test_numbers (void **state)
{
  (void)state;
  unsigned number = 7;
  assert_int_equal (parse_unsigned ("999", &number), 0);
  assert_int_equal (number, 999);
  static const char *const wrong[] = { "", "-1", "+1", " 1", "1 ", "x", "0x10", "1.5" };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal (parse_unsigned (wrong[i], &number), -EINVAL);
  assert_int_equal (parse_unsigned ("2147483648", &number), -ERANGE);
  assert_int_equal (number, 999);

  uint64_t big;
  assert_int_equal (parse_uint64 ("18446744073709551615", &big), 0);
  assert_true (big == UINT64_MAX);
  assert_int_equal (parse_uint64 ("18446744073709551616", &big), -ERANGE);
}

static void
test_durations (void **state)
{
  (void)state;
  static const struct {
    const char *text;
    uint64_t ns;
  } right[] = {
    { "5", 5000000000 },      { "5s", 5000000000 }, { "1.5s", 1500000000 }, { "500ms", 500000000 },
    { "20us", 20000 },        { "7ns", 7 },         { "2m", 120000000000 }, { "1h", 3600000000000 },
    { "2min", 120000000000 }, { "0.001", 1000000 },
  };
  uint64_t ns = 42;
  for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
    assert_int_equal (parse_duration (right[i].text, &ns), 0);
    assert_int_equal (ns, right[i].ns);
  }
  static const char *const wrong[]
      = { "", "s", "5x", "-5", "5 s", "1..2", "1e3", "0x5", "inf", "nan" };
  ns = 42;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal (parse_duration (wrong[i], &ns), -EINVAL);
  assert_int_equal (parse_duration ("99999999999h", &ns), -ERANGE);
  assert_int_equal (ns, 42);
}

static void
test_sizes (void **state)
{
  (void)state;
  uint64_t bytes;
  assert_int_equal (parse_size ("8192", &bytes), 0);
  assert_int_equal (bytes, 8192);
  assert_int_equal (parse_size ("16k", &bytes), 0);
  assert_int_equal (bytes, 16384);
  assert_int_equal (parse_size ("1MiB", &bytes), 0);
  assert_int_equal (bytes, 1048576);
  assert_int_equal (parse_size ("1s", &bytes), -EINVAL);
}

static void
test_time_ranges (void **state)
{
  (void)state;
  TimeRange range;
  assert_int_equal (parse_time_range ("2s..5s", &range), 0);
  assert_int_equal (range.start, 2000000000);
  assert_int_equal (range.end, 5000000000);
  assert_int_equal (parse_time_range ("500ms..", &range), 0);
  assert_int_equal (range.start, 500000000);
  assert_int_equal (range.end, 0);
  assert_int_equal (parse_time_range ("..1.5", &range), 0);
  assert_int_equal (range.start, 0);
  assert_int_equal (range.end, 1500000000);
  static const char *const wrong[] = { "", "..", "5", "5..2", "5..5", "a..b", "1..2..3", "-1..2" };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal (parse_time_range (wrong[i], &range), -EINVAL);
}

static void
test_lists (void **state)
{
  (void)state;
  StringList list = { 0 };
  assert_null (string_list_get (&list));
  assert_int_equal (string_list_append_split (&list, "cycles:u,instructions"), 0);
  assert_int_equal (string_list_append_split (&list, "sched:sched_switch"), 0);
  const char *const *items = string_list_get (&list);
  assert_string_equal (items[0], "cycles:u");
  assert_string_equal (items[1], "instructions");
  assert_string_equal (items[2], "sched:sched_switch");
  assert_null (items[3]);
  assert_int_equal (string_list_append_split (&list, "a,,b"), -EINVAL);
  assert_int_equal (string_list_append_split (&list, ""), -EINVAL);
  string_list_clear (&list);
  assert_null (string_list_get (&list));
}

static void
test_pids (void **state)
{
  (void)state;
  PidList list = { 0 };
  assert_int_equal (parse_pids ("1,22", &list), 0);
  assert_int_equal (parse_pids ("333", &list), 0);
  assert_int_equal (list.n, 3);
  assert_int_equal (list.items[0], 1);
  assert_int_equal (list.items[1], 22);
  assert_int_equal (list.items[2], 333);
  assert_int_equal (parse_pids ("4444 5", &list), 0);
  assert_int_equal (list.n, 5);
  assert_int_equal (list.items[4], 5);
  assert_int_equal (parse_pids ("0", &list), -EINVAL);
  assert_int_equal (parse_pids ("-5", &list), -EINVAL);
  assert_int_equal (parse_pids ("12,", &list), -EINVAL);
  assert_int_equal (parse_pids ("99999999999", &list), -EINVAL);
  free (list.items);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_numbers), cmocka_unit_test (test_durations),
    cmocka_unit_test (test_sizes),   cmocka_unit_test (test_time_ranges),
    cmocka_unit_test (test_lists),   cmocka_unit_test (test_pids),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
