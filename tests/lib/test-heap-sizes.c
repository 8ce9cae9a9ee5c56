/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "heap-fixture.h"

/* A line for each class: "min-max allocated/objects live/objects temporary/objects". */
static void
assert_sizes (const ProfHeap *heap, int64_t max_lifetime_ns, const char *expected)
{
  ProfHeapSizeClass *classes;
  char *text = NULL;
  size_t n, size;
  assert_int_equal (prof_heap_get_sizes (heap, max_lifetime_ns, &classes, &n), 0);
  FILE *stream = open_memstream (&text, &size);
  for (size_t i = 0; i < n; i++) {
    const ProfHeapSizeClass *class = &classes[i];
    fprintf (stream, "%lld-%lld %lld/%lld %lld/%lld %lld/%lld\n", (long long)class->min_bytes,
             (long long)class->max_bytes, (long long)class->allocated_bytes,
             (long long)class->allocated_objects, (long long)class->live_bytes,
             (long long)class->live_objects, (long long)class->temporary_bytes,
             (long long)class->temporary_objects);
  }
  fclose (stream);
  assert_string_equal (text, expected);
  free (text);
  free (classes);
}

static void
test_classes_from_the_smallest_to_the_greatest (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "a", 10, 40, 1000, 1005);
  add_blocks (profile, "b", 1, 7, 1000, NEVER);
  add_blocks (profile, "c", 2, 32, 1000, 1010);
  ProfHeap *heap = new_heap (profile);
  assert_sizes (heap, 10 * MS,
                "4-7 47/11 7/1 40/10\n"
                "8-15 0/0 0/0 0/0\n"
                "16-31 32/2 0/0 0/0\n");
  assert_sizes (heap, 10 * MS + 1,
                "4-7 47/11 7/1 40/10\n"
                "8-15 0/0 0/0 0/0\n"
                "16-31 32/2 0/0 32/2\n");
  assert_sizes (heap, 0, "4-7 47/11 7/1 0/0\n8-15 0/0 0/0 0/0\n16-31 32/2 0/0 0/0\n");
  prof_heap_free (heap);
}

static void
assert_one_size (int64_t size, const char *unit, const char *expected)
{
  ProfProfile *profile = new_heap_profile ();
  uint32_t sample = add_heap_sample (profile, "main", (int64_t[]){ 2, 12, 0, 0 });
  label (profile, sample, "bytes", size, unit);
  ProfHeap *heap = new_heap (profile);
  assert_sizes (heap, MS, expected);
  prof_heap_free (heap);
}

static void
test_ends (void **state)
{
  (void)state;
  assert_one_size (0, "bytes", "0-0 12/2 0/0 0/0\n");
  assert_one_size (1, "bytes", "1-1 12/2 0/0 0/0\n");
  assert_one_size (1024, "", "1024-2047 12/2 0/0 0/0\n");
  assert_one_size (INT64_MAX, "bytes", "4611686018427387904-9223372036854775807 12/2 0/0 0/0\n");
}

static void
test_without_a_size_the_mean_counts (void **state)
{
  (void)state;
  assert_one_size (-1, "bytes", "4-7 12/2 0/0 0/0\n");
  assert_one_size (1024, "pages", "4-7 12/2 0/0 0/0\n");
  ProfProfile *profile = new_heap_profile ();
  add_heap_sample (profile, "main", (int64_t[]){ 0, 16, 0, 16 });
  add_heap_sample (profile, "main", (int64_t[]){ -1, -16, 0, 0 });
  ProfHeap *heap = new_heap (profile);
  assert_sizes (heap, MS,
                "0-0 -16/-1 0/0 0/0\n1-1 0/0 0/0 0/0\n2-3 0/0 0/0 0/0\n4-7 0/0 0/0 0/0\n"
                "8-15 0/0 0/0 0/0\n16-31 16/0 16/0 0/0\n");
  prof_heap_free (heap);
}

static void
test_nothing (void **state)
{
  (void)state;
  ProfHeap *heap = new_heap (new_heap_profile ());
  ProfHeapSizeClass *classes;
  size_t n;
  assert_sizes (heap, MS, "");
  assert_int_equal (prof_heap_get_sizes (NULL, MS, &classes, &n), -EINVAL);
  prof_heap_free (heap);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_classes_from_the_smallest_to_the_greatest),
    cmocka_unit_test (test_ends),
    cmocka_unit_test (test_without_a_size_the_mean_counts),
    cmocka_unit_test (test_nothing),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
