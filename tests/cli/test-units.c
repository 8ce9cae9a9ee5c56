/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "units.h"

#include "tests.h"

static void
test_ns (void **state)
{
  (void)state;
  assert_string_equal (format_ns (0).text, "0 ns");
  assert_string_equal (format_ns (999).text, "999 ns");
  assert_string_equal (format_ns (1000).text, "1.00 us");
  assert_string_equal (format_ns (12345678).text, "12.3 ms");
  assert_string_equal (format_ns (999600000).text, "1.00 s");
  assert_string_equal (format_ns (123456789012).text, "123 s");
  assert_string_equal (format_ns (-2500000).text, "-2.50 ms");
}

static void
test_bytes (void **state)
{
  (void)state;
  assert_string_equal (format_bytes (0).text, "0 B");
  assert_string_equal (format_bytes (1023).text, "1023 B");
  assert_string_equal (format_bytes (1024).text, "1.00 KiB");
  assert_string_equal (format_bytes (524288).text, "512 KiB");
  assert_string_equal (format_bytes (25276502016.0).text, "23.5 GiB");
}

static void
test_count (void **state)
{
  (void)state;
  assert_string_equal (format_count (0).text, "0");
  assert_string_equal (format_count (999).text, "999");
  assert_string_equal (format_count (1000).text, "1,000");
  assert_string_equal (format_count (123456).text, "123,456");
  assert_string_equal (format_count (-12003).text, "-12,003");
  assert_string_equal (format_count (999999).text, "1.00 M");
  assert_string_equal (format_count (1234567890123.0).text, "1.23 T");
}

static void
test_percent (void **state)
{
  (void)state;
  assert_string_equal (format_percent (1, 3).text, "33.3%");
  assert_string_equal (format_percent (3, 3).text, "100.0%");
  assert_string_equal (format_percent (-1, 4).text, "-25.0%");
  /* The sign of a part stays, whatever the sign of the whole. */
  assert_string_equal (format_percent (1, -4).text, "25.0%");
  assert_string_equal (format_percent (1, 0).text, "-");
}

static void
test_value_by_its_unit (void **state)
{
  (void)state;
  assert_string_equal (format_value (1500000, "nanoseconds").text, "1.50 ms");
  assert_string_equal (format_value (1500, "microseconds").text, "1.50 ms");
  assert_string_equal (format_value (1500, "milliseconds").text, "1.50 s");
  assert_string_equal (format_value (2048, "bytes").text, "2.00 KiB");
  assert_string_equal (format_value (2, "megabytes").text, "2.00 MiB");
  assert_string_equal (format_value (2048, "count").text, "2,048");
  assert_string_equal (format_value (2048, "no such unit").text, "2,048");
}

static void
test_limits_of_64_bits (void **state)
{
  (void)state;
  assert_string_equal (format_ns ((double)INT64_MIN).text, "-9223372037 s");
  assert_string_equal (format_count ((double)INT64_MAX).text, "9223372 T");
  assert_string_equal (format_bytes ((double)INT64_MAX).text, "8388608 TiB");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_ns),
    cmocka_unit_test (test_bytes),
    cmocka_unit_test (test_count),
    cmocka_unit_test (test_percent),
    cmocka_unit_test (test_value_by_its_unit),
    cmocka_unit_test (test_limits_of_64_bits),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
