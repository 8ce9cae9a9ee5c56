/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "heap-fixture.h"

/* A line for each site: "name value value ...". */
static void
assert_sites (const ProfHeap *heap,
              int64_t start_ms,
              int64_t end_ms,
              size_t n_points,
              size_t max_sites,
              const char *expected)
{
  ProfHeapSites *sites;
  char *text = NULL;
  size_t size;
  assert_int_equal (prof_heap_get_sites (heap, START + start_ms * MS, START + end_ms * MS, n_points,
                                         max_sites, &sites),
                    0);
  FILE *stream = open_memstream (&text, &size);
  for (size_t i = 0; i < sites->n_sites; i++) {
    bool is_others = sites->has_others && i + 1 == sites->n_sites;
    fprintf (stream, "%s", is_others ? "others" : sites->sites[i].name);
    for (size_t j = 0; j < sites->n_points; j++)
      fprintf (stream, " %lld", (long long)sites->values[j * sites->n_sites + i]);
    fprintf (stream, "\n");
  }
  fclose (stream);
  assert_string_equal (text, expected);
  free (text);
  free (sites);
}

static ProfHeap *
new_known_heap (void)
{
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, "main;cache;malloc", 2, 1000, 1000, NEVER);
  add_blocks (profile, "main;work", 4, 3000, 2000, 6000);
  add_blocks (profile, "main;cache", 1, 200, 3000, 4000);
  add_blocks (profile, "main;small", 1, 10, 4000, NEVER);
  add_blocks (profile, "main;brief", 1, 9999, 4500, 4600);
  add_blocks (profile, "", 1, 20, 4000, NEVER);
  return new_heap (profile);
}

static void
test_values_over_time (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_sites (heap, 0, 6000, 4, 10,
                "work 0 3000 3000 0\n"
                "cache 0 1000 1000 1000\n"
                " 0 0 20 20\n"
                "small 0 0 10 10\n");
  assert_sites (heap, 3000, 3000, 2, 10, "work 3000 3000\ncache 1200 1200\n");
  prof_heap_free (heap);
}

static void
test_peaks_are_not_missed (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  ProfHeapSites *sites;
  ProfHeapPoint peak;
  assert_int_equal (prof_heap_get_site_peaks (heap, START, START + 6000 * MS, 4, 10, &sites), 0);
  prof_heap_get_peak (heap, &peak);
  const int64_t times_ms[] = { 0, 2000, 3000, 4500 };
  for (size_t i = 0; i < 4; i++)
    assert_int_equal (sites->times_ns[i], START + times_ms[i] * MS);
  assert_int_equal (sites->times_ns[3], peak.time_ns);
  assert_string_equal (sites->sites[0].name, "brief");
  assert_int_equal (sites->values[3 * sites->n_sites], 9999);
  int64_t sum = 0;
  for (size_t i = 0; i < sites->n_sites; i++)
    sum += sites->values[3 * sites->n_sites + i];
  assert_int_equal (sum, peak.live_bytes);
  free (sites);
  prof_heap_free (heap);
}

static void
test_the_rest_is_summed_up (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  assert_sites (heap, 0, 6000, 4, 1, "work 0 3000 3000 0\nothers 0 1000 1030 1030\n");
  assert_sites (heap, 0, 6000, 4, 0, "others 0 4000 4030 1030\n");
  assert_sites (heap, 0, 6000, 4, 4,
                "work 0 3000 3000 0\ncache 0 1000 1000 1000\n 0 0 20 20\nsmall 0 0 10 10\n");
  prof_heap_free (heap);
}

static void
test_nothing_live (void **state)
{
  (void)state;
  ProfHeap *heap = new_heap (new_heap_profile ());
  assert_sites (heap, 0, 1, 2, 10, "");
  prof_heap_free (heap);
}

static void
test_times_and_places (void **state)
{
  (void)state;
  ProfHeap *heap = new_known_heap ();
  ProfHeapSites *sites;
  assert_int_equal (prof_heap_get_sites (heap, START, START + 4 * MS, 3, 1, &sites), 0);
  assert_int_equal (sites->times_ns[1], START + 2 * MS);
  free (sites);
  assert_int_equal (prof_heap_get_sites (heap, START, START + 2000 * MS, 2, 1, &sites), 0);
  assert_string_equal (sites->sites[0].filename, "work.c");
  assert_string_equal (sites->sites[0].module, "");
  free (sites);
  assert_int_equal (prof_heap_get_sites (heap, 1, 0, 3, 1, &sites), -EINVAL);
  assert_int_equal (prof_heap_get_sites (heap, 0, 1, 1, 1, &sites), -EINVAL);
  prof_heap_free (heap);
}

static void
assert_site (const char *stack, const char *expected)
{
  ProfProfile *profile = new_heap_profile ();
  add_blocks (profile, stack, 1, 1, 0, NEVER);
  ProfHeap *heap = new_heap (profile);
  ProfHeapSites *sites;
  assert_int_equal (prof_heap_get_sites (heap, START, START, 2, 1, &sites), 0);
  assert_int_equal (sites->n_sites, 1);
  assert_string_equal (sites->sites[0].name, expected);
  free (sites);
  prof_heap_free (heap);
}

static void
test_frames_of_the_allocator_are_no_sites (void **state)
{
  (void)state;
  assert_site ("main;make;operator new(unsigned long);malloc", "make");
  assert_site ("main;strdup;malloc@plt", "strdup");
  assert_site ("main;std::allocator_traits{}::allocate", "std::allocator_traits{}::allocate");
  assert_site ("main;malloc_trim", "malloc_trim");
  assert_site ("main;callocate", "callocate");
  assert_site ("main;je;posix_memalign", "je");
  assert_site ("operator new[](unsigned long);calloc", "operator new[](unsigned long)");
}

static uint32_t
add_line (ProfProfile *profile, const char *name, const char *module)
{
  ProfFunction function = { .name = add_string (profile, name) };
  ProfLine line = { .function = (uint32_t)prof_profile_add_function (profile, &function) };
  ProfLocation location = { .mapping = add_module (profile, module, 0x1000, 0x1000) };
  return (uint32_t)prof_profile_add_location (profile, &location, &line, 1);
}

static void
test_libraries_and_templates (void **state)
{
  (void)state;
  ProfProfile *profile = new_heap_profile ();
  uint32_t stack[] = {
    add_line (profile, "anything", "/usr/lib/libtcmalloc.so.4"),
    add_line (profile, "hook", "/usr/lib/libprof-heap.so"),
    add_line (profile, "std::__new_allocator<int>::allocate(unsigned long, void const*)", "a.out"),
    add_line (profile, "std::vector<int, std::allocator<int> >::push_back(int&&)", "a.out"),
  };
  assert_int_equal (prof_profile_add_sample (profile, stack, 4, (int64_t[]){ 1, 1, 1, 1 }), 0);
  ProfHeap *heap = new_heap (profile);
  ProfHeapSites *sites;
  int64_t end = summarize (heap).end_ns;
  assert_int_equal (prof_heap_get_sites (heap, end, end, 2, 1, &sites), 0);
  assert_string_equal (sites->sites[0].name,
                       "std::vector<int, std::allocator<int> >::push_back(int&&)");
  assert_string_equal (sites->sites[0].module, "a.out");
  free (sites);
  prof_heap_free (heap);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_values_over_time),
    cmocka_unit_test (test_peaks_are_not_missed),
    cmocka_unit_test (test_the_rest_is_summed_up),
    cmocka_unit_test (test_nothing_live),
    cmocka_unit_test (test_times_and_places),
    cmocka_unit_test (test_frames_of_the_allocator_are_no_sites),
    cmocka_unit_test (test_libraries_and_templates),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
