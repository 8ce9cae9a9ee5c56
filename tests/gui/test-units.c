/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/units.h"

static void
assert_value (double value, const char *unit, const char *expected)
{
  g_autofree char *text = pyro_format_value (value, unit);
  assert_string_equal (text, expected);
}

static void
times_have_three_digits (void **state)
{
  assert_value (0, "nanoseconds", "0\u202fns");
  assert_value (999, "nanoseconds", "999\u202fns");
  assert_value (1234, "nanoseconds", "1.23\u202fµs");
  assert_value (12345678, "nanoseconds", "12.3\u202fms");
  assert_value (999.6e6, "nanoseconds", "1.00\u202fs");
  assert_value (-1.5e9, "nanoseconds", "-1.50\u202fs");
  assert_value (2500, "milliseconds", "2.50\u202fs");
}

static void
bytes_count_by_1024 (void **state)
{
  assert_value (1023, "bytes", "1023\u202fB");
  assert_value (1024, "bytes", "1.00\u202fKiB");
  assert_value (3 * 1024 * 1024, "bytes", "3.00\u202fMiB");
  assert_value (2, "megabytes", "2.00\u202fMiB");
}

static void
what_has_no_known_unit_is_a_count (void **state)
{
  assert_value (42, "count", "42");
  assert_value (1500000, "widgets", "1.50\u202fM");
}

static void
percents (void **state)
{
  g_autofree char *third = pyro_format_percent (1, 3);
  g_autofree char *nothing = pyro_format_percent (1, 0);
  g_autofree char *of_negative = pyro_format_percent (-1, -2);
  assert_string_equal (third, "33.3%");
  assert_string_equal (nothing, "–");
  assert_string_equal (of_negative, "-50.0%");
}

static void
sample_types_have_titles (void **state)
{
  g_autofree char *known = pyro_format_value_type ("cpu", "nanoseconds");
  g_autofree char *unknown = pyro_format_value_type ("frobs", "count");
  g_autofree char *with_unit = pyro_format_value_type ("energy", "joules");
  g_autofree char *broken = pyro_format_value_type ("\xff", "count");
  assert_string_equal (known, "CPU time");
  assert_string_equal (unknown, "frobs");
  assert_string_equal (with_unit, "energy (joules)");
  assert_string_equal (broken, "\uFFFD");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (times_have_three_digits),           cmocka_unit_test (bytes_count_by_1024),
    cmocka_unit_test (what_has_no_known_unit_is_a_count), cmocka_unit_test (percents),
    cmocka_unit_test (sample_types_have_titles),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
