/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/session.h>

#include <errno.h>
#include <string.h>

#include "pprof-bytes.h"
#include "profile/profile-tables.h"

#define LENGTH(array) (sizeof (array) / sizeof *(array))

static const char *const command[] = { "/bin/sh", "-c", "" };
static const char *const notes[] = { "No hardware counters.", "No kernel stacks." };
static const int32_t pids[] = { 1, 4194304 };
static const ProfSessionEvent events[] = {
  { .name = "cpu-clock", .requested = "cycles", .frequency_hz = 999, .excludes_kernel = true },
  { .name = "page-faults", .requested = "page-faults", .period = 1 },
};
static const ProfSessionStackEnd stack_ends[]
    = { { "", "root", 990 }, { "libfoo.so", "no unwind data", 10 } };
static const uint64_t times_ns[] = { 1800000000000000000, 1800000001000000000, 5 };
static const int64_t values[] = { INT64_MAX, INT64_MIN, -3 };
static const ProfSessionSeries series[]
    = { { "rss", "bytes", times_ns, values, 3 }, { "cpu", "percent", NULL, NULL, 0 } };

static const ProfSessionAttribute resource[]
    = { { "service.name", "checkout" }, { "service.version", "" } };

static const ProfSession full_session = {
  .size = sizeof (ProfSession),
  .command = command,
  .n_command = LENGTH (command),
  .pids = pids,
  .n_pids = LENGTH (pids),
  .is_system_wide = true,
  .host = "host",
  .kernel = "6.18",
  .cpu_model = "cpu model",
  .tool = "libprof 0.1.0",
  .n_cpus = 2,
  .start_ns = 1800000000000000001,
  .start_monotonic_ns = 12345,
  .duration_ns = 10,
  .timestamp_resolution_ns = 1000000,
  .n_samples = 1000,
  .n_lost = 1,
  .n_throttled = 2,
  .n_refused = 3,
  .n_truncated = 4,
  .unwind = "dwarf",
  .sampling = "probabilistic:0.1",
  .stack_bytes = 8192,
  .attach = "cpu",
  .events = events,
  .n_events = LENGTH (events),
  .stack_ends = stack_ends,
  .n_stack_ends = LENGTH (stack_ends),
  .series = series,
  .n_series = LENGTH (series),
  .notes = notes,
  .n_notes = LENGTH (notes),
  .resource = resource,
  .n_resource = LENGTH (resource),
};

static ProfProfile *
new_profile (void)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  return profile;
}

static ProfSession *
get_session (const ProfProfile *profile, size_t index)
{
  ProfError error = PROF_ERROR_INIT;
  ProfSession *session = NULL;
  assert_int_equal (prof_profile_get_session (profile, index, &session, &error), 0);
  assert_non_null (session);
  return session;
}

static void
assert_is_full_session (const ProfSession *session)
{
  assert_int_equal (session->size, sizeof *session);
  assert_int_equal (session->n_command, 3);
  assert_string_equal (session->command[0], "/bin/sh");
  assert_string_equal (session->command[1], "-c");
  assert_string_equal (session->command[2], "");
  assert_int_equal (session->n_pids, 2);
  assert_int_equal (session->pids[1], 4194304);
  assert_true (session->is_system_wide);
  assert_string_equal (session->host, "host");
  assert_string_equal (session->kernel, "6.18");
  assert_string_equal (session->cpu_model, "cpu model");
  assert_string_equal (session->tool, "libprof 0.1.0");
  assert_int_equal (session->n_cpus, 2);
  assert_int_equal (session->start_ns, 1800000000000000001);
  assert_int_equal (session->start_monotonic_ns, 12345);
  assert_int_equal (session->duration_ns, 10);
  assert_int_equal (session->timestamp_resolution_ns, 1000000);
  assert_int_equal (session->n_samples, 1000);
  assert_int_equal (session->n_lost, 1);
  assert_int_equal (session->n_throttled, 2);
  assert_int_equal (session->n_refused, 3);
  assert_int_equal (session->n_truncated, 4);
  assert_string_equal (session->unwind, "dwarf");
  assert_string_equal (session->attach, "cpu");
  assert_string_equal (session->sampling, "probabilistic:0.1");
  assert_int_equal (session->stack_bytes, 8192);
  assert_int_equal (session->n_notes, 2);
  assert_string_equal (session->notes[1], "No kernel stacks.");
}

static void
assert_has_full_tables (const ProfSession *session)
{
  assert_int_equal (session->n_events, 2);
  assert_string_equal (session->events[0].name, "cpu-clock");
  assert_string_equal (session->events[0].requested, "cycles");
  assert_int_equal (session->events[0].frequency_hz, 999);
  assert_true (session->events[0].excludes_kernel);
  assert_int_equal (session->events[1].period, 1);
  assert_false (session->events[1].excludes_kernel);
  assert_int_equal (session->n_stack_ends, 2);
  assert_string_equal (session->stack_ends[0].module, "");
  assert_string_equal (session->stack_ends[1].module, "libfoo.so");
  assert_string_equal (session->stack_ends[1].reason, "no unwind data");
  assert_int_equal (session->stack_ends[1].n_stacks, 10);
  assert_int_equal (session->n_series, 2);
  assert_string_equal (session->series[0].name, "rss");
  assert_string_equal (session->series[0].unit, "bytes");
  assert_int_equal (session->series[0].n, 3);
  assert_memory_equal (session->series[0].times_ns, times_ns, sizeof times_ns);
  assert_memory_equal (session->series[0].values, values, sizeof values);
  assert_int_equal (session->n_resource, 2);
  assert_string_equal (session->resource[0].key, "service.name");
  assert_string_equal (session->resource[0].value, "checkout");
  assert_string_equal (session->resource[1].key, "service.version");
  assert_string_equal (session->resource[1].value, "");
  assert_string_equal (session->series[1].name, "cpu");
  assert_int_equal (session->series[1].n, 0);
}

static void
test_missing_strings_are_empty (void **state)
{
  (void)state;
  static const char *const texts[] = { "a", NULL };
  ProfSession session = PROF_SESSION_INIT;
  session.command = session.notes = texts;
  session.n_command = session.n_notes = 2;
  ProfProfile *profile = new_profile ();
  assert_int_equal (prof_profile_add_session (profile, &session), 0);
  ProfSession *read = get_session (profile, 0);
  assert_int_equal (read->n_command, 2);
  assert_string_equal (read->command[0], "a");
  assert_string_equal (read->command[1], "");
  assert_int_equal (read->n_notes, 2);
  assert_string_equal (read->notes[1], "");
  assert_string_equal (read->host, "");
  prof_session_free (read);
  prof_profile_unref (profile);
}

static void
test_all_fields_come_back_through_a_file (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_int_equal (prof_profile_add_session (profile, &full_session), 0);
  size_t n_bytes;
  uint8_t *bytes = write_bytes (profile, &n_bytes);
  ProfProfile *read = read_bytes (bytes, n_bytes);
  assert_int_equal (prof_profile_get_n_sessions (read), 1);
  ProfSession *session = get_session (read, 0);
  assert_is_full_session (session);
  assert_has_full_tables (session);
  assert_null (prof_session_free (session));
  free (bytes);
  prof_profile_unref (profile);
  prof_profile_unref (read);
}

static void
test_an_empty_session_has_empty_strings (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  assert_int_equal (prof_profile_add_session (profile, &(ProfSession)PROF_SESSION_INIT), 0);
  ProfSession *session = get_session (profile, 0);
  assert_string_equal (session->host, "");
  assert_string_equal (session->sampling, "");
  assert_int_equal (session->n_command, 0);
  assert_int_equal (session->n_series, 0);
  prof_session_free (session);
  prof_profile_unref (profile);
}

static void
test_sessions_keep_their_order (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfSession first = PROF_SESSION_INIT, second = PROF_SESSION_INIT;
  first.n_samples = 1;
  second.n_samples = 2;
  assert_int_equal (prof_profile_add_session (profile, &first), 0);
  assert_int_equal (prof_profile_add_session (profile, &second), 0);
  assert_int_equal (prof_profile_get_n_sessions (profile), 2);
  ProfSession *session = get_session (profile, 1);
  assert_int_equal (session->n_samples, 2);
  prof_session_free (session);
  prof_profile_unref (profile);
}

static void
test_a_missing_session_is_told (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfError error = PROF_ERROR_INIT;
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, &error), -ENOENT);
  assert_string_equal (error.message, "The profile has no session 0: it has 0.");
  prof_profile_unref (profile);
}

/* Only the fields that an older caller knows are looked at. */
static void
test_a_shorter_struct_is_taken (void **state)
{
  (void)state;
  ProfProfile *profile = new_profile ();
  ProfSession older = full_session;
  older.size = offsetof (ProfSession, events);
  assert_int_equal (prof_profile_add_session (profile, &older), 0);
  ProfSession *session = get_session (profile, 0);
  assert_string_equal (session->host, "host");
  assert_int_equal (session->n_events, 0);
  prof_session_free (session);
  older.size = 0;
  assert_int_equal (prof_profile_add_session (profile, &older), -EINVAL);
  prof_profile_unref (profile);
}

static int
decode (const void *bytes, size_t n_bytes, ProfError *reterr)
{
  ProfProfile *profile = new_profile ();
  ProfSession *session = NULL;
  assert_int_equal (prof_profile_append_session_bytes (profile, bytes, n_bytes), 0);
  int r = prof_profile_get_session (profile, 0, &session, reterr);
  prof_session_free (session);
  prof_profile_unref (profile);
  return r;
}

static void
test_damaged_bytes_are_refused (void **state)
{
  (void)state;
  static const uint8_t length_beyond_the_end[] = { 0x22, 5, 'h' };
  static const uint8_t group[] = { 0x23 };
  /* A series with one time and no value. */
  static const uint8_t uneven_series[] = { 0xba, 0x01, 3, 0x1a, 1, 7 };
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (decode (length_beyond_the_end, sizeof length_beyond_the_end, &error), -EBADMSG);
  assert_non_null (strstr (error.message, "session 0"));
  assert_int_equal (decode (group, sizeof group, NULL), -EBADMSG);
  assert_int_equal (decode (uneven_series, sizeof uneven_series, NULL), -EBADMSG);
}

/* Two bytes of each become 60 of memory. */
static void
test_many_empty_messages_meet_the_bound (void **state)
{
  (void)state;
  enum { N_BYTES = 3 << 20 };
  uint8_t *bytes = malloc (N_BYTES);
  assert_non_null (bytes);
  for (size_t i = 0; i < N_BYTES; i += 3)
    memcpy (bytes + i, (uint8_t[]){ 0xb2, 0x01, 0 }, 3); /* a stack end */
  assert_int_equal (decode (bytes, N_BYTES, NULL), -EBADMSG);
  free (bytes);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_missing_strings_are_empty),
    cmocka_unit_test (test_all_fields_come_back_through_a_file),
    cmocka_unit_test (test_an_empty_session_has_empty_strings),
    cmocka_unit_test (test_sessions_keep_their_order),
    cmocka_unit_test (test_a_missing_session_is_told),
    cmocka_unit_test (test_a_shorter_struct_is_taken),
    cmocka_unit_test (test_damaged_bytes_are_refused),
    cmocka_unit_test (test_many_empty_messages_meet_the_bound),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
