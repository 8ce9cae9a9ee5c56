/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/put-text.h"

#include <string.h>

#include "tests.h"

static void
check (const char *text, const char *expected)
{
  ProfWireBuffer buffer = { 0 };
  prof_otlp_put_text (&buffer, 5, text, strlen (text));
  size_t n = strlen (expected);
  assert_false (buffer.is_failed);
  assert_int_equal (buffer.bytes.n, 2 + n);
  assert_int_equal (buffer.bytes.items[0], 5 << 3 | PROF_WIRE_BYTES);
  assert_int_equal (buffer.bytes.items[1], n);
  assert_memory_equal (buffer.bytes.items + 2, expected, n);
  prof_vec_clear (&buffer.bytes);
}

static void
test_utf8_stays (void **state)
{
  (void)state;
  check ("", "");
  check ("main", "main");
  check ("a name of more than eight bytes", "a name of more than eight bytes");
  check ("eight by\xc3\xa9tes", "eight by\xc3\xa9tes");
  check ("eight\xc3\xa9 bytes", "eight\xc3\xa9 bytes");
  check ("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}

#define BAD "\xef\xbf\xbd"

static void
test_other_bytes_are_replaced (void **state)
{
  (void)state;
  check ("\xff", BAD);
  check ("caf\xc3", "caf" BAD);
  check ("\xe2\x82", BAD BAD);
  check ("eight by\xfftes and eight more", "eight by" BAD "tes and eight more");
  check ("a\x80z\xc3\xa9\xfe", "a" BAD "z\xc3\xa9" BAD);
  check ("\xc0\x80", BAD BAD);
  check ("\xed\xa0\x80", BAD BAD BAD);
  check ("\xf4\x90\x80\x80", BAD BAD BAD BAD);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_utf8_stays),
    cmocka_unit_test (test_other_bytes_are_replaced),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
