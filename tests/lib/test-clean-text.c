/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/clean-text.h"

#include <string.h>

#include "tests.h"

static void
assert_cleans (const char *text, size_t n, size_t size, const char *expected)
{
  char clean[64];
  memset (clean, 'x', sizeof clean);
  prof_clean_text (clean, size, text, n);
  assert_string_equal (clean, expected);
  for (size_t i = size; i < sizeof clean; i++)
    assert_int_equal (clean[i], 'x');
}

#define ASSERT_CLEANS(text, expected) assert_cleans (text, sizeof text - 1, 40, expected)

static void
test_one_line (void **state)
{
  (void)state;
  ASSERT_CLEANS ("", "");
  ASSERT_CLEANS (" \t\r\n ", "");
  ASSERT_CLEANS ("  slow down\n", "slow down");
  ASSERT_CLEANS ("a\nb\tc", "a b c");
  ASSERT_CLEANS ("a\0b\033[31m\177", "a?b?[31m?");
}

static void
test_utf8 (void **state)
{
  (void)state;
  ASSERT_CLEANS ("f\u00fcr \u2603 \U0001f600", "f\u00fcr \u2603 \U0001f600");
  ASSERT_CLEANS ("\xc3", "?");
  ASSERT_CLEANS ("\xc3(", "?(");
  ASSERT_CLEANS ("\xc0\xaf", "??");
  ASSERT_CLEANS ("\xe0\x80\x80", "???");
  ASSERT_CLEANS ("\xed\xa0\x80", "???");
  ASSERT_CLEANS ("\xf0\x80\x80\x80", "????");
  ASSERT_CLEANS ("\xf4\x90\x80\x80\xff", "?????");
  ASSERT_CLEANS ("\xc2\x9b", "??");
}

static void
test_cut_between_characters (void **state)
{
  (void)state;
  assert_cleans ("abcdef", 6, 4, "abc");
  assert_cleans ("ab\u2603", 5, 6, "ab\u2603");
  assert_cleans ("ab\u2603", 5, 5, "ab");
  assert_cleans ("ab cd", 5, 4, "ab");
  assert_cleans ("abc", 3, 1, "");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_one_line),
    cmocka_unit_test (test_utf8),
    cmocka_unit_test (test_cut_between_characters),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
