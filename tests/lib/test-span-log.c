/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/span-log.h"

#include <stdlib.h>
#include <string.h>

#include "tests.h"

enum { RECORDING = 1000, NO_SPAN = -1, LOST = -2 };

static void *context;

static ProfSpanLog *
new_log (void)
{
  ProfSpanLog *log = calloc (1, sizeof *log);
  assert_non_null (log);
  prof_span_log_claim (log, 7, 500, &context);
  assert_null (context);
  return log;
}

/* Span `number`; 0: none. */
static ProfTraceLink
make_link (unsigned number)
{
  ProfTraceLink link = { .flags = number > 0 };
  memcpy (link.trace_id, &number, sizeof number);
  memcpy (link.span_id, &number, sizeof number);
  return link;
}

static void
put (ProfSpanLog *log, uint64_t time_ns, unsigned number)
{
  ProfTraceLink link = make_link (number);
  assert_true (prof_span_log_put (log, log->n_entries, time_ns, &link));
}

static int
find (const ProfSpanLog *log, uint64_t recording_ns, uint64_t time_ns)
{
  ProfTraceLink link;
  switch (prof_span_log_find (log, recording_ns, time_ns, &link)) {
  case PROF_SPAN_NONE:
    return NO_SPAN;
  case PROF_SPAN_LOST:
    return LOST;
  case PROF_SPAN_FOUND:
    break;
  }
  int number;
  memcpy (&number, link.span_id, sizeof number);
  assert_memory_equal (link.trace_id, &number, sizeof number);
  return number;
}

static void
test_spans_by_their_times (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  prof_span_log_begin_recording (log, RECORDING);
  put (log, 1010, 1);
  put (log, 1020, 2);
  put (log, 1030, 0);
  put (log, 1040, 3);
  static const struct {
    uint64_t time_ns;
    int span;
  } expected[]
      = { { 1000, NO_SPAN }, { 1009, NO_SPAN }, { 1010, 1 },       { 1019, 1 }, { 1020, 2 },
          { 1029, 2 },       { 1030, NO_SPAN }, { 1039, NO_SPAN }, { 1040, 3 }, { UINT64_MAX, 3 } };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
    assert_int_equal (find (log, RECORDING, expected[i].time_ns), expected[i].span);
  free (log);
}

/* The span was set before the recording began, and no other was since. */
static void
test_the_span_at_the_start (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  assert_int_equal (find (log, RECORDING, 2000), NO_SPAN);
  put (log, 0, 1);
  put (log, 0, 2);
  assert_int_equal (find (log, RECORDING, 1000), 2);
  prof_span_log_begin_recording (log, RECORDING);
  put (log, 1010, 3);
  assert_int_equal (find (log, RECORDING, 1000), 2);
  assert_int_equal (find (log, RECORDING, 1009), 2);
  assert_int_equal (find (log, RECORDING, 1010), 3);
  free (log);
}

/* What an earlier recording has logged is of no interest to the next. */
static void
test_two_recordings (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  prof_span_log_begin_recording (log, RECORDING);
  put (log, 1010, 1);
  put (log, 0, 2);
  assert_int_equal (find (log, 5000, 5001), 2);
  prof_span_log_begin_recording (log, 5000);
  put (log, 5010, 3);
  assert_int_equal (find (log, 5000, 5009), 2);
  assert_int_equal (find (log, 5000, 5010), 3);
  free (log);
}

static void
test_overrun_is_told (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  prof_span_log_begin_recording (log, RECORDING);
  for (unsigned i = 1; i <= 3 * PROF_SPAN_ENTRIES; i++)
    put (log, RECORDING + 10 * i, i);
  unsigned oldest = 2 * PROF_SPAN_ENTRIES + 1;
  assert_int_equal (find (log, RECORDING, RECORDING + 5), LOST);
  assert_int_equal (find (log, RECORDING, RECORDING + 10 * oldest - 1), LOST);
  for (unsigned i = oldest; i <= 3 * PROF_SPAN_ENTRIES; i++)
    assert_int_equal (find (log, RECORDING, RECORDING + 10 * i + 9), i);
  free (log);
}

/* A place that a later entry is about to take: nothing is known of the time before. */
static void
test_a_place_that_is_being_written (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  prof_span_log_begin_recording (log, RECORDING);
  for (unsigned i = 1; i < PROF_SPAN_ENTRIES; i++)
    put (log, RECORDING + 10 * i, i);
  assert_int_equal (find (log, RECORDING, RECORDING + 9), NO_SPAN);
  log->n_entries++;
  assert_int_equal (find (log, RECORDING, RECORDING + 9), LOST);
  assert_int_equal (find (log, RECORDING, RECORDING + 10), 1);
  /* The newest entry is not there yet: the one before it goes on. */
  unsigned newest = PROF_SPAN_ENTRIES - 1;
  assert_int_equal (find (log, RECORDING, UINT64_MAX), newest);
  log->entries[0].tag = 0;
  assert_int_equal (find (log, RECORDING, RECORDING + 9), LOST);
  assert_int_equal (find (log, RECORDING, UINT64_MAX), newest);
  free (log);
}

/* A handler sets a span between the time and the entry, and while the entry is written: the
 * interrupted call tries again, and its span comes last. */
static void
test_signal_handlers (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  ProfTraceLink interrupted = make_link (1), handler = make_link (2);
  prof_span_log_begin_recording (log, RECORDING);
  uint64_t number = log->n_entries;
  assert_true (prof_span_log_put (log, number, 1011, &handler));
  assert_false (prof_span_log_put (log, number, 1010, &interrupted));
  assert_int_equal (find (log, RECORDING, 1012), 2);
  log->n_entries++; /* begun, and interrupted before it was written */
  assert_true (prof_span_log_put (log, log->n_entries, 1020, &handler));
  assert_int_equal (find (log, RECORDING, 1019), 2);
  assert_int_equal (find (log, RECORDING, 1021), 2);
  assert_true (prof_span_log_put (log, log->n_entries, 1030, &interrupted));
  assert_int_equal (find (log, RECORDING, 1029), 2);
  assert_int_equal (find (log, RECORDING, 1030), 1);
  ProfTraceLink current;
  assert_true (prof_span_log_get_current (log, &current));
  assert_memory_equal (&current, &interrupted, sizeof current);
  free (log);
}

static void
test_the_context_for_others (void **state)
{
  (void)state;
  ProfSpanLog *log = new_log ();
  ProfTraceLink link, current;
  assert_false (prof_span_log_get_current (log, &current));
  for (int i = 0; i < 24; i++)
    ((uint8_t *)&link)[i] = (uint8_t)(i + 1);
  link.flags = 1;
  assert_true (prof_span_log_put (log, 0, 0, &link));
  static const uint8_t expected[28] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                        15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 1,  1,  0,  0 };
  assert_non_null (context);
  assert_memory_equal (context, expected, sizeof expected);
  assert_true (prof_span_log_get_current (log, &current));
  assert_memory_equal (&current, &link, sizeof link);
  prof_span_log_begin_recording (log, RECORDING);
  assert_memory_equal (context, expected, sizeof expected);
  put (log, 0, 0);
  assert_null (context);
  assert_false (prof_span_log_get_current (log, &current));
  free (log);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_spans_by_their_times),
    cmocka_unit_test (test_the_span_at_the_start),
    cmocka_unit_test (test_two_recordings),
    cmocka_unit_test (test_overrun_is_told),
    cmocka_unit_test (test_a_place_that_is_being_written),
    cmocka_unit_test (test_signal_handlers),
    cmocka_unit_test (test_the_context_for_others),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
