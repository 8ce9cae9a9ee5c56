/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/percent-encoding.h"

#include <string.h>

#include "tests.h"

static void
assert_decodes (const char *text, const char *expected, size_t n_expected)
{
  char copy[64];
  size_t n = strlen (text);
  memcpy (copy, text, n + 1);
  assert_int_equal (prof_percent_decode (copy, n), n_expected);
  assert_memory_equal (copy, expected, n_expected);
}

static void
test_decode (void **state)
{
  (void)state;
  assert_decodes ("", "", 0);
  assert_decodes ("plain", "plain", 5);
  assert_decodes ("a%20b%2Fc%2f", "a b/c/", 6);
  assert_decodes ("%e2%98%83", "\u2603", 3);
  assert_decodes ("%00%ff", "\0\xff", 2);
  assert_decodes ("%2525", "%25", 3);
}

static void
test_other_escapes_stay (void **state)
{
  (void)state;
  assert_decodes ("%", "%", 1);
  assert_decodes ("100%", "100%", 4);
  assert_decodes ("%4", "%4", 2);
  assert_decodes ("%4g%g4%%41", "%4g%g4%A", 8);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_decode),
    cmocka_unit_test (test_other_escapes_stay),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
