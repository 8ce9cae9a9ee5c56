/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "heap-profile.h"
#include "layout/size-histogram.h"

static void
assert_class (const PyroSizeClass *class, uint64_t min, uint64_t max, double objects, double bytes)
{
  assert_int_equal (class->min_bytes, min);
  assert_int_equal (class->max_bytes, max);
  assert_float_equal (class->objects, objects, 0);
  assert_float_equal (class->bytes, bytes, 0);
}

static void
blocks_are_counted_by_powers_of_two (void **state)
{
  (void)state;
  ProfProfile *profile = make_heap_profile ();
  PyroSizeHistogram histogram;
  unsigned objects, bytes;
  assert_int_equal (pyro_size_histogram_find_types (profile, 1, &objects, &bytes), 0);
  assert_int_equal (objects, 0);
  assert_int_equal (bytes, 1);
  pyro_size_histogram_init (&histogram, profile, objects, bytes);
  assert_int_equal (histogram.n_classes, 3);
  assert_class (&histogram.classes[0], 64, 127, 11, 1100);
  assert_class (&histogram.classes[1], 128, 255, 0, 0);
  assert_class (&histogram.classes[2], 256, 511, 1, 300);
  assert_float_equal (histogram.objects, 12, 0);
  assert_float_equal (histogram.bytes, 1400, 0);
  assert_float_equal (histogram.top, 1100, 0);
  prof_profile_unref (profile);
}

static void
what_is_in_use_is_counted_alone (void **state)
{
  (void)state;
  ProfProfile *profile = make_heap_profile ();
  PyroSizeHistogram histogram;
  unsigned objects, bytes;
  assert_int_equal (pyro_size_histogram_find_types (profile, 2, &objects, &bytes), 0);
  assert_int_equal (objects, 2);
  assert_int_equal (bytes, 3);
  pyro_size_histogram_init (&histogram, profile, objects, bytes);
  assert_int_equal (histogram.n_classes, 1);
  assert_class (&histogram.classes[0], 64, 127, 1, 100);
  prof_profile_unref (profile);
}

/* As of Go: two types, no labels. The ends of the classes are those of their sizes. */
static void
sizes_that_are_not_said_are_means (void **state)
{
  (void)state;
  ProfProfile *profile;
  PyroSizeHistogram histogram;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "objects", "count");
  prof_profile_add_value_type (profile, "space", "bytes");
  prof_profile_add_sample (profile, NULL, 0, (int64_t[]){ 4, 28 });
  prof_profile_add_sample (profile, NULL, 0, (int64_t[]){ -1, -8 });
  prof_profile_add_sample (profile, NULL, 0, (int64_t[]){ 1, INT64_MAX });
  prof_profile_add_sample (profile, NULL, 0, (int64_t[]){ 3, 0 });
  pyro_size_histogram_init (&histogram, profile, 0, 1);
  assert_int_equal (histogram.n_classes, 64);
  assert_class (&histogram.classes[0], 0, 0, 3, 0);
  assert_class (&histogram.classes[3], 4, 7, 4, 28);
  assert_class (&histogram.classes[4], 8, 15, 1, 8);
  assert_int_equal (histogram.classes[63].max_bytes, INT64_MAX);
  assert_float_equal (histogram.classes[63].objects, 1, 0);
  prof_profile_unref (profile);
}

static void
profiles_without_memory_have_none (void **state)
{
  (void)state;
  ProfProfile *profile;
  PyroSizeHistogram histogram;
  unsigned objects, bytes;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  prof_profile_add_value_type (profile, "alloc_space", "bytes");
  assert_int_equal (pyro_size_histogram_find_types (profile, 1, &objects, &bytes), -ENOENT);
  pyro_size_histogram_init (&histogram, profile, 0, 1);
  assert_int_equal (histogram.n_classes, 0);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (blocks_are_counted_by_powers_of_two),
    cmocka_unit_test (what_is_in_use_is_counted_alone),
    cmocka_unit_test (sizes_that_are_not_said_are_means),
    cmocka_unit_test (profiles_without_memory_have_none),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
