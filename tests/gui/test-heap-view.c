/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "../layout/heap-profile.h"
#include "model/filter.h"
#include "model/report.h"

enum { MS = 1000000, INUSE_OBJECTS = 2, INUSE_SPACE = 3 };

/* What is left of a literal heap. The times are since its start; end_ns 0: no range. */
static gint64
get_total (PyroHeapView view, gint64 start_ns, gint64 end_ns, guint value_type)
{
  ProfProfile *profile = make_heap_profile ();
  g_autoptr (PyroFilter) everything = pyro_filter_new ();
  g_autoptr (PyroFilter) viewed = pyro_filter_set_heap_view (everything, view);
  g_autoptr (PyroFilter) filter
      = end_ns == 0
            ? pyro_filter_ref (viewed)
            : pyro_filter_set_range (viewed, HEAP_START_NS + start_ns, HEAP_START_NS + end_ns);
  g_autoptr (GError) error = NULL;
  ProfProfile *selected = pyro_filter_apply_to (filter, profile, value_type, &value_type, &error);
  g_assert_no_error (error);
  g_autoptr (PyroReport) report = pyro_report_new (selected, value_type, &error);
  g_assert_no_error (error);
  gint64 total = pyro_report_get_total (report);
  prof_profile_unref (selected);
  prof_profile_unref (profile);
  return total;
}

static void
each_view_has_its_own_total (void **state)
{
  assert_int_equal (get_total (PYRO_HEAP_AS_RECORDED, 0, 0, INUSE_SPACE), 100);
  assert_int_equal (get_total (PYRO_HEAP_PEAK, 0, 0, INUSE_SPACE), 1100);
  assert_int_equal (get_total (PYRO_HEAP_LIVE, 0, 0, INUSE_SPACE), 100);
  assert_int_equal (get_total (PYRO_HEAP_LEAKED, 0, 0, INUSE_SPACE), 100);
  assert_int_equal (get_total (PYRO_HEAP_ALLOCATED, 0, 0, INUSE_SPACE), 1400);
  assert_int_equal (get_total (PYRO_HEAP_TEMPORARY, 0, 0, INUSE_SPACE), 1000);
}

static void
objects_are_counted_likewise (void **state)
{
  assert_int_equal (get_total (PYRO_HEAP_PEAK, 0, 0, INUSE_OBJECTS), 11);
  assert_int_equal (get_total (PYRO_HEAP_ALLOCATED, 0, 0, INUSE_OBJECTS), 12);
  assert_int_equal (get_total (PYRO_HEAP_TEMPORARY, 0, 0, INUSE_OBJECTS), 10);
}

static void
a_range_is_of_allocations_or_of_its_end (void **state)
{
  assert_int_equal (get_total (PYRO_HEAP_LIVE, 1 * MS, 5 * MS, INUSE_SPACE), 400);
  assert_int_equal (get_total (PYRO_HEAP_ALLOCATED, 3 * MS, 5 * MS, INUSE_SPACE), 300);
  assert_int_equal (get_total (PYRO_HEAP_TEMPORARY, 3 * MS, 5 * MS, INUSE_SPACE), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (each_view_has_its_own_total),
    cmocka_unit_test (objects_are_counted_likewise),
    cmocka_unit_test (a_range_is_of_allocations_or_of_its_end),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
