/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/suppressions.h"

#include <errno.h>

#include "tests.h"

static void
test_patterns (void **state)
{
  (void)state;
  static const struct {
    const char *pattern, *text;
    bool matches;
  } cases[] = {
    { "foo", "foo", true },      { "foo", "a_foo_b", true },
    { "foo", "fo", false },      { "^foo", "foobar", true },
    { "^foo", "a_foo", false },  { "foo$", "a_foo", true },
    { "foo$", "foobar", false }, { "foo$", "foo_foo", true },
    { "^foo$", "foo", true },    { "^foo$", "foofoo", false },
    { "a*c", "xabbcx", true },   { "a*c", "ca", false },
    { "^a*c$", "abcbc", true },  { "^a*c$", "abcb", false },
    { "*", "", true },           { "^*$", "anything", true },
    { "a**b", "ab", true },      { "^$", "", true },
    { "^$", "a", false },        { "a$b", "a$b", true },
    { "a^", "a^", true },        { "lib*.so", "/l/libx.so.1", true },
    { "^ab*ab$", "abab", true }, { "^ab*ab$", "ab", false },
    { "aab", "aaab", true },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool matches = prof_suppression_matches (cases[i].pattern, cases[i].text);
    if (matches != cases[i].matches)
      fail_msg ("'%s' and '%s'", cases[i].pattern, cases[i].text);
  }
}

static void
test_parse (void **state)
{
  (void)state;
  static const char text[] = "# a comment\n"
                             "leak:first\n"
                             "\n"
                             "  leak:^second thing$ \t\r\n"
                             "leak:# third";
  ProfSuppressions *suppressions = NULL;
  size_t n;
  assert_int_equal (prof_suppressions_parse (text, strlen (text), &suppressions, NULL), 0);
  const ProfSuppressionUse *uses = prof_suppressions_get_uses (suppressions, &n);
  assert_int_equal (n, 3);
  assert_string_equal (uses[0].pattern, "first");
  assert_string_equal (uses[1].pattern, "^second thing$");
  assert_string_equal (uses[2].pattern, "# third");
  assert_int_equal (uses[0].objects, 0);
  prof_suppressions_free (suppressions);
}

static void
assert_refused (const char *text, size_t n, unsigned line)
{
  ProfSuppressions *suppressions = NULL;
  ProfError error = PROF_ERROR_INIT;
  char expected[32];
  snprintf (expected, sizeof expected, "line %u ", line);
  assert_int_equal (prof_suppressions_parse (text, n, &suppressions, &error), -EBADMSG);
  assert_non_null (strstr (error.message, expected));
  assert_null (suppressions);
}

static void
test_lines_at_fault (void **state)
{
  (void)state;
  assert_refused ("leak:", 5, 1);
  assert_refused ("leak:  \n", 8, 1);
  assert_refused ("leak:a\n\nrace:b\n", 15, 3);
  assert_refused ("leak:a\nleak:b\0c\n", 17, 2);
  assert_refused ("LEAK:a", 6, 1);
}

static void
test_several_texts (void **state)
{
  (void)state;
  ProfSuppressions *suppressions = NULL;
  size_t n;
  assert_int_equal (prof_suppressions_parse (NULL, 0, &suppressions, NULL), 0);
  assert_int_equal (prof_suppressions_add (suppressions, "leak:a\n", 7, NULL), 0);
  assert_int_equal (prof_suppressions_add (suppressions, "leak:b\nx\n", 9, NULL), -EBADMSG);
  assert_int_equal (prof_suppressions_add (suppressions, "leak:c", 6, NULL), 0);
  const ProfSuppressionUse *uses = prof_suppressions_get_uses (suppressions, &n);
  assert_int_equal (n, 2);
  assert_string_equal (uses[1].pattern, "c");
  assert_int_equal (prof_suppressions_find (suppressions, (const char *[]){ "", "xc", "xa" }, 3),
                    0);
  assert_int_equal (prof_suppressions_find (suppressions, (const char *[]){ "xc" }, 1), 1);
  assert_int_equal (prof_suppressions_find (suppressions, (const char *[]){ "x" }, 1), -1);
  prof_suppressions_free (suppressions);
  assert_null (prof_suppressions_free (NULL));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_patterns),
    cmocka_unit_test (test_parse),
    cmocka_unit_test (test_lines_at_fault),
    cmocka_unit_test (test_several_texts),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
