/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/trace-ids.h"

#include <errno.h>

#include "tests.h"

static void
test_a_traceparent (void **state)
{
  (void)state;
  static const uint8_t trace_id[] = { 0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd,
                                      0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c };
  static const uint8_t span_id[] = { 0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31 };
  ProfTraceLink link;
  static const char text_of_link[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  assert_int_equal (prof_trace_parse (text_of_link, &link), 0);
  assert_memory_equal (link.trace_id, trace_id, sizeof trace_id);
  assert_memory_equal (link.span_id, span_id, sizeof span_id);
  assert_int_equal (link.flags, 1);
  char text[PROF_TRACE_ID_TEXT];
  prof_trace_format_id (link.trace_id, sizeof link.trace_id, text);
  assert_string_equal (text, "0af7651916cd43dd8448eb211c80319c");
}

/* A later version may say more after the flags. */
static void
test_a_later_version (void **state)
{
  (void)state;
  ProfTraceLink link;
  assert_int_equal (
      prof_trace_parse ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more", &link), 0);
  assert_int_equal (link.flags, 0);
  assert_int_equal (prof_trace_parse ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                      &link),
                    0);
}

static void
test_what_is_no_traceparent (void **state)
{
  (void)state;
  static const char *const bad[] = {
    "",
    "0",
    "00",
    "00-",
    "00-0af7651916cd43dd8448eb211c80319c",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01",
    "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",
    " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
  };
  ProfTraceLink link = { .flags = 77 };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (prof_trace_parse (bad[i], &link) != -EINVAL)
      fail_msg ("taken: '%s'", bad[i]);
  assert_int_equal (prof_trace_parse (NULL, &link), -EINVAL);
  assert_int_equal (link.flags, 77);
}

static void
test_profile_ids_differ (void **state)
{
  (void)state;
  ProfProfileId a, b, none = { { 0 } };
  assert_int_equal (prof_generate_profile_id (&a), 0);
  assert_int_equal (prof_generate_profile_id (&b), 0);
  assert_memory_not_equal (&a, &b, sizeof a);
  assert_memory_not_equal (&a, &none, sizeof a);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_a_traceparent),
    cmocka_unit_test (test_a_later_version),
    cmocka_unit_test (test_what_is_no_traceparent),
    cmocka_unit_test (test_profile_ids_differ),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
