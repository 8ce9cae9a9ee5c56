/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/session.h>

#include "heap-fixture.h"

static ProfProfile *
join (ProfProfile *a, ProfProfile *b)
{
  ProfProfile *joined = NULL;
  assert_int_equal (prof_profile_join (a, b, &joined, NULL), 0);
  prof_profile_unref (a);
  prof_profile_unref (b);
  return joined;
}

static void
test_samples_of_both (void **state)
{
  (void)state;
  ProfProfile *cpu = new_cpu_profile (), *memory = new_heap_profile ();
  uint32_t sample = add_stack (cpu, "main;work", 3);
  prof_profile_add_label (cpu, sample, "thread", "one");
  add_stack (cpu, "", 1);
  sample = add_heap_sample (memory, "main;work", (int64_t[]){ 1, 2, 3, 4 });
  label (memory, sample, "bytes", 2, "bytes");
  ProfProfile *joined = join (cpu, memory);
  assert_samples (joined, "main;work 3 30 0 0 0 0 thread=one\n"
                          " 1 10 0 0 0 0\n"
                          "main;work 0 0 1 2 3 4 bytes=2bytes\n");
  assert_int_equal (joined->functions.n, 3);
  assert_int_equal (joined->stacks.n, 2);
  assert_int_equal (prof_profile_get_default_value_type (joined), 1);
  assert_int_equal (prof_profile_get_period (joined), 10);
  prof_profile_unref (joined);
}

static void
test_headers (void **state)
{
  (void)state;
  ProfProfile *cpu = new_cpu_profile (), *memory = new_heap_profile ();
  prof_profile_set_time (cpu, START + 500 * MS, 10000 * MS);
  prof_profile_add_comment (cpu, "one");
  prof_profile_add_comment (memory, "two");
  prof_profile_add_comment (memory, "one");
  ProfProfile *joined = join (cpu, memory);
  assert_int_equal (prof_profile_get_time_ns (joined), START);
  assert_int_equal (prof_profile_get_duration_ns (joined), 10500 * MS);
  size_t n;
  const uint32_t *comments = prof_profile_get_comments (joined, &n);
  assert_int_equal (n, 2);
  assert_string_equal (prof_profile_get_string (joined, comments[1]), "two");
  prof_profile_unref (joined);
}

static void
test_a_time_that_only_one_has (void **state)
{
  (void)state;
  ProfProfile *joined = join (new_cpu_profile (), new_heap_profile ());
  assert_int_equal (prof_profile_get_time_ns (joined), START);
  assert_int_equal (prof_profile_get_duration_ns (joined), 10000 * MS);
  prof_profile_unref (joined);
}

static ProfSession
make_session (const char *const *note, const ProfSessionEvent *event)
{
  static const ProfSessionStackEnd end = { "", "root", 5 };
  static const uint64_t time = 7;
  static const int64_t value = 8;
  static const ProfSessionSeries series = { "rss", "bytes", &time, &value, 1 };
  ProfSession session = PROF_SESSION_INIT;
  session.n_samples = 100;
  session.n_lost = 1;
  session.start_ns = 1000;
  session.duration_ns = 50;
  session.notes = note;
  session.n_notes = 1;
  session.events = event;
  session.n_events = 1;
  session.stack_ends = &end;
  session.n_stack_ends = 1;
  session.series = &series;
  session.n_series = 1;
  return session;
}

static void
test_sessions_become_one (void **state)
{
  (void)state;
  static const char *const notes[] = { "first", "second" };
  static const ProfSessionEvent events[] = { { .name = "cpu-clock" }, { .name = "heap" } };
  ProfProfile *cpu = new_cpu_profile (), *memory = new_heap_profile ();
  ProfSession first = make_session (&notes[0], &events[0]);
  ProfSession second = make_session (&notes[1], &events[1]);
  static const ProfSessionAttribute resource[]
      = { { "service.name", "a" }, { "service.name", "b" }, { "host.name", "box" } };
  first.host = "box";
  first.resource = resource;
  first.n_resource = 1;
  second.resource = resource + 1;
  second.n_resource = 2;
  second.start_ns = 900;
  second.start_monotonic_ns = 30;
  prof_profile_add_session (cpu, &first);
  prof_profile_add_session (memory, &second);
  ProfProfile *joined = join (cpu, memory);
  assert_int_equal (prof_profile_get_n_sessions (joined), 1);
  ProfSession *session = NULL;
  assert_int_equal (prof_profile_get_session (joined, 0, &session, NULL), 0);
  assert_string_equal (session->host, "box");
  assert_int_equal (session->n_samples, 200);
  assert_int_equal (session->n_lost, 2);
  assert_int_equal (session->start_ns, 900);
  assert_int_equal (session->start_monotonic_ns, 30);
  assert_int_equal (session->duration_ns, 150);
  assert_int_equal (session->n_events, 2);
  assert_string_equal (session->events[1].name, "heap");
  assert_int_equal (session->n_stack_ends, 2);
  assert_int_equal (session->n_series, 2);
  assert_int_equal (session->series[1].values[0], 8);
  assert_int_equal (session->n_notes, 2);
  assert_string_equal (session->notes[1], "second");
  assert_int_equal (session->n_resource, 2);
  assert_string_equal (session->resource[0].value, "a");
  assert_string_equal (session->resource[1].key, "host.name");
  prof_session_free (session);
  prof_profile_unref (joined);
}

static void
test_sessions_that_cannot_become_one_are_kept (void **state)
{
  (void)state;
  ProfProfile *cpu = new_cpu_profile (), *memory = new_heap_profile ();
  assert_int_equal (prof_profile_append_session_bytes (cpu, "\xff", 1), 0);
  assert_int_equal (prof_profile_append_session_bytes (memory, "", 0), 0);
  ProfProfile *joined = join (cpu, memory);
  assert_int_equal (prof_profile_get_n_sessions (joined), 2);
  assert_int_equal (joined->session_bytes.n, 1);
  prof_profile_unref (joined);
}

static void
test_a_type_of_both_is_refused (void **state)
{
  (void)state;
  ProfProfile *cpu = new_cpu_profile (), *joined = NULL;
  ProfProfile *other = new_typed_profile ((const char *[]){ "cpu", "count", NULL });
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_profile_join (cpu, other, &joined, &error), -EINVAL);
  assert_non_null (strstr (error.message, "'cpu'"));
  assert_int_equal (prof_profile_join (cpu, cpu, &joined, NULL), -EINVAL);
  assert_int_equal (prof_profile_join (cpu, NULL, &joined, NULL), -EINVAL);
  assert_null (joined);
  prof_profile_unref (cpu);
  prof_profile_unref (other);
}

static void
test_empty_profiles (void **state)
{
  (void)state;
  ProfProfile *a, *b;
  assert_int_equal (prof_profile_new (&a), 0);
  assert_int_equal (prof_profile_new (&b), 0);
  ProfProfile *joined = join (a, b);
  assert_int_equal (joined->value_types.n, 0);
  prof_profile_unref (joined);
  assert_int_equal (prof_profile_new (&a), 0);
  joined = join (a, new_cpu_profile ());
  assert_int_equal (joined->value_types.n, 2);
  prof_profile_unref (joined);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_samples_of_both),
    cmocka_unit_test (test_headers),
    cmocka_unit_test (test_a_time_that_only_one_has),
    cmocka_unit_test (test_sessions_become_one),
    cmocka_unit_test (test_sessions_that_cannot_become_one_are_kept),
    cmocka_unit_test (test_a_type_of_both_is_refused),
    cmocka_unit_test (test_empty_profiles),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
