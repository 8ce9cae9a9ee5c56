/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/span-logs.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests.h"
#include "trace/current-span.h"

enum { NO_SPAN = -1, LOST = -2 };

/* Span `number`; 0: none. */
static ProfTraceLink
make_link (unsigned number)
{
  ProfTraceLink link = { .flags = 1 };
  for (int i = 0; i < 16; i += 4)
    memcpy (link.trace_id + i, &number, sizeof number);
  memcpy (link.span_id, &number, sizeof number);
  return link;
}

static void
set (unsigned number)
{
  ProfTraceLink link = make_link (number);
  prof_trace_set_current (number != 0 ? &link : NULL);
}

static int
find (ProfSpanReader *reader, uint32_t tid, uint64_t time_ns)
{
  ProfTraceLink link;
  ProfSpanResult result = prof_span_reader_find (reader, tid, time_ns, &link);
  if (result != PROF_SPAN_FOUND)
    return result == PROF_SPAN_NONE ? NO_SPAN : LOST;
  unsigned number;
  memcpy (&number, link.span_id, sizeof number);
  ProfTraceLink whole = make_link (number);
  assert_memory_equal (&link, &whole, sizeof link);
  return (int)number;
}

static void
test_the_own_thread (void **state)
{
  (void)state;
  uint32_t tid = (uint32_t)gettid ();
  ProfSpanReader reader;
  ProfTraceLink current, expected = make_link (5);
  assert_false (prof_trace_get_current (&current));
  set (5);
  assert_true (prof_trace_get_current (&current));
  assert_memory_equal (&current, &expected, sizeof current);
  assert_int_equal (prof_span_logs_get_recording (), 0);
  prof_span_reader_begin (&reader);
  assert_int_equal (prof_span_logs_get_recording (), reader.recording_ns);
  assert_int_equal (find (&reader, tid, prof_monotonic_ns ()), 5);
  uint64_t before_ns = prof_monotonic_ns ();
  set (6);
  uint64_t after_ns = prof_monotonic_ns ();
  set (0);
  assert_int_equal (find (&reader, tid, before_ns), 5);
  assert_int_equal (find (&reader, tid, after_ns), 6);
  assert_int_equal (find (&reader, tid, prof_monotonic_ns ()), NO_SPAN);
  assert_int_equal (find (&reader, tid + 1, after_ns), NO_SPAN);
  prof_span_reader_end (&reader);
  prof_span_reader_end (&reader);
  assert_int_equal (prof_span_logs_get_recording (), 0);
}

/* ---- threads ---- */

typedef struct {
  pthread_t thread;
  unsigned span;
  sem_t is_set, may_end;
  uint32_t tid;
  const void *context; /* where profilers outside find the span */
  uint64_t set_ns;
} Worker;

static void *
run_worker (void *data)
{
  Worker *worker = data;
  worker->tid = (uint32_t)gettid ();
  set (worker->span);
  worker->context = otel_thread_ctx_v1;
  worker->set_ns = prof_monotonic_ns ();
  sem_post (&worker->is_set);
  sem_wait (&worker->may_end);
  return NULL;
}

static void
start_worker (Worker *worker, unsigned span)
{
  worker->span = span;
  sem_init (&worker->is_set, 0, 0);
  sem_init (&worker->may_end, 0, 0);
  assert_int_equal (pthread_create (&worker->thread, NULL, run_worker, worker), 0);
  while (sem_wait (&worker->is_set) < 0)
    continue;
}

static void
end_worker (Worker *worker)
{
  sem_post (&worker->may_end);
  pthread_join (worker->thread, NULL);
  sem_destroy (&worker->is_set);
  sem_destroy (&worker->may_end);
}

static void
test_threads_that_come_and_go (void **state)
{
  (void)state;
  ProfSpanReader reader;
  Worker first, second, third;
  start_worker (&first, 1);
  prof_span_reader_begin (&reader);
  uint64_t begin_ns = prof_monotonic_ns ();
  start_worker (&second, 2);
  assert_int_equal (find (&reader, first.tid, begin_ns), 1);
  assert_int_equal (find (&reader, second.tid, begin_ns), NO_SPAN);
  assert_int_equal (find (&reader, second.tid, second.set_ns), 2);
  end_worker (&first);
  end_worker (&second);
  uint64_t ended_ns = prof_monotonic_ns ();
  /* Ended, but their samples may come yet: their logs are not given to the third. */
  start_worker (&third, 3);
  assert_int_equal (find (&reader, first.tid, begin_ns), 1);
  assert_int_equal (find (&reader, second.tid, second.set_ns), 2);
  assert_int_equal (find (&reader, second.tid, ended_ns), NO_SPAN);
  assert_int_equal (find (&reader, third.tid, third.set_ns), 3);
  prof_span_reader_set_drained (&reader, ended_ns);
  assert_int_equal (find (&reader, third.tid, third.set_ns), 3);
  assert_int_equal (find (&reader, first.tid, begin_ns), NO_SPAN);
  end_worker (&third);
  prof_span_reader_end (&reader);
}

static ProfSpanLog *
claim_and_release (void)
{
  void *context;
  ProfSpanLog *log = prof_span_logs_claim (&context);
  assert_non_null (log);
  prof_span_logs_release (log);
  return log;
}

/* A log is used again once all recorders have read what came before its thread's end. */
static void
test_logs_are_used_again (void **state)
{
  (void)state;
  ProfSpanReader slow, fast;
  ProfSpanLog *first = claim_and_release ();
  for (int i = 0; i < 100; i++)
    assert_ptr_equal (claim_and_release (), first);
  prof_span_reader_begin (&slow);
  prof_span_reader_begin (&fast);
  for (int i = 0; i < 100; i++) {
    assert_ptr_equal (claim_and_release (), first);
    prof_span_reader_set_drained (&slow, prof_monotonic_ns ());
    assert_ptr_not_equal (claim_and_release (), first);
    prof_span_reader_set_drained (&fast, prof_monotonic_ns ());
    assert_ptr_equal (claim_and_release (), first);
    prof_span_reader_set_drained (&slow, prof_monotonic_ns ());
    prof_span_reader_set_drained (&fast, prof_monotonic_ns ());
  }
  prof_span_reader_end (&fast);
  assert_int_not_equal (prof_span_logs_get_recording (), 0);
  prof_span_reader_end (&slow);
  assert_int_equal (prof_span_logs_get_recording (), 0);
}

/* ---- all at once ---- */

enum { N_SWITCHERS = 3, N_SWITCHES = 20000, N_LOOKS = 20000 };

typedef struct {
  _Atomic uint32_t tid;
  unsigned first_span;
} Switcher;

static void *
run_switcher (void *data)
{
  Switcher *switcher = data;
  atomic_store (&switcher->tid, (uint32_t)gettid ());
  for (unsigned i = 0; i < N_SWITCHES; i++)
    set (switcher->first_span + i % 1000);
  return NULL;
}

/* Whatever is found is whole, and of the thread that was asked for. */
static void
test_reading_while_threads_write (void **state)
{
  (void)state;
  pthread_t threads[N_SWITCHERS];
  Switcher switchers[N_SWITCHERS];
  ProfSpanReader reader;
  for (unsigned i = 0; i < N_SWITCHERS; i++) {
    switchers[i] = (Switcher){ .first_span = (i + 1) * 1000 };
    pthread_create (&threads[i], NULL, run_switcher, &switchers[i]);
  }
  prof_span_reader_begin (&reader);
  uint64_t begin_ns = prof_monotonic_ns ();
  for (unsigned i = 0; i < N_LOOKS; i++) {
    const Switcher *switcher = &switchers[i % N_SWITCHERS];
    uint32_t tid = atomic_load (&switcher->tid);
    uint64_t now_ns = prof_monotonic_ns ();
    int span = tid == 0 ? NO_SPAN : find (&reader, tid, i % 2 ? now_ns : (begin_ns + now_ns) / 2);
    if (span >= 0)
      assert_in_range (span, switcher->first_span, switcher->first_span + 999);
  }
  for (unsigned i = 0; i < N_SWITCHERS; i++)
    pthread_join (threads[i], NULL);
  prof_span_reader_end (&reader);
}

/* ---- fork ---- */

/* Only the forking thread is left, with its span, and nobody records. */
static bool
is_child_clean (const Worker *worker)
{
  ProfSpanReader reader;
  ProfTraceLink current;
  if (prof_span_logs_get_recording () != 0 || !prof_trace_get_current (&current)
      || otel_thread_ctx_v1 == NULL)
    return false;
  prof_span_reader_begin (&reader);
  uint64_t now_ns = prof_monotonic_ns ();
  bool is_clean = find (&reader, worker->tid, now_ns) == NO_SPAN
                  && find (&reader, (uint32_t)gettid (), now_ns) == 9;
  set (10);
  is_clean &= find (&reader, (uint32_t)gettid (), prof_monotonic_ns ()) == 10;
  prof_span_reader_end (&reader);
  return is_clean;
}

static void
test_fork (void **state)
{
  (void)state;
  Worker worker;
  ProfSpanReader reader;
  set (9);
  start_worker (&worker, 1);
  prof_span_reader_begin (&reader);
  pid_t child = fork ();
  if (child == 0)
    _exit (is_child_clean (&worker) ? 0 : 1);
  int status;
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_int_equal (status, 0);
  assert_int_equal (find (&reader, worker.tid, prof_monotonic_ns ()), 1);
  assert_int_equal (find (&reader, (uint32_t)gettid (), prof_monotonic_ns ()), 9);
  prof_span_reader_end (&reader);
  end_worker (&worker);
  set (0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_the_own_thread),
    cmocka_unit_test (test_threads_that_come_and_go),
    cmocka_unit_test (test_logs_are_used_again),
    cmocka_unit_test (test_reading_while_threads_write),
    cmocka_unit_test (test_fork),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
