/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/profile-maker.h"

#include "pipeline-fixture.h"
#include "tests.h"

/* Beyond any kernel's pid_max (2^22): /proc has no such process. */
enum { PID = 5000000 };

static ProfPerfSessionEvent events[] = {
  { .event
    = { .name = "cpu-clock", .value_type = "cpu", .value_unit = "nanoseconds", .is_clock = true },
    .requested = "cycles" },
  { .event
    = { .name = "task-clock", .value_type = "cpu", .value_unit = "nanoseconds", .is_clock = true },
    .requested = "task-clock",
    .excludes_kernel = true }
};

static const char *const notes[] = { "a note", NULL };

static ProfProfileMakerConfig
make_config (void)
{
  ProfProfileMakerConfig config = {
    .events = events,
    .n_events = 2,
    .has_thread_names = true,
    .has_thread_ids = true,
    .has_timestamps = true,
    .start_monotonic_ns = 1000,
    .start_unix_ns = 5000000,
    .duration_ns = 700,
    .frequency_hz = 999,
    .session = PROF_SESSION_INIT,
  };
  config.session.notes = notes;
  config.session.n_notes = 1;
  return config;
}

static PipelineFixture *
record (size_t max_samples, const uint64_t (*stacks)[2], size_t n)
{
  PipelineFixture *fixture = NULL;
  ProfPipelineConfig config
      = { .unwind_mode = PROF_UNWIND_FRAME_POINTERS, .max_frames = 8, .max_samples = max_samples };
  assert_int_equal (pipeline_fixture_new (config, &fixture), 0);
  take_comm (fixture, PID, "work", true);
  take_map (fixture, PID, 0x400000, 0x2000, "/none/program");
  for (size_t i = 0; i < n; i++)
    take_sample (fixture, PID, 1100 + i, stacks[i][0], stacks[i][1]);
  assert_int_equal (fixture->pipeline.error, 0);
  return fixture;
}

static ProfProfile *
make_profile (PipelineFixture *fixture, const ProfProfileMakerConfig *config)
{
  ProfSnapshot snapshot;
  ProfProfile *profile = NULL;
  ProfProfileMakerStats stats;
  assert_int_equal (prof_snapshot_take (&fixture->pipeline, &snapshot), 0);
  pipeline_fixture_free (fixture); /* the snapshot stands alone */
  assert_int_equal (prof_profile_make (&snapshot, config, &profile, &stats), 0);
  prof_snapshot_finish (&snapshot);
  return profile;
}

static int64_t
get_value (const ProfProfile *profile, size_t sample, size_t type)
{
  size_t n_types, n;
  prof_profile_get_value_types (profile, &n_types);
  return prof_profile_get_values (profile, &n)[sample * n_types + type];
}

/* NULL: the sample has no such label. */
static const ProfLabel *
find_label (const ProfProfile *profile, size_t sample, const char *key)
{
  size_t n;
  const ProfSample *self = &prof_profile_get_samples (profile, &n)[sample];
  assert_true (sample < n);
  const ProfLabel *labels = prof_profile_get_labels (profile, &n);
  for (uint32_t i = self->first_label; i < self->first_label + self->n_labels; i++)
    if (strcmp (prof_profile_get_string (profile, labels[i].key), key) == 0)
      return &labels[i];
  return NULL;
}

static const ProfLocation *
get_location (const ProfProfile *profile, size_t sample, size_t depth)
{
  size_t n;
  const ProfSample *self = &prof_profile_get_samples (profile, &n)[sample];
  assert_true (depth < self->n_locations);
  uint32_t location = prof_profile_get_stacks (profile, &n)[self->first_location + depth];
  return &prof_profile_get_locations (profile, &n)[location];
}

static void
test_samples_have_stacks_values_and_labels (void **state)
{
  (void)state;
  static const uint64_t stacks[][2]
      = { { 0x400123, 0x400457 }, { 0x400123, 0x400457 }, { 0x400200, 0 } };
  ProfProfileMakerConfig config = make_config ();
  ProfProfile *profile = make_profile (record (100, stacks, 3), &config);
  size_t n;
  assert_int_equal ((prof_profile_get_samples (profile, &n), n), 2);
  assert_int_equal (get_value (profile, 0, 0), 2);
  assert_int_equal (get_value (profile, 0, 1), 2000);
  assert_int_equal (get_value (profile, 0, 2), 0);
  assert_int_equal (get_value (profile, 1, 1), 1000);
  assert_int_equal (prof_profile_get_samples (profile, &n)[0].n_locations, 2);
  assert_int_equal (get_location (profile, 0, 0)->address, 0x400123);
  assert_int_equal (get_location (profile, 0, 1)->address, 0x400456);
  assert_string_equal (prof_profile_get_string (profile, find_label (profile, 0, "thread")->string),
                       "work");
  assert_int_equal (find_label (profile, 0, "pid")->number, PID);
  assert_int_equal (find_label (profile, 0, "tid")->number, PID);
  assert_int_equal (find_label (profile, 0, "end_timestamp_ns")->number, 5000101);

  const ProfMapping *mapping = prof_profile_get_mappings (profile, &n) + 1;
  assert_int_equal (n, 2);
  assert_string_equal (prof_profile_get_string (profile, mapping->filename), "/none/program");
  assert_int_equal (mapping->start, 0x400000);
  assert_int_equal (prof_profile_get_time_ns (profile), 5000000);
  assert_int_equal (prof_profile_get_duration_ns (profile), 700);
  assert_int_equal (prof_profile_get_period (profile), 1000000000 / 999);
  prof_profile_unref (profile);
}

/* A sample whose span was found, and one that has the link of the recording. */
static void
test_samples_have_spans (void **state)
{
  (void)state;
  static const uint64_t stacks[][2] = { { 0x400123, 0 }, { 0x400200, 0 } };
  static const ProfTraceLink link = { .trace_id = { 1 }, .span_id = { [7] = 2 } };
  ProfProfileMakerConfig config = make_config ();
  config.default_link = (ProfTraceLink){ .trace_id = { 3 }, .span_id = { 4 } };
  PipelineFixture *fixture = record (100, stacks, 2);
  assert_int_equal (prof_vec_push (&fixture->pipeline.spans.spans, link), 0);
  fixture->pipeline.aggregate.rows.items[0].span = 1;
  fixture->pipeline.spans.n_lost = 30;
  fixture->pipeline.aggregate.n_without_span = 3;
  ProfProfile *profile = make_profile (fixture, &config);
  static const char *const expected[][2]
      = { { "01000000000000000000000000000000", "0000000000000002" },
          { "03000000000000000000000000000000", "0400000000000000" } };
  for (size_t i = 0; i < 2; i++) {
    const ProfLabel *trace = find_label (profile, i, "trace_id");
    const ProfLabel *span = find_label (profile, i, "span_id");
    assert_string_equal (prof_profile_get_string (profile, trace->string), expected[i][0]);
    assert_string_equal (prof_profile_get_string (profile, span->string), expected[i][1]);
  }
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_notes, 2);
  assert_memory_equal (session->notes[1], "33 samples are without their span", 33);
  prof_session_free (session);
  prof_profile_unref (profile);
}

static void
test_two_clocks_keep_their_names_apart (void **state)
{
  (void)state;
  ProfProfileMakerConfig config = make_config ();
  ProfProfile *profile = make_profile (record (100, NULL, 0), &config);
  assert_int_equal (prof_profile_find_value_type (profile, "samples"), 0);
  assert_int_equal (prof_profile_find_value_type (profile, "cpu"), 1);
  assert_int_equal (prof_profile_find_value_type (profile, "task-clock"), 2);
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_events, 2);
  assert_string_equal (session->events[0].name, "cpu-clock");
  assert_string_equal (session->events[0].requested, "cycles");
  assert_int_equal (session->events[0].frequency_hz, 999);
  assert_true (session->events[1].excludes_kernel);
  assert_int_equal (session->n_notes, 1);
  assert_string_equal (session->notes[0], "a note");
  prof_session_free (session);
  prof_profile_unref (profile);
}

static void
test_labels_are_only_those_asked_for (void **state)
{
  (void)state;
  static const uint64_t stacks[][2] = { { 0x400123, 0 } };
  ProfProfileMakerConfig config = make_config ();
  config.has_thread_names = config.has_thread_ids = config.has_timestamps = false;
  ProfProfile *profile = make_profile (record (100, stacks, 1), &config);
  size_t n;
  assert_int_equal (prof_profile_get_samples (profile, &n)[0].n_labels, 0);
  prof_profile_unref (profile);
}

static void
test_samples_without_place_count_and_are_told (void **state)
{
  (void)state;
  static const uint64_t stacks[][2]
      = { { 0x400100, 0 }, { 0x400200, 0 }, { 0x400300, 0 }, { 0x400400, 0 } };
  ProfProfileMakerConfig config = make_config ();
  ProfProfile *profile = make_profile (record (2, stacks, 4), &config);
  size_t n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n);
  assert_int_equal (n, 3);
  assert_int_equal (samples[2].n_locations, 0);
  assert_null (find_label (profile, 2, "thread"));
  assert_null (find_label (profile, 2, "pid"));
  assert_int_equal (get_value (profile, 2, 0), 2);
  assert_int_equal (get_value (profile, 2, 1), 2000);
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_notes, 2);
  assert_string_equal (session->notes[0], "a note");
  assert_memory_equal (session->notes[1], "2 samples have no stack", 23);
  prof_session_free (session);
  prof_profile_unref (profile);
}

static void
test_ends_of_stacks_are_in_the_session (void **state)
{
  (void)state;
  static const uint64_t stacks[][2] = { { 0x400123, 0x400457 }, { 0x400123, 0 } };
  ProfProfileMakerConfig config = make_config ();
  ProfProfile *profile = make_profile (record (100, stacks, 2), &config);
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_stack_ends, 1);
  assert_string_equal (session->stack_ends[0].module, "/none/program");
  assert_string_equal (session->stack_ends[0].reason, "no unwind data");
  assert_int_equal (session->stack_ends[0].n_stacks, 2);
  prof_session_free (session);
  prof_profile_unref (profile);
}

static void
test_sums_stop_at_the_ends_of_int64_t (void **state)
{
  (void)state;
  static const uint64_t stacks[][2] = { { 0x400123, 0 } };
  ProfProfileMakerConfig config = make_config ();
  PipelineFixture *fixture = record (100, stacks, 1);
  fixture->pipeline.aggregate.rows.items[0].value = 1e300;
  ProfProfile *profile = make_profile (fixture, &config);
  assert_int_equal (get_value (profile, 0, 1), INT64_MAX);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_samples_have_stacks_values_and_labels),
    cmocka_unit_test (test_samples_have_spans),
    cmocka_unit_test (test_two_clocks_keep_their_names_apart),
    cmocka_unit_test (test_labels_are_only_those_asked_for),
    cmocka_unit_test (test_samples_without_place_count_and_are_told),
    cmocka_unit_test (test_ends_of_stacks_are_in_the_session),
    cmocka_unit_test (test_sums_stop_at_the_ends_of_int64_t),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
