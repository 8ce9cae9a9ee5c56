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
#include "layout/heap-stack.h"

static PyroHeapStack *
make_stack (int64_t start_ns, int64_t end_ns, uint32_t n_points, uint32_t max_sites)
{
  ProfProfile *profile = make_heap_profile ();
  PyroHeapStack *stack;
  assert_int_equal (pyro_heap_stack_new (profile, start_ns, end_ns, n_points, max_sites, &stack),
                    0);
  prof_profile_unref (profile);
  return stack;
}

/* A point each millisecond. */
static void
bands_lie_one_on_another (void **state)
{
  (void)state;
  PyroHeapStack *stack = make_stack (0, 0, 11, 10);
  assert_int_equal (stack->start_ns, HEAP_START_NS);
  assert_int_equal (stack->end_ns, HEAP_START_NS + 10000000);
  assert_int_equal (stack->n_points, 11);
  assert_int_equal (stack->n_bands, 2);
  assert_false (stack->has_others);
  assert_string_equal (stack->sites[0].name, "burst");
  assert_string_equal (stack->sites[1].name, "build");
  static const double expected[][2]
      = { { 0, 0 },   { 0, 100 }, { 1000, 100 }, { 0, 400 }, { 0, 400 }, { 0, 400 },
          { 0, 400 }, { 0, 400 }, { 0, 100 },    { 0, 100 }, { 0, 100 } };
  for (uint32_t i = 0; i < 11; i++) {
    assert_float_equal (pyro_heap_stack_get_value (stack, i, 0), expected[i][0], 0);
    assert_float_equal (pyro_heap_stack_get_value (stack, i, 1), expected[i][1], 0);
    assert_float_equal (stack->edges[2 * i], expected[i][0], 0);
    assert_float_equal (stack->edges[2 * i + 1], expected[i][0] + expected[i][1], 0);
  }
  assert_float_equal (stack->top, 1100, 0);
  assert_int_equal (stack->peak, 2);
  pyro_heap_stack_free (stack);
}

static void
what_lasts_less_than_a_point_is_seen (void **state)
{
  (void)state;
  PyroHeapStack *stack = make_stack (0, 0, 3, 10);
  assert_float_equal (stack->top, 1100, 0);
  assert_int_equal (stack->peak, 1);
  assert_float_equal (pyro_heap_stack_get_value (stack, 2, 1), 100, 0);
  pyro_heap_stack_free (stack);
}

static void
a_range_has_its_own_peak (void **state)
{
  (void)state;
  PyroHeapStack *stack = make_stack (HEAP_START_NS + 4000000, HEAP_START_NS + 9000000, 6, 10);
  assert_int_equal (stack->n_bands, 1);
  assert_string_equal (stack->sites[0].name, "build");
  assert_float_equal (stack->top, 400, 0);
  assert_int_equal (stack->peak, 0);
  pyro_heap_stack_free (stack);
}

static void
what_has_no_band_is_summed_up (void **state)
{
  (void)state;
  PyroHeapStack *stack = make_stack (0, 0, 11, 1);
  assert_int_equal (stack->n_bands, 2);
  assert_true (stack->has_others);
  assert_float_equal (pyro_heap_stack_get_value (stack, 3, 1), 400, 0);
  pyro_heap_stack_free (stack);
}

static void
bands_are_found (void **state)
{
  (void)state;
  PyroHeapStack *stack = make_stack (0, 0, 11, 10);
  assert_int_equal (pyro_heap_stack_find_point (stack, -1), 0);
  assert_int_equal (pyro_heap_stack_find_point (stack, 0.24), 2);
  assert_int_equal (pyro_heap_stack_find_point (stack, 0.26), 3);
  assert_int_equal (pyro_heap_stack_find_point (stack, 2), 10);
  assert_int_equal (pyro_heap_stack_find_band (stack, 2, 999), 0);
  assert_int_equal (pyro_heap_stack_find_band (stack, 2, 1000), 1);
  assert_int_equal (pyro_heap_stack_find_band (stack, 2, 1100), UINT32_MAX);
  assert_int_equal (pyro_heap_stack_find_band (stack, 3, 0), 1);
  assert_int_equal (pyro_heap_stack_find_band (stack, 3, -1), UINT32_MAX);
  pyro_heap_stack_free (stack);
}

static void
profiles_without_a_heap_have_none (void **state)
{
  (void)state;
  ProfProfile *profile;
  PyroHeapStack *stack;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  assert_int_equal (pyro_heap_stack_new (profile, 0, 0, 11, 10, &stack), -EINVAL);
  prof_profile_unref (profile);
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "inuse_space", "bytes");
  prof_profile_add_sample (profile, NULL, 0, &(int64_t){ 5 });
  assert_int_equal (pyro_heap_stack_new (profile, 0, 0, 11, 10, &stack), -ENODATA);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (bands_lie_one_on_another),
    cmocka_unit_test (what_lasts_less_than_a_point_is_seen),
    cmocka_unit_test (a_range_has_its_own_peak),
    cmocka_unit_test (what_has_no_band_is_summed_up),
    cmocka_unit_test (bands_are_found),
    cmocka_unit_test (profiles_without_a_heap_have_none),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
