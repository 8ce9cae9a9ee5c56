/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/retry-after.h"

#include "tests.h"

/* 1994-11-06 08:49:37 UTC, the example of RFC 9110. */
enum { EXAMPLE_S = 784111777 };
static const char example[] = "Sun, 06 Nov 1994 08:49:37 GMT";

static void
test_seconds (void **state)
{
  (void)state;
  assert_int_equal (prof_parse_retry_after ("0", 5), 0);
  assert_int_equal (prof_parse_retry_after ("120", 5), 120);
  assert_int_equal (prof_parse_retry_after ("86401", 5), prof_max_retry_after_s);
  assert_int_equal (prof_parse_retry_after ("99999999999999999999999", 5), prof_max_retry_after_s);
}

static void
test_date (void **state)
{
  (void)state;
  assert_int_equal (prof_parse_retry_after (example, EXAMPLE_S - 30), 30);
  assert_int_equal (prof_parse_retry_after (example, EXAMPLE_S), 0);
  assert_int_equal (prof_parse_retry_after (example, EXAMPLE_S + 30), 0);
  assert_int_equal (prof_parse_retry_after (example, 0), prof_max_retry_after_s);
}

static void
test_other_text (void **state)
{
  (void)state;
  static const char *const texts[] = {
    "",
    "soon",
    "-5",
    "1.5",
    "12 s",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 ovD 1994 08:49:37 GMT",
    "Sun, 06 No 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    assert_int_equal (prof_parse_retry_after (texts[i], EXAMPLE_S - 30), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_seconds),
    cmocka_unit_test (test_date),
    cmocka_unit_test (test_other_text),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
