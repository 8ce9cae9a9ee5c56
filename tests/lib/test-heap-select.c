/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/session.h>

#include "heap-fixture.h"

/* "stack objects bytes" of each sample, without its labels. */
#define assert_selected(heap, expected, ...)                                                       \
  do {                                                                                             \
    ProfHeapSelection selection_ = PROF_HEAP_SELECTION_INIT;                                       \
    ProfHeapSelection fields_ = { __VA_ARGS__ };                                                   \
    fields_.size = selection_.size;                                                                \
    ProfProfile *selected_ = NULL;                                                                 \
    assert_int_equal (prof_heap_select (heap, &fields_, &selected_, NULL), 0);                     \
    for (size_t i_ = 0; i_ < selected_->samples.n; i_++)                                           \
      selected_->samples.items[i_].n_labels = 0;                                                   \
    assert_samples (selected_, expected);                                                          \
    prof_profile_unref (selected_);                                                                \
  } while (0)

#define AT(ms) (START + (ms)*MS)

static ProfHeap *
new_known_heap (void)
{
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main;late", 1, 500, 8000, NEVER);
  add_blocks (profile, "main;cache;malloc", 2, 1000, 1000, NEVER);
  add_blocks (profile, "main;work;operator new(unsigned long);malloc", 4, 3000, 2000, 6000);
  add_blocks (profile, "main;inner<work", 1, 100, 3000, 3001);
  return new_heap (profile);
}

static void
test_live_at (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_selected (heap, "", .kind = PROF_HEAP_LIVE_AT, .end_ns = AT (999));
  assert_selected (heap, "main;cache 2 1000\n", .kind = PROF_HEAP_LIVE_AT, .end_ns = AT (1000));
  assert_selected (heap, "main;cache 2 1000\nmain;work 4 3000\n", .kind = PROF_HEAP_LIVE_AT,
                   .end_ns = AT (5999));
  assert_selected (heap, "main;cache 2 1000\n", .kind = PROF_HEAP_LIVE_AT, .end_ns = AT (6000));
  assert_selected (heap, "main;late 1 500\nmain;cache 2 1000\n", .kind = PROF_HEAP_LIVE_AT);
  prof_heap_free (heap);
}

static void
test_live_at_peak_and_leaked (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_selected (heap, "main;cache 2 1000\nmain;work 4 3000\nmain;inner<work 1 100\n",
                   .kind = PROF_HEAP_LIVE_AT_PEAK);
  assert_selected (heap, "main;late 1 500\nmain;cache 2 1000\n", .kind = PROF_HEAP_LEAKED);
  prof_heap_free (heap);
}

static void
test_ranges (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_selected (heap, "main;cache 2 1000\nmain;work 4 3000\n", .kind = PROF_HEAP_ALLOCATED_IN,
                   .start_ns = AT (1000), .end_ns = AT (3000));
  assert_selected (heap, "main;late 1 500\nmain;inner<work 1 100\n", .kind = PROF_HEAP_ALLOCATED_IN,
                   .start_ns = AT (2001));
  assert_selected (heap, "main;cache 2 1000\nmain;work 4 3000\n", .kind = PROF_HEAP_STAYED_FROM,
                   .start_ns = AT (0), .end_ns = AT (4000));
  assert_selected (heap, "main;late 1 500\n", .kind = PROF_HEAP_STAYED_FROM, .start_ns = AT (2000));
  assert_selected (heap, "main;work 4 3000\n", .kind = PROF_HEAP_STAYED_FROM, .start_ns = AT (2000),
                   .end_ns = AT (5000));
  prof_heap_free (heap);
}

static void
test_temporary (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_selected (heap, "", .kind = PROF_HEAP_TEMPORARY, .max_lifetime_ns = MS);
  assert_selected (heap, "main;inner<work 1 100\n", .kind = PROF_HEAP_TEMPORARY,
                   .max_lifetime_ns = MS + 1);
  assert_selected (heap, "main;work 4 3000\n", .kind = PROF_HEAP_TEMPORARY,
                   .max_lifetime_ns = INT64_MAX, .end_ns = AT (3000));
  prof_heap_free (heap);
}

static void
test_lifetimes_that_are_not_known_are_not_short (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  uint32_t sample = add_heap_sample (profile, "freed", (int64_t[]){ 1, 5, 0, 0 });
  label (profile, sample, "freed_timestamp_ns", AT (1), "nanoseconds");
  sample = add_heap_sample (profile, "allocated", (int64_t[]){ 1, 6, 0, 0 });
  label (profile, sample, "end_timestamp_ns", AT (1), "nanoseconds");
  ProfHeap *heap = new_heap (profile);
  assert_selected (heap, "", .kind = PROF_HEAP_TEMPORARY, .max_lifetime_ns = INT64_MAX);
  prof_heap_free (heap);
}

static void
test_of_a_profile_without_times (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_heap_sample (profile, "main;go", (int64_t[]){ 10, 1000, 3, 300 });
  add_heap_sample (profile, "main;gone", (int64_t[]){ 1, 50, 0, 0 });
  ProfHeap *heap = new_heap (profile);
  assert_selected (heap, "main;go 3 300\n", .kind = PROF_HEAP_LIVE_AT_PEAK);
  assert_selected (heap, "main;go 3 300\n", .kind = PROF_HEAP_LEAKED);
  assert_selected (heap, "main;go 10 1000\nmain;gone 1 50\n", .kind = PROF_HEAP_ALLOCATED_IN);
  assert_selected (heap, "", .kind = PROF_HEAP_TEMPORARY, .max_lifetime_ns = INT64_MAX);
  prof_heap_free (heap);
}

/* The same location whole in one stack and cut in another. */
static void
test_inlined_allocators_are_cut (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main;malloc<inner<work;leaf", 1, 1, 0, NEVER);
  add_blocks (profile, "main;malloc<inner<work", 1, 2, 0, NEVER);
  add_blocks (profile, "main;malloc<inner<work;malloc", 1, 3, 0, NEVER);
  add_blocks (profile, "main;malloc<inner<work;leaf", 1, 4, 0, NEVER);
  add_blocks (profile, "malloc<calloc", 1, 5, 0, NEVER);
  ProfHeap *heap = new_heap (profile);
  assert_selected (heap,
                   "main;malloc<inner<work;leaf 1 1\n"
                   "main;inner<work 1 2\n"
                   "main;inner<work 1 3\n"
                   "main;malloc<inner<work;leaf 1 4\n"
                   "calloc 1 5\n",
                   .kind = PROF_HEAP_LEAKED);
  prof_heap_free (heap);
}

static void
test_the_rest_of_the_profile_comes_along (void **state)
{
  (void)state;
  ProfSession session = PROF_SESSION_INIT;
  session.host = "box";
  ProfProfile *profile = new_heap_profile (), *selected = NULL;
  uint32_t sample = add_blocks (profile, "main", 1, 8, 1000, NEVER);
  prof_profile_add_label (profile, sample, "thread", "worker");
  prof_profile_set_period (profile, "space", "bytes", 524288);
  prof_profile_add_comment (profile, "comment");
  prof_profile_add_session (profile, &session);
  ProfHeap *heap = new_heap (profile);
  ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
  assert_int_equal (prof_heap_select (heap, &selection, &selected, NULL), 0);
  assert_samples (selected, "main 1 8 bytes=8bytes end_timestamp_ns=1700000001000000000nanoseconds"
                            " thread=worker\n");
  assert_int_equal (prof_profile_find_value_type (selected, "objects"), 0);
  assert_int_equal (prof_profile_find_value_type (selected, "space"), 1);
  assert_int_equal (prof_profile_get_default_value_type (selected), 1);
  assert_int_equal (prof_profile_get_period (selected), 524288);
  assert_int_equal (prof_profile_get_time_ns (selected), START);
  assert_int_equal (prof_profile_get_n_sessions (selected), 1);
  size_t n;
  prof_profile_get_comments (selected, &n);
  assert_int_equal (n, 1);
  prof_profile_unref (selected);
  prof_heap_free (heap);
}

static void
test_suppressions (void **state)
{
  (void)state;
  static const char text[] = "leak:^cache$\nleak:main.c\nleak:nowhere\n";
  ProfSuppressions *suppressions = NULL;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main;cache;malloc", 2, 1000, 1000, NEVER);
  add_blocks (profile, "main;cache;fill", 1, 10, 1000, NEVER);
  add_blocks (profile, "main;late", 1, 500, 8000, NEVER);
  add_blocks (profile, "start;late", 1, 50, 8000, NEVER);
  add_blocks (profile, "main;work", 1, 1, 8000, 9000);
  ProfHeap *heap = new_heap (profile);
  assert_int_equal (prof_suppressions_parse (text, strlen (text), &suppressions, NULL), 0);
  assert_selected (heap, "start;late 1 50\n", .kind = PROF_HEAP_LEAKED,
                   .suppressions = suppressions);
  size_t n;
  const ProfSuppressionUse *uses = prof_suppressions_get_uses (suppressions, &n);
  assert_int_equal (uses[0].n_samples, 2);
  assert_int_equal (uses[0].objects, 3);
  assert_int_equal (uses[0].bytes, 1010);
  assert_int_equal (uses[1].n_samples, 1);
  assert_int_equal (uses[1].bytes, 500);
  assert_int_equal (uses[2].n_samples, 0);
  prof_suppressions_free (suppressions);
  prof_heap_free (heap);
}

static void
test_refused (void **state)
{
  (void)state;
  ProfHeap *heap = new_heap (new_heap_profile ());
  ProfProfile *selected = NULL;
  ProfHeapSelection selection = PROF_HEAP_SELECTION_INIT;
  assert_int_equal (prof_heap_select (heap, NULL, &selected, NULL), -EINVAL);
  selection.size = 0;
  assert_int_equal (prof_heap_select (heap, &selection, &selected, NULL), -EINVAL);
  selection.size = sizeof selection + 1;
  assert_int_equal (prof_heap_select (heap, &selection, &selected, NULL), -EINVAL);
  assert_null (selected);
  prof_heap_free (heap);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_live_at),
    cmocka_unit_test (test_live_at_peak_and_leaked),
    cmocka_unit_test (test_ranges),
    cmocka_unit_test (test_temporary),
    cmocka_unit_test (test_lifetimes_that_are_not_known_are_not_short),
    cmocka_unit_test (test_of_a_profile_without_times),
    cmocka_unit_test (test_inlined_allocators_are_cut),
    cmocka_unit_test (test_the_rest_of_the_profile_comes_along),
    cmocka_unit_test (test_suppressions),
    cmocka_unit_test (test_refused),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
