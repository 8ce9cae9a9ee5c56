/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/heap.h>

#include <stdlib.h>

#include <prof/session.h>

#include "failing-allocations.h"
#include "heap-fixture.h"
#include "profile/heap.h"
#include "profile/suppressions.h"

static ProfProfile *
new_profile (void)
{
  static const char *const note = "a note";
  ProfSession session = PROF_SESSION_INIT;
  ProfProfile *profile = new_heap_profile ();
  session.notes = &note;
  session.n_notes = 1;
  for (int i = 0; i < 50; i++) {
    char stack[64];
    snprintf (stack, sizeof stack, "main;f%d;malloc<g%d", i, i);
    add_blocks (profile, stack, i, 10 * i, i, i % 3 == 0 ? NEVER : 100 - i);
  }
  assert_int_equal (prof_profile_add_session (profile, &session), 0);
  return profile;
}

static int
make_heap (void *user_data)
{
  ProfHeap *heap = NULL;
  int r = prof_heap_new (user_data, &heap, NULL);
  prof_heap_free (heap);
  return r;
}

static int
report (void *user_data)
{
  cleanup (prof_free) ProfHeapPoint *points = NULL;
  cleanup (prof_free) ProfHeapSites *sites = NULL;
  cleanup (prof_free) ProfHeapSizeClass *classes = NULL;
  size_t n;
  int r = prof_heap_get_timeline (user_data, START, START + 90 * MS, 9, &points);
  if (r == 0)
    r = prof_heap_get_sites (user_data, START, START + 90 * MS, 9, 3, &sites);
  return r == 0 ? prof_heap_get_sizes (user_data, MS, &classes, &n) : r;
}

static int
suppress (void *user_data)
{
  static const char text[] = "leak:f3\nleak:nothing\n";
  cleanup (prof_suppressions_free) ProfSuppressions *suppressions = NULL;
  cleanup (prof_profile_unref) ProfProfile *selected = NULL;
  ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
  int r = prof_suppressions_parse (text, strlen (text), &suppressions, NULL);
  if (r < 0)
    return r;
  selection.suppressions = suppressions;
  return prof_heap_select (user_data, &selection, &selected, NULL);
}

static int
join (void *user_data)
{
  ProfProfile **both = user_data;
  cleanup (prof_profile_unref) ProfProfile *joined = NULL;
  return prof_profile_join (both[0], both[1], &joined, NULL);
}

static void
test_heap (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_true (fail_each (make_heap, profile) > 8);
  ProfHeap *heap = new_heap (profile);
  assert_true (fail_each (report, heap) > 5);
  assert_true (fail_each (suppress, heap) > 20);
  prof_heap_free (heap);
}

static void
test_join (void **state)
{
  (void)state;
  ProfProfile *both[] = { new_cpu_profile (), new_profile () };
  ProfSession session = PROF_SESSION_INIT;
  add_stack (both[0], "main;f1", 1);
  assert_int_equal (prof_profile_add_session (both[0], &session), 0);
  assert_true (fail_each (join, both) > 20);
  prof_profile_unref (both[0]);
  prof_profile_unref (both[1]);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_heap),
    cmocka_unit_test (test_join),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
