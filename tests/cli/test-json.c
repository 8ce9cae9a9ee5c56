/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "tests.h"
#include "utf8.h"

static void
assert_string_as (const char *value, const char *expected)
{
  char *text;
  size_t size;
  FILE *file = open_memstream (&text, &size);
  Json json = JSON_INIT (file);
  json_add_string (&json, NULL, value);
  fclose (file);
  assert_string_equal (text, expected);
  free (text);
}

static void
test_strings (void **state)
{
  (void)state;
  assert_string_as ("", "\"\"");
  assert_string_as ("a\"b\\c", "\"a\\\"b\\\\c\"");
  assert_string_as ("\n\t\033\177", "\"\\u000a\\u0009\\u001b\\u007f\"");
  assert_string_as ("\xc3\xa9 \xf0\x9f\x98\x80", "\"\xc3\xa9 \xf0\x9f\x98\x80\"");
}

static void
test_bytes_that_are_no_utf8 (void **state)
{
  (void)state;
  assert_string_as ("a\xff"
                    "b",
                    "\"a\\ufffdb\"");
  assert_string_as ("\xc3", "\"\\ufffd\"");                                  /* cut short */
  assert_string_as ("\xc0\xaf", "\"\\ufffd\\ufffd\"");                       /* overlong */
  assert_string_as ("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");            /* a surrogate */
  assert_string_as ("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* beyond U+10FFFF */
}

static void
test_structure (void **state)
{
  (void)state;
  char *text;
  size_t size;
  FILE *file = open_memstream (&text, &size);
  Json json = JSON_INIT (file);
  json_begin_object (&json, NULL);
  json_add_integer (&json, "least", INT64_MIN);
  json_add_unsigned (&json, "greatest", UINT64_MAX);
  json_begin_array (&json, "empty");
  json_end_array (&json);
  json_begin_array (&json, "rows");
  json_begin_object (&json, NULL);
  json_add_bool (&json, "yes", true);
  json_add_number (&json, "share", 12.5);
  json_end_object (&json);
  json_begin_object (&json, NULL);
  json_end_object (&json);
  json_end_array (&json);
  json_end_object (&json);
  fclose (file);
  assert_string_equal (text, "{\n"
                             "  \"least\": -9223372036854775808,\n"
                             "  \"greatest\": 18446744073709551615,\n"
                             "  \"empty\": [],\n"
                             "  \"rows\": [\n"
                             "    {\"yes\": true, \"share\": 12.5},\n"
                             "    {}\n"
                             "  ]\n"
                             "}\n");
  free (text);
}

static void
test_what_terminals_get (void **state)
{
  (void)state;
  const char *text = "a\033[31m\xc2\x9b\xff\xc3\xa9";
  char visible[64] = "";
  while (*text != '\0') {
    size_t n;
    const char *character = utf8_next_visible (&text, &n);
    strncat (visible, character, n);
  }
  assert_string_equal (visible, "a\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_strings),
    cmocka_unit_test (test_bytes_that_are_no_utf8),
    cmocka_unit_test (test_structure),
    cmocka_unit_test (test_what_terminals_get),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
