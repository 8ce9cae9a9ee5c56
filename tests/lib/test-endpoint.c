/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/endpoint.h"

#include <string.h>

#include "tests.h"

static void
assert_parses (const char *text, const char *scheme, const char *authority, const char *path)
{
  ProfOtlpEndpoint endpoint;
  const char *fault = prof_otlp_endpoint_parse (text, &endpoint);
  if (fault != NULL)
    fail_msg ("%s %s", text, fault);
  assert_int_equal (endpoint.has_scheme, *scheme != '\0');
  assert_int_equal (endpoint.is_https, strcmp (scheme, "https") == 0);
  assert_int_equal (endpoint.n_authority, strlen (authority));
  assert_memory_equal (endpoint.authority, authority, strlen (authority));
  assert_string_equal (endpoint.path, path);
}

static void
assert_is_wrong (const char *text, const char *words)
{
  ProfOtlpEndpoint endpoint;
  const char *fault = prof_otlp_endpoint_parse (text, &endpoint);
  if (fault == NULL)
    fail_msg ("%s is taken", text);
  if (strstr (fault, words) == NULL)
    fail_msg ("%s: \"%s\" is not in \"%s\"", text, words, fault);
}

static void
test_addresses (void **state)
{
  (void)state;
  assert_parses ("http://localhost:4318", "http", "localhost:4318", "");
  assert_parses ("HTTPS://a.example/", "https", "a.example", "/");
  assert_parses ("https://a-b.c_d:1/x/y?k=v", "https", "a-b.c_d:1", "/x/y?k=v");
  assert_parses ("http://[::1]:65535/x", "http", "[::1]:65535", "/x");
  assert_parses ("http://127.0.0.1", "http", "127.0.0.1", "");
  assert_parses ("localhost:4317", "", "localhost:4317", "");
  assert_parses ("collector/path", "", "collector", "/path");
}

static void
test_faults (void **state)
{
  (void)state;
  assert_is_wrong ("", "has no host");
  assert_is_wrong ("http://", "has no host");
  assert_is_wrong ("http://:4318", "no name and no address");
  assert_is_wrong ("ftp://a.example", "another scheme");
  assert_is_wrong ("unix:///run/x", "another scheme");
  assert_is_wrong ("http://a.example:", "port");
  assert_is_wrong ("http://a.example:0", "port");
  assert_is_wrong ("http://a.example:65536", "port");
  assert_is_wrong ("http://a.example:99999999999999999999", "port");
  assert_is_wrong ("http://a.example:80x", "port");
  assert_is_wrong ("http://a.example:-1", "port");
  assert_is_wrong ("http://[::1", "no name and no address");
  assert_is_wrong ("http://[]:1", "no name and no address");
  assert_is_wrong ("http://a%00b", "no name and no address");
  assert_is_wrong ("http://a\\b", "no name and no address");
  assert_is_wrong ("http://a.example#top", "'#'");
  assert_is_wrong ("http://a.example?k=v", "query");
  assert_is_wrong ("http://a b", "a space");
  assert_is_wrong ("http://a\n", "control character");
  assert_is_wrong ("http://\xc3\xa4", "not ASCII");
}

static void
test_secrets_are_not_repeated (void **state)
{
  (void)state;
  static const char *const texts[] = {
    "http://ann:sesame@a.example", "ann:sesame@a.example", "http://sesame@",
    "http://sesame@a.example/x",   "sesame@://x",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    ProfOtlpEndpoint endpoint;
    const char *fault = prof_otlp_endpoint_parse (texts[i], &endpoint);
    assert_non_null (fault);
    assert_null (strstr (fault, "sesame"));
  }
  assert_is_wrong (texts[0], "holds a user or a password");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_addresses),
    cmocka_unit_test (test_faults),
    cmocka_unit_test (test_secrets_are_not_repeated),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
