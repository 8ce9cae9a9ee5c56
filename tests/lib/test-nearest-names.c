/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/nearest-names.h"

#include <string.h>

#include "tests.h"

static void
init (ProfNearestNames *nearest, const char *wanted)
{
  prof_nearest_names_init (nearest, wanted, strlen (wanted));
}

static void
test_nearest_come_first (void **state)
{
  (void)state;
  ProfNearestNames nearest;
  const char *offered[] = { "branch-loads", "instructions", "branch-misses", "branches", "cycles" };
  char text[128];
  init (&nearest, "branch-mises");
  for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
    prof_nearest_names_offer (&nearest, offered[i]);
  assert_int_equal (nearest.n_names, 3);
  assert_string_equal (nearest.names[0], "branch-misses");
  assert_int_equal (nearest.distances[0], 1);
  assert_string_equal (nearest.names[1], "branch-loads");
  assert_int_equal (nearest.distances[1], 4);
  assert_string_equal (nearest.names[2], "branches");
  assert_int_equal (prof_nearest_names_format (&nearest, text, sizeof text), 39);
  assert_string_equal (text, "branch-misses, branch-loads or branches");
}

static void
test_only_three_are_kept (void **state)
{
  (void)state;
  ProfNearestNames nearest;
  char text[32];
  init (&nearest, "abcdef");
  const char *offered[] = { "abcdxx", "abcdex", "abcdey", "abcdef", "abcdez" };
  for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
    prof_nearest_names_offer (&nearest, offered[i]);
  prof_nearest_names_format (&nearest, text, sizeof text);
  assert_string_equal (text, "abcdef, abcdex or abcdey");
}

static void
test_case_does_not_count_and_none_is_twice (void **state)
{
  (void)state;
  ProfNearestNames nearest;
  init (&nearest, "INST_RETIRD");
  prof_nearest_names_offer (&nearest, "inst_retired");
  prof_nearest_names_offer (&nearest, "INST_RETIRED");
  assert_int_equal (nearest.n_names, 1);
  assert_int_equal (nearest.distances[0], 1);
}

static void
test_nothing_is_near_what_is_far (void **state)
{
  (void)state;
  ProfNearestNames nearest;
  char text[8] = "x", long_name[400];
  init (&nearest, "");
  prof_nearest_names_offer (&nearest, "cs");
  assert_int_equal (nearest.n_names, 0);
  assert_int_equal (prof_nearest_names_format (&nearest, text, sizeof text), 0);
  assert_string_equal (text, "");
  memset (long_name, 'a', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = '\0';
  init (&nearest, long_name);
  prof_nearest_names_offer (&nearest, long_name);
  assert_int_equal (nearest.n_names, 0);
  init (&nearest, "aaaaaa");
  prof_nearest_names_offer (&nearest, long_name);
  assert_int_equal (nearest.n_names, 0);
}

static void
test_text_is_cut_to_its_room (void **state)
{
  (void)state;
  ProfNearestNames nearest;
  char text[10];
  init (&nearest, "abcdef");
  prof_nearest_names_offer (&nearest, "abcdef");
  prof_nearest_names_offer (&nearest, "abcdeg");
  assert_int_equal (prof_nearest_names_format (&nearest, text, sizeof text), 9);
  assert_string_equal (text, "abcdef or");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_nearest_come_first),
    cmocka_unit_test (test_only_three_are_kept),
    cmocka_unit_test (test_case_does_not_count_and_none_is_twice),
    cmocka_unit_test (test_nothing_is_near_what_is_far),
    cmocka_unit_test (test_text_is_cut_to_its_room),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
