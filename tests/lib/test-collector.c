/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/collector.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <prof/cpu.h>

#include "base/error.h"
#include "tests.h"

/* What the collector asked of its owner. Read once the thread is gone, but for n_drained. */
typedef struct {
  ProfCollector collector;
  int begin_result, drain_result;
  int begun, disabled, ended;
  atomic_int n_drained;
  uint64_t until_ns; /* of the last drain */
  bool is_own_thread, was_disabled_before_end, was_drained_whole;
  pthread_t caller;
} Owner;

static int
begin (void *data, ProfError *reterr)
{
  Owner *owner = data;
  owner->begun++;
  owner->is_own_thread = !pthread_equal (pthread_self (), owner->caller);
  if (owner->begin_result < 0)
    prof_error_set (reterr, owner->begin_result, "the reason");
  return owner->begin_result;
}

static int
drain (void *data, uint64_t until_ns)
{
  Owner *owner = data;
  owner->until_ns = until_ns;
  owner->n_drained++;
  return owner->drain_result;
}

static void
disable (void *data)
{
  Owner *owner = data;
  owner->disabled++;
  owner->until_ns = 0;
}

static void
end (void *data)
{
  Owner *owner = data;
  owner->ended++;
  owner->was_disabled_before_end = owner->disabled == 1;
  owner->was_drained_whole = owner->until_ns == UINT64_MAX;
}

static int
setup (void **state)
{
  Owner *owner = calloc (1, sizeof *owner);
  assert_non_null (owner);
  ProfCollectorFuncs funcs = { begin, drain, disable, end, owner };
  assert_int_equal (prof_collector_init (&owner->collector, &funcs), 0);
  owner->caller = pthread_self ();
  *state = owner;
  return 0;
}

static int
teardown (void **state)
{
  Owner *owner = *state;
  prof_collector_finish (&owner->collector);
  free (owner);
  return 0;
}

static unsigned
wait_for_flags (ProfCollector *collector)
{
  struct pollfd polled = { .fd = collector->notify_fd, .events = POLLIN };
  assert_int_equal (poll (&polled, 1, 60000), 1);
  eventfd_t value;
  eventfd_read (collector->notify_fd, &value);
  return atomic_exchange (&collector->flags, 0);
}

static void
do_nothing (void *owner, void *argument)
{
  (void)owner, (void)argument;
}

/* A request is answered after a drain. */
static void
have_drained (Owner *owner)
{
  prof_collector_call (&owner->collector, do_nothing, NULL);
  assert_true (owner->n_drained > 0);
}

static void
assert_was_whole (const Owner *owner)
{
  assert_int_equal (owner->begun, 1);
  assert_int_equal (owner->disabled, 1);
  assert_int_equal (owner->ended, 1);
  assert_true (owner->is_own_thread);
  assert_true (owner->was_disabled_before_end);
  assert_true (owner->was_drained_whole);
  assert_true (owner->collector.end_ns >= owner->collector.begin_ns);
}

static void
test_a_stop_disables_drains_and_ends (void **state)
{
  Owner *owner = *state;
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  assert_true (owner->collector.is_running);
  have_drained (owner);
  prof_collector_stop (&owner->collector);
  assert_false (owner->collector.is_running);
  assert_was_whole (owner);
  assert_int_equal (wait_for_flags (&owner->collector), PROF_EVENT_STOPPED);
  prof_collector_stop (&owner->collector);
  assert_int_equal (owner->ended, 1);
}

static void
test_a_failed_begin_is_the_starts_error (void **state)
{
  Owner *owner = *state;
  ProfError error = PROF_ERROR_INIT;
  owner->begin_result = -EPERM;
  assert_int_equal (prof_collector_start (&owner->collector, &error), -EPERM);
  assert_int_equal (error.code, -EPERM);
  assert_string_equal (error.message, "the reason");
  assert_false (owner->collector.is_running);
  assert_int_equal (owner->ended, 1);
}

static void
test_a_failed_drain_ends_the_recording (void **state)
{
  Owner *owner = *state;
  owner->drain_result = -ENOMEM;
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  assert_true (wait_for_flags (&owner->collector) & PROF_EVENT_FAILED);
  prof_collector_stop (&owner->collector);
  assert_int_equal (owner->collector.error.code, -ENOMEM);
  assert_int_equal (owner->ended, 1);
}

static void
test_a_duration_ends_it (void **state)
{
  Owner *owner = *state;
  owner->collector.duration_ns = 1;
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  assert_int_equal (wait_for_flags (&owner->collector), PROF_EVENT_STOPPED);
  assert_was_whole (owner);
}

static void
test_nothing_begins_before_the_delay_is_over (void **state)
{
  Owner *owner = *state;
  owner->collector.delay_ns = UINT64_MAX;
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  prof_collector_stop (&owner->collector);
  assert_int_equal (owner->begun, 0);
  assert_int_equal (owner->ended, 1);
  assert_int_equal (owner->collector.begin_ns, 0);
}

static void
test_a_begin_that_fails_after_the_delay_is_told (void **state)
{
  Owner *owner = *state;
  owner->collector.delay_ns = 1;
  owner->begin_result = -EACCES;
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  assert_true (wait_for_flags (&owner->collector) & PROF_EVENT_FAILED);
  assert_int_equal (owner->collector.error.code, -EACCES);
}

static pid_t
fork_waiting (void)
{
  pid_t pid = fork ();
  if (pid == 0) {
    pause ();
    _exit (0);
  }
  return pid;
}

static void
end_child (pid_t pid)
{
  assert_int_equal (kill (pid, SIGKILL), 0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
}

static void
test_it_ends_with_the_last_of_its_processes (void **state)
{
  Owner *owner = *state;
  pid_t first = fork_waiting (), second = fork_waiting ();
  assert_int_equal (prof_collector_watch (&owner->collector, first), 0);
  assert_int_equal (prof_collector_watch (&owner->collector, second), 0);
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  end_child (first);
  have_drained (owner);
  assert_true (owner->collector.is_running);
  end_child (second);
  assert_int_equal (wait_for_flags (&owner->collector), PROF_EVENT_STOPPED);
  assert_was_whole (owner);
  assert_int_equal (prof_collector_watch (&owner->collector, first), -ESRCH);
}

static void
mark (void *data, void *argument)
{
  Owner *owner = data;
  *(bool *)argument = pthread_equal (pthread_self (), owner->caller);
}

static void
test_a_call_runs_where_the_records_are_read (void **state)
{
  Owner *owner = *state;
  bool is_caller = true;
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  prof_collector_call (&owner->collector, mark, &is_caller);
  assert_false (is_caller);
  prof_collector_stop (&owner->collector);
  prof_collector_call (&owner->collector, mark, &is_caller);
  assert_true (is_caller);
}

static void
test_a_descriptor_that_hangs_up_is_left_alone (void **state)
{
  Owner *owner = *state;
  int ends[2];
  assert_int_equal (pipe2 (ends, O_CLOEXEC), 0);
  assert_int_equal (prof_collector_poll (&owner->collector, ends[0]), 0);
  assert_int_equal (prof_collector_poll (&owner->collector, ends[0]), 0); /* it may be there */
  close (ends[1]);
  assert_int_equal (prof_collector_start (&owner->collector, NULL), 0);
  have_drained (owner);
  prof_collector_stop (&owner->collector);
  struct epoll_event event = { .events = EPOLLIN };
  assert_int_equal (epoll_ctl (owner->collector.epoll_fd, EPOLL_CTL_DEL, ends[0], &event), -1);
  assert_int_equal (errno, ENOENT);
  close (ends[0]);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST (test_a_stop_disables_drains_and_ends),
    TEST (test_a_failed_begin_is_the_starts_error),
    TEST (test_a_failed_drain_ends_the_recording),
    TEST (test_a_duration_ends_it),
    TEST (test_nothing_begins_before_the_delay_is_over),
    TEST (test_a_begin_that_fails_after_the_delay_is_told),
    TEST (test_it_ends_with_the_last_of_its_processes),
    TEST (test_a_call_runs_where_the_records_are_read),
    TEST (test_a_descriptor_that_hangs_up_is_left_alone),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
