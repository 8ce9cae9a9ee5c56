/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>

#include <prof/heap.h>

#include "profile-fixture.h"

/* Heap profiles of a few blocks. Times of tests are milliseconds after START. */

#define START INT64_C (1700000000000000000)
#define MS INT64_C (1000000)
#define NEVER (-1)

static inline ProfProfile *
new_typed_profile (const char *const *types_and_units)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  for (int i = 0; types_and_units[2 * i] != NULL; i++)
    assert_int_equal (prof_profile_add_value_type (profile, types_and_units[2 * i],
                                                   types_and_units[2 * i + 1]),
                      i);
  return profile;
}

/* 10 s long. */
static inline ProfProfile *
new_heap_profile (void)
{
  ProfProfile *profile = new_typed_profile (
      (const char *[]){ "alloc_objects", "count", "alloc_space", "bytes", "inuse_objects", "count",
                        "inuse_space", "bytes", NULL });
  prof_profile_set_time (profile, START, 10000 * MS);
  return profile;
}

/* A sample with the values given; `stack` is as in add_stack. */
static inline uint32_t
add_heap_sample (ProfProfile *profile, const char *stack, const int64_t *values)
{
  uint32_t leaf_first[64];
  size_t n = 0;
  char text[256];
  snprintf (text, sizeof text, "%s", stack);
  for (char *name; text[0] != '\0' && (name = strrchr (text, ';')) != NULL; *name = '\0')
    leaf_first[n++] = add_frame (profile, name + 1);
  if (text[0] != '\0')
    leaf_first[n++] = add_frame (profile, text);
  int row = prof_profile_add_sample (profile, leaf_first, n, values);
  assert_true (row >= 0);
  return (uint32_t)row;
}

static inline void
label (ProfProfile *profile, uint32_t sample, const char *key, int64_t value, const char *unit)
{
  assert_int_equal (prof_profile_add_number_label (profile, sample, key, value, unit), 0);
}

/* As the recorder writes it. */
static inline uint32_t
add_blocks (ProfProfile *profile,
            const char *stack,
            int64_t objects,
            int64_t bytes,
            int64_t allocated_ms,
            int64_t freed_ms)
{
  bool is_used = freed_ms == NEVER;
  int64_t values[] = { objects, bytes, is_used ? objects : 0, is_used ? bytes : 0 };
  uint32_t sample = add_heap_sample (profile, stack, values);
  label (profile, sample, "bytes", objects == 0 ? 0 : bytes / objects, "bytes");
  label (profile, sample, "end_timestamp_ns", START + allocated_ms * MS, "nanoseconds");
  if (!is_used)
    label (profile, sample, "freed_timestamp_ns", START + freed_ms * MS, "nanoseconds");
  return sample;
}

/* Drops the profile. */
static inline ProfHeap *
new_heap (ProfProfile *profile)
{
  ProfHeap *heap = NULL;
  assert_int_equal (prof_heap_new (profile, &heap, NULL), 0);
  prof_profile_unref (profile);
  return heap;
}

static inline ProfHeapSummary
summarize (const ProfHeap *heap)
{
  ProfHeapSummary summary = PROF_HEAP_SUMMARY_INIT;
  prof_heap_get_summary (heap, &summary);
  return summary;
}

/* Points as "time live/objects +allocated/objects -freed/objects", times in ms. */
static inline void
write_point (FILE *stream, const ProfHeapPoint *point)
{
  fprintf (stream, "%lld %lld/%lld +%lld/%lld -%lld/%lld\n",
           (long long)((point->time_ns - START) / MS), (long long)point->live_bytes,
           (long long)point->live_objects, (long long)point->allocated_bytes,
           (long long)point->allocated_objects, (long long)point->freed_bytes,
           (long long)point->freed_objects);
}

static inline void
assert_timeline (
    const ProfHeap *heap, int64_t start_ms, int64_t end_ms, size_t n, const char *expected)
{
  ProfHeapPoint *points;
  assert_int_equal (prof_heap_get_timeline (heap, START + start_ms * MS, START + end_ms * MS, n,
                                            &points),
                    0);
  char *text = NULL;
  size_t size;
  FILE *stream = open_memstream (&text, &size);
  for (size_t i = 0; i < n; i++)
    write_point (stream, &points[i]);
  fclose (stream);
  assert_string_equal (text, expected);
  free (text);
  free (points);
}

static inline void
assert_peak (const ProfHeap *heap, const char *expected)
{
  ProfHeapPoint peak;
  char *text = NULL;
  size_t size;
  prof_heap_get_peak (heap, &peak);
  FILE *stream = open_memstream (&text, &size);
  write_point (stream, &peak);
  fclose (stream);
  assert_string_equal (text, expected);
  free (text);
}
