/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/json.h"

static void
assert_reads (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = pyro_json_read (text, &error);
  assert_non_null (value);
  g_autofree char *printed = g_variant_print (value, TRUE);
  assert_string_equal (printed, expected);
}

static void
assert_refuses (const char *text)
{
  g_autoptr (GError) error = NULL;
  assert_null (pyro_json_read (text, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
}

static void
values_are_read (void **state)
{
  assert_reads ("0", "int64 0");
  assert_reads (" -12 ", "int64 -12");
  assert_reads ("9223372036854775807", "int64 9223372036854775807");
  assert_reads ("18446744073709551615", "1.8446744073709552e+19");
  assert_reads ("2.5e1", "25.0");
  assert_reads ("true", "true");
  assert_reads ("false", "false");
  assert_reads ("null", "()");
  assert_reads ("\"\"", "''");
  assert_reads ("[]", "@av []");
  assert_reads ("{}", "@a{sv} {}");
}

static void
nested_values_are_read (void **state)
{
  assert_reads ("{\"a\": [1, {\"b\": \"c\"}], \"d\": true}",
                "{'a': <[<int64 1>, <{'b': <'c'>}>]>, 'd': <true>}");
}

static void
escapes_are_read (void **state)
{
  assert_reads ("\"\\u0041\\n\\t\\\\\\/\\\"\"", "'A\\n\\t\\\\/\"'");
  assert_reads ("\"\\ud83d\\ude00\"", "'\xf0\x9f\x98\x80'");
  assert_reads ("\"\xc3\xa4\"", "'\xc3\xa4'");
}

static void
what_is_no_json_is_refused (void **state)
{
  static const char *const texts[] = {
    "",
    "{",
    "[1,",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{a: 1}",
    "\"a",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\n\"",
    "1 2",
    "tru",
    "+1",
    "1-",
    "--1",
    "0x10",
    "inf",
    "{} x",
    "\"\xff\"",
    "[1,]",
    "{\"a\": 1,}",
    "\"\\ud83d\\u0041\"",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refuses (texts[i]);
}

static void
depth_has_an_end (void **state)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  assert_refuses (deep);
}

static void
members_have_defaults (void **state)
{
  g_autoptr (GVariant) object
      = pyro_json_read ("{\"text\": \"x\", \"n\": 7, \"is\": true, \"list\": [1]}", NULL);
  g_autoptr (GVariant) list = pyro_json_get_list (object, "list");
  g_autoptr (GVariant) no_list = pyro_json_get_list (object, "text");
  assert_string_equal (pyro_json_get_text (object, "text"), "x");
  assert_int_equal (pyro_json_get_integer (object, "n"), 7);
  assert_true (pyro_json_get_boolean (object, "is"));
  assert_int_equal (g_variant_n_children (list), 1);
  assert_string_equal (pyro_json_get_text (object, "n"), "");
  assert_int_equal (pyro_json_get_integer (object, "text"), 0);
  assert_false (pyro_json_get_boolean (object, "nothing"));
  assert_int_equal (g_variant_n_children (no_list), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (values_are_read),  cmocka_unit_test (nested_values_are_read),
    cmocka_unit_test (escapes_are_read), cmocka_unit_test (what_is_no_json_is_refused),
    cmocka_unit_test (depth_has_an_end), cmocka_unit_test (members_have_defaults),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
