/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include <errno.h>

#include "profile-fixture.h"

static ProfProfile *
diff (ProfProfile *base, ProfProfile *profile, ProfNormalize normalize)
{
  ProfProfile *result = NULL;
  assert_int_equal (prof_profile_diff (base, profile, normalize, &result, NULL), 0);
  prof_profile_unref (base);
  prof_profile_unref (profile);
  return result;
}

static void
test_the_base_is_negative_and_labelled (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile ();
  add_stack (base, "main;old", 3);
  uint32_t sample = add_stack (base, "main;both", 4);
  prof_profile_add_label (base, sample, "thread", "one");
  add_stack (profile, "main;both", 5);
  add_stack (profile, "main;new", 6);
  ProfProfile *result = diff (base, profile, PROF_NORMALIZE_NONE);
  assert_samples (result, "main;both 5 50\n"
                          "main;new 6 60\n"
                          "main;old -3 -30 pprof::base=true\n"
                          "main;both -4 -40 thread=one pprof::base=true\n");
  prof_profile_unref (result);
}

static void
test_values_are_negated_exactly (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile ();
  prof_profile_add_sample (base, NULL, 0, (int64_t[]){ INT64_MAX - 1, INT64_MIN });
  ProfProfile *result = diff (base, profile, PROF_NORMALIZE_NONE);
  assert_samples (result, " -9223372036854775806 9223372036854775807 pprof::base=true\n");
  prof_profile_unref (result);
}

static void
test_durations_scale_the_base (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile ();
  prof_profile_set_time (base, 0, 4);
  prof_profile_set_time (profile, 0, 6);
  add_stack (base, "main", 3);
  add_stack (base, "start", 0);
  add_stack (profile, "main", 5);
  ProfProfile *result = diff (base, profile, PROF_NORMALIZE_DURATION);
  assert_samples (result, "main 5 50\n"
                          "main -5 -45 pprof::base=true\n");
  prof_profile_unref (result);
}

static void
test_totals_scale_each_type_of_the_base (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile ();
  uint32_t frame = add_frame (base, "main");
  prof_profile_add_sample (base, &frame, 1, (int64_t[]){ 1, 0 });
  prof_profile_add_sample (base, &frame, 1, (int64_t[]){ 3, 0 });
  add_stack (profile, "main", 6);
  ProfProfile *result = diff (base, profile, PROF_NORMALIZE_TOTAL);
  assert_samples (result, "main 6 60\n"
                          "main -6 0 pprof::base=true\n");
  prof_profile_unref (result);
}

static void
test_many_small_samples_scale_to_their_sum (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile ();
  for (int i = 0; i < 1000; i++) {
    uint32_t sample = add_stack (base, i % 4 == 0 ? "main;rare" : "main;often", 1);
    prof_profile_add_number_label (base, sample, "end_timestamp_ns", 1 + i, "nanoseconds");
  }
  add_stack (profile, "main", 400);
  ProfProfile *result = diff (base, profile, PROF_NORMALIZE_TOTAL);
  int64_t sums[2] = { 0 };
  for (size_t i = 1; i < result->samples.n; i++) {
    sums[0] += result->values.items[2 * i];
    sums[1] += result->values.items[2 * i + 1];
  }
  assert_int_equal (sums[0], -400);
  assert_int_equal (sums[1], -4000);
  prof_profile_unref (result);
}

static void
test_unknown_durations_are_refused (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile = new_cpu_profile (), *result;
  ProfError error = PROF_ERROR_INIT;
  prof_profile_set_time (profile, 0, 6);
  assert_int_equal (prof_profile_diff (base, profile, PROF_NORMALIZE_DURATION, &result, &error),
                    -EINVAL);
  assert_string_equal (error.message,
                       "Can't normalize by duration: the base profile does not say how long it "
                       "took; normalize by total instead.");
  prof_profile_unref (base);
  prof_profile_unref (profile);
}

static void
test_different_kinds_are_refused (void **state)
{
  (void)state;
  ProfProfile *base = new_cpu_profile (), *profile, *result;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_new (&profile), 0);
  assert_int_equal (prof_profile_diff (base, profile, PROF_NORMALIZE_NONE, &result, &error),
                    -EINVAL);
  assert_string_equal (error.message,
                       "Can't combine profiles of different kinds, 'samples/count cpu/nanoseconds "
                       "per cpu/nanoseconds' and 'no sample type': take profiles with the same "
                       "sample types and period type.");
  prof_profile_add_value_type (profile, "space", "bytes");
  for (ProfNormalize normalize = PROF_NORMALIZE_NONE; normalize <= PROF_NORMALIZE_TOTAL;
       normalize++)
    assert_int_equal (prof_profile_diff (base, profile, normalize, &result, &error), -EINVAL);
  prof_profile_unref (base);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_the_base_is_negative_and_labelled),
    cmocka_unit_test (test_values_are_negated_exactly),
    cmocka_unit_test (test_durations_scale_the_base),
    cmocka_unit_test (test_totals_scale_each_type_of_the_base),
    cmocka_unit_test (test_many_small_samples_scale_to_their_sum),
    cmocka_unit_test (test_unknown_durations_are_refused),
    cmocka_unit_test (test_different_kinds_are_refused),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
