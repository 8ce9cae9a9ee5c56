/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/session-notes.h"

#include "tests.h"

static void
test_each_sentence_is_there_once (void **state)
{
  (void)state;
  ProfSessionNotes notes = { 0 };
  assert_null (prof_session_notes_get (&notes)[0]);
  assert_int_equal (prof_session_notes_add (&notes, "number %d", 1), 0);
  assert_int_equal (prof_session_notes_add (&notes, "number %d", 2), 0);
  assert_int_equal (prof_session_notes_add (&notes, "number %d", 1), 0);
  assert_string_equal (prof_session_notes_get (&notes)[0], "number 1");
  assert_string_equal (prof_session_notes_get (&notes)[1], "number 2");
  assert_null (prof_session_notes_get (&notes)[2]);
  prof_session_notes_finish (&notes);
}

/* A caller's other thread may hold the list while a recording adds to it. */
static void
test_the_list_stays_where_it_is (void **state)
{
  (void)state;
  ProfSessionNotes notes = { 0 };
  const char *const *before = prof_session_notes_get (&notes);
  for (int i = 0; i < 2 * PROF_MAX_NOTES; i++)
    assert_int_equal (prof_session_notes_add (&notes, "number %d", i), 0);
  assert_ptr_equal (prof_session_notes_get (&notes), before);
  assert_string_equal (before[PROF_MAX_NOTES - 1], "number 14");
  assert_null (before[PROF_MAX_NOTES]);
  prof_session_notes_finish (&notes);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_each_sentence_is_there_once),
    cmocka_unit_test (test_the_list_stays_where_it_is),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
