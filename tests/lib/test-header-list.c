/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/header-list.h"

#include <string.h>

#include "base/strings.h"
#include "tests.h"

/* Takes the list's fields, joined by '|'. */
static void
assert_fields (ProfHeaderList *list, const char *expected)
{
  char joined[256] = "";
  char **fields = prof_header_list_take (list);
  assert_non_null (fields);
  for (size_t i = 0; fields[i] != NULL; i++) {
    strcat (joined, i > 0 ? "|" : "");
    strcat (joined, fields[i]);
  }
  prof_strings_free (fields);
  assert_string_equal (joined, expected);
  assert_int_equal (list->fields.n, 0);
}

static void
assert_pairs (const char *pairs, const char *expected)
{
  ProfHeaderList list = { 0 };
  const char *reason;
  assert_int_equal (prof_header_list_add_pairs (&list, pairs, &reason), 0);
  assert_fields (&list, expected);
}

static void
test_pairs (void **state)
{
  (void)state;
  assert_pairs ("", "");
  assert_pairs (" , ,", "");
  assert_pairs ("a=b", "a: b");
  assert_pairs (" a = b c ,X-Y=1", "a: b c|X-Y: 1");
  assert_pairs ("a=b=c;d", "a: b=c;d");
  assert_pairs ("Authorization=Basic%20QTpC%3D%3d,n=%zz%2", "Authorization: Basic QTpC==|n: %zz%2");
}

static void
test_fields (void **state)
{
  (void)state;
  ProfHeaderList list = { 0 };
  const char *reason;
  assert_int_equal (prof_header_list_add_field (&list, "X-Scope-OrgID:  tenant 1 ", &reason), 0);
  assert_int_equal (prof_header_list_add_field (&list, "a:b:c%20", &reason), 0);
  assert_fields (&list, "X-Scope-OrgID: tenant 1|a: b:c%20");
}

static void
test_later_replaces (void **state)
{
  (void)state;
  ProfHeaderList list = { 0 };
  const char *reason;
  assert_int_equal (prof_header_list_add_pairs (&list, "ab=1,a=2", &reason), 0);
  assert_int_equal (prof_header_list_add_field (&list, "AB: 3", &reason), 0);
  assert_fields (&list, "AB: 3|a: 2");
}

static void
assert_refused (int (*add) (ProfHeaderList *, const char *, const char **),
                const char *text,
                const char *words)
{
  ProfHeaderList list = { 0 };
  const char *reason = NULL;
  assert_int_equal (add (&list, text, &reason), -EINVAL);
  assert_non_null (strstr (reason, words));
  assert_null (strstr (reason, "sesame"));
  prof_header_list_finish (&list);
}

static void
test_faults (void **state)
{
  (void)state;
  assert_refused (prof_header_list_add_pairs, "sesame", "has no '='");
  assert_refused (prof_header_list_add_pairs, "a=1,sesame", "has no '='");
  assert_refused (prof_header_list_add_pairs, "=sesame", "name");
  assert_refused (prof_header_list_add_pairs, "a b=sesame", "name");
  assert_refused (prof_header_list_add_pairs, "a=", "has no value");
  assert_refused (prof_header_list_add_pairs, "a=sesame%0d%0aHost: x", "newline");
  assert_refused (prof_header_list_add_pairs, "a=sesame%00", "newline");
  assert_refused (prof_header_list_add_pairs, "te=sesame", "sets itself");
  assert_refused (prof_header_list_add_field, "sesame", "has no ':'");
  assert_refused (prof_header_list_add_field, "X: sesame\nY: z", "newline");
  assert_refused (prof_header_list_add_field, "X: sesame\177", "newline");
  assert_refused (prof_header_list_add_field, "X\r: sesame", "name");
  assert_refused (prof_header_list_add_field, "Content-Type: sesame", "sets itself");
  assert_refused (prof_header_list_add_field, "Grpc-Timeout: sesame", "sets itself");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_pairs),
    cmocka_unit_test (test_fields),
    cmocka_unit_test (test_later_replaces),
    cmocka_unit_test (test_faults),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
