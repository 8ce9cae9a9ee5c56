/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "tests.h"

/* Every field of the format is used once. */
static inline ProfProfile *
make_full_profile (void)
{
  ProfProfile *p;
  assert_int_equal (prof_profile_new (&p), 0);
  assert_int_equal (prof_profile_add_value_type (p, "a", "b"), 0);
  assert_int_equal (prof_profile_add_value_type (p, "c", "d"), 1);
  ProfMapping mapping = { .start = 0x1000,
                          .limit = 0x2000,
                          .offset = 0x80,
                          .filename = (uint32_t)prof_profile_add_string (p, "m"),
                          .build_id = (uint32_t)prof_profile_add_string (p, "id"),
                          .has_functions = true,
                          .has_filenames = true,
                          .has_line_numbers = true,
                          .has_inline_frames = true };
  assert_int_equal (prof_profile_add_mapping (p, &mapping), 1);
  ProfFunction function = { .name = (uint32_t)prof_profile_add_string (p, "f"),
                            .system_name = (uint32_t)prof_profile_add_string (p, "_f"),
                            .filename = (uint32_t)prof_profile_add_string (p, "f.c"),
                            .start_line = 3 };
  assert_int_equal (prof_profile_add_function (p, &function), 1);
  ProfLocation location = { .address = 0x1234, .mapping = 1, .is_folded = true };
  ProfLine lines[] = { { .function = 1, .line = 5, .column = 7 }, { .function = 1, .line = 9 } };
  assert_int_equal (prof_profile_add_location (p, &location, lines, 2), 1);
  assert_int_equal (prof_profile_add_location (p, &(ProfLocation){ .address = 0x1300 }, NULL, 0),
                    2);
  assert_int_equal (prof_profile_add_sample (p, (uint32_t[]){ 2, 1, 2 }, 3, (int64_t[]){ 300, -1 }),
                    0);
  assert_int_equal (prof_profile_add_label (p, 0, "k", "v"), 0);
  assert_int_equal (prof_profile_add_number_label (p, 0, "k", 6, "B"), 0);
  assert_int_equal (prof_profile_set_period (p, "c", "d", 1000), 0);
  prof_profile_set_time (p, 77, 88);
  assert_int_equal (prof_profile_set_default_sample_type (p, "a"), 0);
  assert_int_equal (prof_profile_add_comment (p, "x"), 0);
  assert_int_equal (prof_profile_set_frame_filters (p, "drop", "keep"), 0);
  assert_int_equal (prof_profile_set_doc_url (p, "url"), 0);
  return p;
}
