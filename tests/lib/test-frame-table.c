/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/frame-table.h"

#include <errno.h>

#include "tests.h"

static void
test_equal_frames_have_one_number (void **state)
{
  (void)state;
  ProfFrameTable table = { 0 };
  uint32_t a, b, c, again;
  assert_int_equal (prof_frame_table_add (&table, 1, 0x1000, &a), 0);
  assert_int_equal (prof_frame_table_add (&table, 2, 0x1000, &b), 0);
  assert_int_equal (prof_frame_table_add (&table, 1, 0x1001, &c), 0);
  assert_int_equal (prof_frame_table_add (&table, 1, 0x1000, &again), 0);
  assert_int_equal (a, again);
  assert_int_equal (table.frames.n, 3);
  assert_int_equal (table.frames.items[b].module, 2);
  assert_int_equal (table.frames.items[c].address, 0x1001);
  prof_frame_table_finish (&table);
}

static void
test_a_full_table_still_finds_what_it_has (void **state)
{
  (void)state;
  ProfFrameTable table = { .max_frames = 1 };
  uint32_t a, again;
  assert_int_equal (prof_frame_table_add (&table, 1, 0x1000, &a), 0);
  assert_int_equal (prof_frame_table_add (&table, 1, 0x2000, &again), -ENOSPC);
  assert_int_equal (prof_frame_table_add (&table, 1, 0x1000, &again), 0);
  assert_int_equal (a, again);
  prof_frame_table_finish (&table);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_equal_frames_have_one_number),
    cmocka_unit_test (test_a_full_table_still_finds_what_it_has),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
