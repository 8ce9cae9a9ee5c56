/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/request-body.h"

#include <string.h>
#include <zlib.h>

#include "tests.h"

static const char message[] = "work work work work work work work work work work work work";

static void
assert_is_gzip_of_message (const uint8_t *bytes, size_t n)
{
  char back[2 * sizeof message];
  z_stream zlib = { 0 };
  assert_int_equal (inflateInit2 (&zlib, 16 + MAX_WBITS), Z_OK);
  zlib.next_in = (z_const Bytef *)bytes;
  zlib.avail_in = (uInt)n;
  zlib.next_out = (Bytef *)back;
  zlib.avail_out = sizeof back;
  assert_int_equal (inflate (&zlib, Z_FINISH), Z_STREAM_END);
  assert_int_equal (zlib.avail_in, 0);
  assert_int_equal (zlib.total_out, sizeof message);
  assert_memory_equal (back, message, sizeof message);
  inflateEnd (&zlib);
}

static void
test_plain (void **state)
{
  (void)state;
  ProfRequestBody body = { 0 };
  const uint8_t *bytes = (const uint8_t *)message;
  assert_int_equal (prof_request_body_make (&body, bytes, sizeof message, false, false), 0);
  assert_int_equal (body.bytes.n, sizeof message);
  assert_memory_equal (body.bytes.items, message, sizeof message);
  static const uint8_t prefix[] = { 0, 0, 0, 0, sizeof message };
  assert_int_equal (prof_request_body_make (&body, bytes, sizeof message, true, false), 0);
  assert_int_equal (body.bytes.n, 5 + sizeof message);
  assert_memory_equal (body.bytes.items, prefix, 5);
  assert_memory_equal (body.bytes.items + 5, message, sizeof message);
  prof_request_body_finish (&body);
}

static void
test_gzip (void **state)
{
  (void)state;
  ProfRequestBody body = { 0 };
  const uint8_t *bytes = (const uint8_t *)message;
  assert_int_equal (prof_request_body_make (&body, bytes, sizeof message, false, true), 0);
  assert_true (body.bytes.n < sizeof message);
  assert_is_gzip_of_message (body.bytes.items, body.bytes.n);
  assert_int_equal (prof_request_body_make (&body, bytes, sizeof message, true, true), 0);
  const uint8_t prefix[] = { 1, 0, 0, 0, (uint8_t)(body.bytes.n - 5) };
  assert_memory_equal (body.bytes.items, prefix, 5);
  assert_is_gzip_of_message (body.bytes.items + 5, body.bytes.n - 5);
  prof_request_body_finish (&body);
}

static void
test_empty (void **state)
{
  (void)state;
  ProfRequestBody body = { 0 };
  static const uint8_t prefix[5] = { 0 };
  assert_int_equal (prof_request_body_make (&body, NULL, 0, true, false), 0);
  assert_int_equal (body.bytes.n, 5);
  assert_memory_equal (body.bytes.items, prefix, 5);
  prof_request_body_finish (&body);
}

/* The length has its most significant byte first. */
static void
test_long (void **state)
{
  (void)state;
  enum { N = 0x012345 };
  ProfRequestBody body = { 0 };
  uint8_t *bytes = calloc (1, N);
  static const uint8_t prefix[] = { 0, 0, 0x01, 0x23, 0x45 };
  assert_int_equal (prof_request_body_make (&body, bytes, N, true, false), 0);
  assert_memory_equal (body.bytes.items, prefix, 5);
  assert_int_equal (prof_request_body_make (&body, bytes, ((size_t)1 << 30) + 1, true, false),
                    -EMSGSIZE);
  free (bytes);
  prof_request_body_finish (&body);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_plain),
    cmocka_unit_test (test_gzip),
    cmocka_unit_test (test_empty),
    cmocka_unit_test (test_long),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
