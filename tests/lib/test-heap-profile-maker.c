/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-profile-maker.h"

#include <math.h>

#include "heap-recorder.h"
#include "profile-fixture.h"

static const ProfHeapStoreConfig exact = { .rate_bytes = 1, .tracks_frees = true, .max_rows = 100 };

/* Monotonic 1000 is Unix 5000. */
static const ProfHeapProfileConfig labelled = { .has_thread_names = true,
                                                .has_thread_ids = true,
                                                .start_monotonic_ns = 1000,
                                                .start_unix_ns = 5000,
                                                .duration_ns = 700,
                                                .session = PROF_SESSION_INIT };

static void
init (HeapRecorder *recorder, const ProfHeapStoreConfig *config)
{
  assert_int_equal (heap_recorder_init (recorder, config), 0);
}

static void
allocate (HeapRecorder *recorder, uint32_t stack, uint64_t address, uint64_t size, uint64_t time_ns)
{
  assert_int_equal (heap_recorder_allocate (recorder, stack, address, size, time_ns), 0);
}

static ProfProfile *
make_profile (const HeapRecorder *recorder, const ProfHeapProfileConfig *config)
{
  ProfProfile *profile;
  assert_int_equal (heap_recorder_make_profile (recorder, config, &profile), 0);
  return profile;
}

static void
test_samples_and_labels (void **state)
{
  (void)state;
  HeapRecorder recorder;
  init (&recorder, &exact);
  allocate (&recorder, recorder.leaf, 0x10, 100, 1001);
  allocate (&recorder, recorder.main, 0x20, 30, 1002);
  assert_int_equal (prof_heap_store_free (&recorder.store, 0, 0x10, 1600), 0);
  ProfProfile *profile = make_profile (&recorder, &labelled);
  assert_samples (profile,
                  "[[anon] 0x2020] 1 30 1 30 bytes=30bytes end_timestamp_ns=5002nanoseconds"
                  " thread=worker pid=5000001 tid=5000002\n"
                  "[[anon] 0x2020];[[anon] 0x1010] 1 100 0 0 bytes=100bytes"
                  " end_timestamp_ns=5001nanoseconds freed_timestamp_ns=5600nanoseconds"
                  " thread=worker pid=5000001 tid=5000002\n");
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

#define TRACE "01000000000000000000000000000000"

/* A sample in a span, and one that has the link of the recording. */
static void
test_spans (void **state)
{
  (void)state;
  static const ProfTraceLink link = { .trace_id = { 1 }, .span_id = { 0, 2 } };
  HeapRecorder recorder;
  init (&recorder, &exact);
  assert_int_equal (prof_vec_push (&recorder.spans.spans, link), 0);
  ProfHeapSample sample = { .stack = recorder.main,
                            .thread = PROF_NO_THREAD,
                            .span = 1,
                            .address = 0x10,
                            .size = 5,
                            .time_ns = 1001 };
  assert_int_equal (prof_heap_store_allocate (&recorder.store, &sample), 0);
  sample.span = 0;
  sample.address = 0x20;
  assert_int_equal (prof_heap_store_allocate (&recorder.store, &sample), 0);
  ProfHeapProfileConfig config = labelled;
  config.default_link = (ProfTraceLink){ .trace_id = { 1 }, .span_id = { 3 } };
  recorder.spans.n_lost = 7;
  ProfProfile *profile = make_profile (&recorder, &config);
  assert_samples (profile, "[[anon] 0x2020] 1 5 1 5 bytes=5bytes end_timestamp_ns=5001nanoseconds"
                           " trace_id=" TRACE " span_id=0300000000000000\n"
                           "[[anon] 0x2020] 1 5 1 5 bytes=5bytes end_timestamp_ns=5001nanoseconds"
                           " trace_id=" TRACE " span_id=0002000000000000\n");
  ProfSession *session = NULL;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_notes, 1);
  assert_memory_equal (session->notes[0], "7 samples are without their span", 32);
  prof_session_free (session);
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

static void
assert_type (const ProfProfile *profile, ProfValueType type, const char *name, const char *unit)
{
  assert_string_equal (prof_profile_get_string (profile, type.type), name);
  assert_string_equal (prof_profile_get_string (profile, type.unit), unit);
}

static void
test_sample_types_and_period (void **state)
{
  (void)state;
  HeapRecorder recorder;
  ProfHeapStoreConfig config = exact;
  config.rate_bytes = 524288;
  init (&recorder, &config);
  ProfProfile *profile = make_profile (&recorder, &labelled);
  assert_int_equal (profile->value_types.n, 4);
  assert_type (profile, profile->value_types.items[0], "alloc_objects", "count");
  assert_type (profile, profile->value_types.items[1], "alloc_space", "bytes");
  assert_type (profile, profile->value_types.items[2], "inuse_objects", "count");
  assert_type (profile, profile->value_types.items[3], "inuse_space", "bytes");
  assert_int_equal (prof_profile_get_default_value_type (profile), 3);
  assert_type (profile, prof_profile_get_period_type (profile), "space", "bytes");
  assert_int_equal (prof_profile_get_period (profile), 524288);
  assert_int_equal (profile->samples.n, 0);
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

/* Nothing is said of what is in use. */
static void
test_without_frees (void **state)
{
  (void)state;
  HeapRecorder recorder;
  ProfHeapStoreConfig config = exact;
  ProfHeapProfileConfig plain = labelled;
  config.tracks_frees = false;
  plain.has_thread_ids = plain.has_thread_names = false;
  init (&recorder, &config);
  allocate (&recorder, recorder.main, 0x20, 30, 1002);
  ProfProfile *profile = make_profile (&recorder, &plain);
  assert_int_equal (prof_profile_get_default_value_type (profile), 1);
  assert_samples (profile, "[[anon] 0x2020] 1 30 bytes=30bytes end_timestamp_ns=5002nanoseconds\n");
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

static void
test_session (void **state)
{
  (void)state;
  HeapRecorder recorder;
  ProfHeapProfileConfig config = labelled;
  const char *const command[] = { "program" };
  config.session.command = command;
  config.session.n_command = 1;
  init (&recorder, &exact);
  ProfProfile *profile = make_profile (&recorder, &config);
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_string_equal (session->command[0], "program");
  assert_int_equal (session->start_ns, 5000);
  assert_int_equal (session->start_monotonic_ns, 1000);
  assert_int_equal (session->duration_ns, 700);
  assert_int_equal (session->timestamp_resolution_ns, 1 << 10);
  assert_int_equal (session->n_stack_ends, 1);
  assert_string_equal (session->stack_ends[0].module, "[anon]");
  assert_string_equal (session->stack_ends[0].reason, "root");
  assert_int_equal (session->stack_ends[0].n_stacks, 9);
  assert_int_equal (prof_profile_get_time_ns (profile), 5000);
  assert_int_equal (prof_profile_get_duration_ns (profile), 700);
  prof_session_free (session);
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

/* A thousand blocks of the rate's own size, each in a row of its own, stand for 1.58 of them: in
 * whole numbers too, for each stack, in use and in all. */
static void
test_rounding_is_unbiased (void **state)
{
  (void)state;
  enum { SIZE = 4096, N = 1000 };
  HeapRecorder recorder;
  ProfHeapStoreConfig config = { .rate_bytes = SIZE, .tracks_frees = true, .max_rows = 100000 };
  init (&recorder, &config);
  const double count = 1.5819767068693265;
  for (uint64_t i = 0; i < N; i++) {
    uint64_t address = 16 * (i + 1), time_ns = i << 20;
    allocate (&recorder, i % 4 == 0 ? recorder.leaf : recorder.main, address, SIZE, time_ns);
    if (i % 2 == 0)
      assert_int_equal (prof_heap_store_free (&recorder.store, 0, address, time_ns), 0);
  }
  ProfProfile *profile = make_profile (&recorder, &labelled);
  assert_int_equal (profile->samples.n, N);
  int64_t of_leaf = 0, sums[4] = { 0 };
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < 4; j++) {
      int64_t value = profile->values.items[4 * i + j];
      sums[j] += value;
      if (j == 0 && profile->samples.items[i].n_locations == 2)
        of_leaf += value;
    }
  assert_true (fabs ((double)of_leaf - 250 * count) <= 1);
  assert_true (fabs ((double)sums[0] - N * count) <= 1);
  assert_true (fabs ((double)sums[1] - N * count * SIZE) <= 1);
  assert_true (fabs ((double)sums[2] - 500 * count) <= 1);
  assert_true (fabs ((double)sums[3] - 500 * count * SIZE) <= 1);
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

/* Where rows keep no threads apart, samples have no labels of one. */
static void
test_merged_threads_have_no_labels (void **state)
{
  (void)state;
  HeapRecorder recorder;
  ProfHeapStoreConfig config = exact;
  config.max_rows = 8;
  init (&recorder, &config);
  for (uint64_t i = 1; i <= 6; i++)
    allocate (&recorder, recorder.main, i * 16, UINT64_C (1) << i, 1000);
  ProfProfile *profile = make_profile (&recorder, &labelled);
  assert_int_equal (profile->samples.n, 6);
  for (uint32_t i = 0; i < 6; i++)
    assert_int_equal (profile->samples.items[i].n_labels, 2);
  prof_profile_unref (profile);
  heap_recorder_finish (&recorder);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_samples_and_labels),
    cmocka_unit_test (test_spans),
    cmocka_unit_test (test_sample_types_and_period),
    cmocka_unit_test (test_without_frees),
    cmocka_unit_test (test_session),
    cmocka_unit_test (test_rounding_is_unbiased),
    cmocka_unit_test (test_merged_threads_have_no_labels),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
