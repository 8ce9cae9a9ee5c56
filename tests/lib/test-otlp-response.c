/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/response.h"

#include <errno.h>
#include <string.h>

#include "pprof-fields.h"
#include "tests.h"

static const char retry_info_type[] = "type.googleapis.com/google.rpc.RetryInfo";

/* A Status with the code 8, the message "no", and a detail of that type. */
static size_t
put_status (uint8_t *ret, const char *type, const uint8_t *value, size_t n_value)
{
  size_t n_type = strlen (type), n_detail = 2 + n_type + 2 + n_value;
  const uint8_t start[] = { NUMBER (1, 8), MESSAGE (2, 'n', 'o'), 3 << 3 | 2, (uint8_t)n_detail,
                            1 << 3 | 2,    (uint8_t)n_type };
  memcpy (ret, start, sizeof start);
  memcpy (ret + sizeof start, type, n_type);
  uint8_t *p = ret + sizeof start + n_type;
  *p++ = 2 << 3 | 2;
  *p++ = (uint8_t)n_value;
  memcpy (p, value, n_value);
  return (size_t)(p + n_value - ret);
}

static int
parse_status (const uint8_t *bytes, size_t n, ProfRpcStatus *ret)
{
  return prof_rpc_status_parse ((ProfWire){ bytes, bytes + n }, ret);
}

static void
assert_delay (const uint8_t *value, size_t n_value, uint64_t expected_ns)
{
  uint8_t bytes[128];
  ProfRpcStatus status;
  size_t n = put_status (bytes, retry_info_type, value, n_value);
  assert_int_equal (parse_status (bytes, n, &status), 0);
  assert_true (status.has_retry_info);
  assert_int_equal (status.retry_after_ns, expected_ns);
  assert_int_equal (status.code, 8);
  assert_int_equal (status.message.end - status.message.next, 2);
  assert_memory_equal (status.message.next, "no", 2);
}

static void
test_retry_info (void **state)
{
  (void)state;
  assert_delay (BYTES (MESSAGE (1, NUMBER (1, 2), NUMBER (2, 5))), 2000000005);
  assert_delay (BYTES (MESSAGE (1, NUMBER (2, 5))), 5);
  assert_delay (BYTES (EMPTY (1)), 0);
  assert_delay ((const uint8_t *)"", 0, 0);
  assert_delay (BYTES (MESSAGE (1, 1 << 3, MAX_VARINT)), 0);
  assert_delay (BYTES (MESSAGE (1, NUMBER (1, 2), 2 << 3, MAX_VARINT)), 0);
  assert_delay (BYTES (MESSAGE (1, 1 << 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
                86400000000000);
}

static void
test_other_details (void **state)
{
  (void)state;
  uint8_t bytes[128];
  ProfRpcStatus status;
  size_t n = put_status (bytes, "type.googleapis.com/google.rpc.Help", BYTES (0xff));
  assert_int_equal (parse_status (bytes, n, &status), 0);
  assert_false (status.has_retry_info);
  n = put_status (bytes, "type.googleapis.com/google.rpc.RetryInfos", BYTES (0xff));
  assert_int_equal (parse_status (bytes, n, &status), 0);
  assert_false (status.has_retry_info);
  assert_int_equal (parse_status (bytes, 0, &status), 0);
  assert_int_equal (status.code, 0);
  assert_null (status.message.next);
}

static void
test_broken_status (void **state)
{
  (void)state;
  uint8_t bytes[128];
  ProfRpcStatus status;
  static const uint8_t delay[] = { MESSAGE (1, NUMBER (1, 2)) };
  size_t n = put_status (bytes, retry_info_type, delay, sizeof delay);
  for (size_t i = 1; i < n; i++)
    if (i != 2 && i != 6)
      assert_int_equal (parse_status (bytes, i, &status), -EBADMSG);
  n = put_status (bytes, retry_info_type, BYTES (MESSAGE (1, 0xff)));
  assert_int_equal (parse_status (bytes, n, &status), -EBADMSG);
  n = put_status (bytes, retry_info_type, BYTES (0x0f));
  assert_int_equal (parse_status (bytes, n, &status), -EBADMSG);
}

static int
parse_partial (const uint8_t *bytes, size_t n, ProfPartialSuccess *ret)
{
  return prof_partial_success_parse ((ProfWire){ bytes, bytes + n }, ret);
}

static void
test_partial_success (void **state)
{
  (void)state;
  ProfPartialSuccess partial;
  assert_int_equal (parse_partial (BYTES (MESSAGE (1, NUMBER (1, 3), MESSAGE (2, 'o', 'l', 'd'))),
                                   &partial),
                    0);
  assert_int_equal (partial.n_rejected, 3);
  assert_memory_equal (partial.message.next, "old", 3);
  assert_int_equal (partial.message.end - partial.message.next, 3);
  assert_int_equal (parse_partial ((const uint8_t *)"", 0, &partial), 0);
  assert_int_equal (partial.n_rejected, 0);
  assert_null (partial.message.next);
  /* Fields of the future, and a count that makes no sense. */
  assert_int_equal (parse_partial (BYTES (NUMBER (9, 1),
                                          MESSAGE (1, NUMBER (7, 1), 1 << 3, MAX_VARINT)),
                                   &partial),
                    0);
  assert_int_equal (partial.n_rejected, 0);
}

static void
test_broken_partial_success (void **state)
{
  (void)state;
  ProfPartialSuccess partial;
  assert_int_equal (parse_partial (BYTES (0xff, 0xff), &partial), -EBADMSG);
  assert_int_equal (parse_partial (BYTES (1 << 3 | 2, 9), &partial), -EBADMSG);
  assert_int_equal (parse_partial (BYTES (MESSAGE (1, 1 << 3)), &partial), -EBADMSG);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_retry_info),
    cmocka_unit_test (test_other_details),
    cmocka_unit_test (test_broken_status),
    cmocka_unit_test (test_partial_success),
    cmocka_unit_test (test_broken_partial_success),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
