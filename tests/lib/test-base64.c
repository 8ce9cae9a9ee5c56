/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/base64.h"

#include <string.h>

#include "tests.h"

static void
assert_encodes (const char *bytes, const char *expected)
{
  char text[64];
  uint8_t back[64];
  size_t n = strlen (bytes);
  prof_base64_encode (bytes, n, text);
  assert_string_equal (text, expected);
  assert_int_equal (prof_base64_get_size (n), strlen (expected) + 1);
  assert_int_equal (prof_base64_decode (text, strlen (text), back), n);
  assert_memory_equal (back, bytes, n);
}

/* The examples of RFC 4648, section 10. */
static void
test_examples (void **state)
{
  (void)state;
  assert_encodes ("", "");
  assert_encodes ("f", "Zg==");
  assert_encodes ("fo", "Zm8=");
  assert_encodes ("foo", "Zm9v");
  assert_encodes ("foob", "Zm9vYg==");
  assert_encodes ("fooba", "Zm9vYmE=");
  assert_encodes ("foobar", "Zm9vYmFy");
  assert_encodes ("\xff\xff\xbe", "//++");
}

static void
test_padding_may_lack (void **state)
{
  (void)state;
  uint8_t bytes[8];
  assert_int_equal (prof_base64_decode ("Zm8", 3, bytes), 2);
  assert_memory_equal (bytes, "fo", 2);
  assert_int_equal (prof_base64_decode ("Zg", 2, bytes), 1);
  assert_int_equal (bytes[0], 'f');
}

static void
test_other_text (void **state)
{
  (void)state;
  uint8_t bytes[8];
  assert_int_equal (prof_base64_decode ("Zm9v!", 5, bytes), -1);
  assert_int_equal (prof_base64_decode ("Z", 1, bytes), -1);
  assert_int_equal (prof_base64_decode ("Zm=v", 4, bytes), -1);
  assert_int_equal (prof_base64_decode ("Z===", 4, bytes), -1);
  assert_int_equal (prof_base64_decode ("Zm9\0", 4, bytes), -1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_examples),
    cmocka_unit_test (test_padding_may_lack),
    cmocka_unit_test (test_other_text),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
