/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>
#include <prof/profile.h>

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "profile-fixture.h"

/* What filters let through is tested in test-profile-filter.c, of both functions. */

static ProfProfile *
new_profile (void)
{
  ProfProfile *profile = new_cpu_profile ();
  add_stack (profile, "main;work;malloc", 1);
  add_stack (profile, "main;idle", 2);
  add_stack (profile, "main;work;malloc", 3);
  add_stack (profile, "", 4);
  return profile;
}

static ProfProfile *
select_focus (ProfProfile *profile, const char *focus)
{
  ProfProfile *selection;
  ProfFilter filter = PROF_FILTER_INIT;
  filter.focus = focus;
  assert_int_equal (prof_profile_select (profile, &filter, &selection, NULL), 0);
  return selection;
}

static void
test_shares_tables_and_outlives_the_profile (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfProfile *selection = select_focus (profile, "malloc");
  assert_ptr_equal (selection->stacks.items, profile->stacks.items);
  assert_ptr_equal (selection->locations.items, profile->locations.items);
  prof_profile_unref (profile);
  assert_samples (selection, "main;work;malloc 1 10\nmain;work;malloc 3 30\n");
  ProfProfile *nothing = select_focus (selection, "idle");
  prof_profile_unref (selection);
  assert_samples (nothing, "");
  prof_profile_unref (nothing);
}

static void
test_nothing_can_be_added (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfProfile *selection = select_focus (profile, "malloc");
  size_t n_strings = prof_profile_get_n_strings (profile);
  assert_int_equal (prof_profile_add_string (selection, "new"), -ENOMEM);
  assert_int_equal (prof_profile_add_string (selection, "work"),
                    prof_profile_add_string (profile, "work"));
  assert_int_equal (prof_profile_add_function (selection, &(ProfFunction){ .name = 1 }), -ENOMEM);
  assert_int_equal (prof_profile_add_location (selection, &(ProfLocation){ .address = 77 }, NULL,
                                               0),
                    -ENOMEM);
  assert_int_equal (prof_profile_add_sample (selection, &(uint32_t){ 1 }, 1, (int64_t[]){ 1, 10 }),
                    -ENOMEM);
  assert_int_equal (prof_profile_add_comment (selection, "work"), 0);
  assert_int_equal (prof_profile_get_n_strings (profile), n_strings);
  assert_int_equal (profile->comments.n, 0);
  prof_profile_unref (selection);
  prof_profile_unref (profile);
}

static void
test_can_be_written (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile (), *again;
  ProfProfile *selection = select_focus (profile, "malloc");
  int fd = memfd_create ("selection", MFD_CLOEXEC);
  assert_true (fd >= 0);
  assert_int_equal (prof_pprof_write (selection, fd, NULL), 0);
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  assert_int_equal (prof_pprof_read (fd, &again, NULL), 0);
  assert_samples (again, "main;work;malloc 1 10\nmain;work;malloc 3 30\n");
  close (fd);
  prof_profile_unref (again);
  prof_profile_unref (selection);
  prof_profile_unref (profile);
}

static void
assert_stacks (const ProfProfile *profile, size_t n, const uint32_t *rows)
{
  ProfStack *stacks;
  uint32_t *own_rows;
  size_t own_n, n_samples;
  assert_int_equal (prof_profile_number_stacks (profile, &stacks, &own_n, &own_rows), 0);
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  assert_int_equal (own_n, n);
  assert_int_equal (stacks[0].n_locations, 0);
  for (size_t i = 0; i < n_samples; i++) {
    assert_int_equal (own_rows[i], rows[i]);
    assert_int_equal (stacks[rows[i]].n_locations, samples[i].n_locations);
    if (samples[i].n_locations > 0)
      assert_int_equal (stacks[rows[i]].first_location, samples[i].first_location);
  }
  free (stacks);
  free (own_rows);
}

static void
test_numbers_stacks_as_its_profile (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile (), *cut;
  assert_stacks (profile, 3, (uint32_t[]){ 1, 2, 1, 0 });
  ProfProfile *selection = select_focus (profile, "idle");
  assert_stacks (selection, 3, (uint32_t[]){ 2 });
  ProfProfile *of_selection = select_focus (selection, "main");
  assert_stacks (of_selection, 3, (uint32_t[]){ 2 });
  ProfFilter filter = PROF_FILTER_INIT;
  filter.hide = "idle";
  assert_int_equal (prof_profile_select (profile, &filter, &cut, NULL), 0);
  assert_samples (cut, "main;work;malloc 1 10\nmain 2 20\nmain;work;malloc 3 30\n");
  assert_stacks (cut, 3, (uint32_t[]){ 1, 2, 1 });
  prof_profile_unref (cut);
  prof_profile_unref (of_selection);
  prof_profile_unref (selection);
  prof_profile_unref (profile);
}

static void
test_refuses_null (void **state)
{
  (void)state;
  ProfProfile *selection;
  ProfFilter filter = PROF_FILTER_INIT;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_select (NULL, &filter, &selection, &error), -EINVAL);
  assert_non_null (strstr (error.message, "prof_profile_select"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_shares_tables_and_outlives_the_profile),
    cmocka_unit_test (test_nothing_can_be_added),
    cmocka_unit_test (test_can_be_written),
    cmocka_unit_test (test_numbers_stacks_as_its_profile),
    cmocka_unit_test (test_refuses_null),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
