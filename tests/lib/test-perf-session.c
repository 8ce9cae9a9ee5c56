/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-session.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include "capture/spawn.h"
#include "recorded.h"

static const char *const cpu_clock[] = { "cpu-clock", NULL };

static const ProfPerfSessionConfig plain
    = { .events = cpu_clock, .frequency_hz = 1000, .inherit = true };

static void
finish (ProfPerfSession *session, Recorded *recorded)
{
  prof_perf_session_free (session);
  free (recorded->rows);
}

static void
test_samples_itself_with_registers_and_stack (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.stack_bytes = 8192;
  config.regs_mask = TEST_REGS_MASK;
  config.wants_kernel_chain = true;
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  int here;
  assert_int_equal (prof_perf_session_add_thread (session, gettid (), false, NULL), 0);
  burn_ms (20);
  recorded_read (&recorded, session);
  assert_int_equal (recorded_count (&recorded, PROF_RECORD_SAMPLE, 0), 0); /* not enabled */

  assert_int_equal (prof_perf_session_enable (session), 0);
  burn_ms (200);
  assert_int_equal (prof_perf_session_disable (session), 0);
  recorded_read (&recorded, session);
  assert_in_range (recorded_thread_ns (&recorded, (uint32_t)gettid ()), 20000000, 300000000);
  for (size_t i = 0; i < recorded.n; i++) {
    const RecordedRow *row = &recorded.rows[i];
    if (row->kind != PROF_RECORD_SAMPLE)
      continue;
    assert_int_equal (row->tid, gettid ());
    assert_int_equal (row->event, 0);
    assert_true (row->has_user_registers);
    assert_in_range (row->sp, (uintptr_t)&here - 65536, (uintptr_t)&here + 65536);
    assert_in_range (row->stack_bytes, 8, 8192);
  }
  assert_false (prof_perf_session_has_ended (session));
  assert_int_equal (prof_perf_session_get_stack_bytes (session), 8192);
  finish (session, &recorded);
}

static void
test_several_events_are_told_apart (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.events = (const char *const[]){ "cpu-clock", "page-faults", NULL };
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  assert_int_equal (prof_perf_session_add_thread (session, gettid (), false, NULL), 0);
  assert_int_equal (prof_perf_session_enable (session), 0);
  burn_ms (50);
  enum { BYTES = 16 << 20 };
  char *pages = mmap (NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (pages, MAP_FAILED);
  madvise (pages, BYTES, MADV_NOHUGEPAGE);
  for (size_t i = 0; i < BYTES; i += 4096)
    pages[i] = 1;
  munmap (pages, BYTES);
  assert_int_equal (prof_perf_session_disable (session), 0);
  recorded_read (&recorded, session);

  size_t n_of_row[2] = { 0, 0 };
  for (size_t i = 0; i < recorded.n; i++) {
    if (recorded.rows[i].kind != PROF_RECORD_SAMPLE)
      continue;
    assert_in_range (recorded.rows[i].event, 0, 1);
    n_of_row[recorded.rows[i].event]++;
  }
  assert_true (n_of_row[0] > 0 && n_of_row[1] > 0);

  size_t n_events;
  const ProfPerfSessionEvent *events = prof_perf_session_get_events (session, &n_events);
  assert_int_equal (n_events, 2);
  assert_string_equal (events[1].requested, "page-faults");
  assert_int_equal (prof_perf_session_find_event (session, UINT64_MAX, 1), -ENOENT);
  finish (session, &recorded);
}

static int
run_command (ProfPerfSession *session, const char *script, pid_t *ret_pid)
{
  ProfSpawn spawn;
  ProfError error = PROF_ERROR_INIT;
  const char *argv[] = { "sh", "-c", script, NULL };
  int status;
  assert_int_equal (prof_spawn_new (argv, NULL, NULL, &spawn, &error), 0);
  assert_int_equal (prof_perf_session_add_thread (session, spawn.pid, true, &error), 0);
  assert_int_equal (prof_spawn_start (&spawn, "sh", &error), 0);
  assert_int_equal (waitpid (spawn.pid, &status, 0), spawn.pid);
  *ret_pid = spawn.pid;
  return WEXITSTATUS (status);
}

#define COUNT_TO_100000 "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; "

static void
test_a_command_from_its_exec_on_with_children (void **state)
{
  (void)state;
  ProfPerfSession *session = session_of (&plain);
  Recorded recorded = { .n = 0 };
  pid_t pid;
  assert_int_equal (run_command (session, COUNT_TO_100000 "( " COUNT_TO_100000 " ); exit 3", &pid),
                    3);
  recorded_read (&recorded, session);

  const RecordedRow *exec = recorded_find (&recorded, PROF_RECORD_COMM, "sh");
  assert_non_null (exec);
  assert_true (exec->flag);
  assert_int_equal (exec->pid, pid);
  const RecordedRow *libc = recorded_find (&recorded, PROF_RECORD_MAP, "/libc.so.6");
  assert_non_null (libc);
  assert_true (libc->flag);
  assert_int_equal (recorded_count (&recorded, PROF_RECORD_FORK, 0), 1);
  assert_int_equal (recorded_count (&recorded, PROF_RECORD_EXIT, 0), 2);
  for (size_t i = 0; i < recorded.n; i++) /* nothing before the exec */
    if (recorded.rows[i].kind == PROF_RECORD_SAMPLE)
      assert_true (&recorded.rows[i] > exec);

  size_t n_parent = recorded_count (&recorded, PROF_RECORD_SAMPLE, (uint32_t)pid);
  size_t n_all = recorded_count (&recorded, PROF_RECORD_SAMPLE, 0);
  assert_in_range (n_parent, n_all / 10, n_all * 9 / 10);

  assert_true (prof_perf_session_has_ended (session));
  struct pollfd polled = { .fd = prof_perf_session_get_ring_fd (session, 0) };
  assert_int_equal (poll (&polled, 1, 0), 1);
  assert_true (polled.revents & POLLHUP);
  finish (session, &recorded);
}

static void
test_children_are_left_out_if_wanted (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.inherit = false;
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  pid_t pid;
  run_command (session, COUNT_TO_100000 "( " COUNT_TO_100000 " )", &pid);
  recorded_read (&recorded, session);
  size_t n_parent = recorded_count (&recorded, PROF_RECORD_SAMPLE, (uint32_t)pid);
  assert_true (n_parent > 0);
  assert_int_equal (recorded_count (&recorded, PROF_RECORD_SAMPLE, 0), n_parent);
  finish (session, &recorded);
}

static void
test_the_whole_system (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.is_system_wide = true;
  ProfPerfSession *session;
  ProfError error = PROF_ERROR_INIT;
  if (prof_perf_session_new (&config, &session, &error) == -EACCES) {
    print_message ("skipped: %s\n", error.message);
    skip ();
  }
  Recorded recorded = { .n = 0 };
  assert_int_equal (prof_perf_session_add_system (session, &error), 0);
  assert_int_equal (prof_perf_session_enable (session), 0);
  pid_t other = fork ();
  assert_true (other >= 0);
  burn_ms (50);
  if (other == 0)
    _exit (0);
  assert_int_equal (waitpid (other, NULL, 0), other);
  assert_int_equal (prof_perf_session_disable (session), 0);
  recorded_read (&recorded, session);
  assert_in_range (recorded_thread_ns (&recorded, (uint32_t)gettid ()), 5000000, 100000000);
  assert_in_range (recorded_thread_ns (&recorded, (uint32_t)other), 5000000, 100000000);
  finish (session, &recorded);
}

static void
test_losses_are_counted (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.ring_bytes = 1; /* rounded to a page */
  cpu_set_t before, one;
  assert_int_equal (sched_getaffinity (0, sizeof before, &before), 0);
  CPU_ZERO (&one);
  CPU_SET (sched_getcpu (), &one);
  assert_int_equal (sched_setaffinity (0, sizeof one, &one), 0);
  ProfPerfSession *session = session_of (&config);
  Recorded recorded = { .n = 0 };
  assert_int_equal (prof_perf_session_add_thread (session, gettid (), false, NULL), 0);
  assert_int_equal (prof_perf_session_enable (session), 0);
  size_t n_rings;
  const ProfPerfRing *rings = prof_perf_session_get_rings (session, &n_rings);
  assert_int_equal (rings[0].data_bytes, sysconf (_SC_PAGESIZE));
  burn_ms (200); /* a page holds 85 samples */
  recorded_read (&recorded, session);
  burn_ms (20); /* the loss is told with the next sample */
  assert_int_equal (prof_perf_session_disable (session), 0);
  recorded_read (&recorded, session);

  uint64_t n_told = 0, n_lost = prof_perf_session_read_lost (session);
  for (size_t i = 0; i < recorded.n; i++)
    n_told += recorded.rows[i].n_lost;
  sched_setaffinity (0, sizeof before, &before);
  assert_true (n_told > 0);
  if (n_lost == 0)
    print_message ("this kernel does not count losses by event\n");
  else
    assert_true (n_lost >= n_told);
  finish (session, &recorded);
}

static void
test_another_missing_event_is_an_error (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.events = (const char *const[]){ "cpu-clock", "branch-misses", NULL };
  ProfPerfSession *session;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_perf_session_new (&config, &session, &error);
  if (r == 0) {
    prof_perf_session_free (session);
    print_message ("skipped: this machine has hardware counters\n");
    skip ();
  }
  assert_true (r == -ENOENT || r == -EOPNOTSUPP);
  assert_non_null (strstr (error.message, "branch-misses"));
}

static void
check_refused (const ProfPerfSessionConfig *config, int code, const char *message)
{
  ProfPerfSession *session;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_perf_session_new (config, &session, &error), code);
  assert_non_null (strstr (error.message, message));
}

static void
test_bad_configs_are_refused (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.frequency_hz = 0;
  check_refused (&config, -EINVAL, "neither a frequency nor a period");
  config = plain;
  config.stack_bytes = 65536;
  check_refused (&config, -EINVAL, "65528");
  config = plain;
  config.events = (const char *const[]){ NULL };
  check_refused (&config, -EINVAL, "empty");
  config.events = (const char *const[]){ "no-such-event", NULL };
  check_refused (&config, -ENOENT, "no-such-event");
}

static void
test_a_thread_that_is_gone (void **state)
{
  (void)state;
  ProfPerfSession *session = session_of (&plain);
  ProfError error = PROF_ERROR_INIT;
  pid_t pid = fork ();
  if (pid == 0)
    _exit (0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  assert_int_equal (prof_perf_session_add_thread (session, pid, false, &error), -ESRCH);
  assert_non_null (strstr (error.message, "gone"));
  assert_int_equal (prof_perf_session_attach (session, pid, 0, &error), -ESRCH);
  assert_non_null (strstr (error.message, "no such process"));
  prof_perf_session_free (session);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_samples_itself_with_registers_and_stack),
    cmocka_unit_test (test_several_events_are_told_apart),
    cmocka_unit_test (test_a_command_from_its_exec_on_with_children),
    cmocka_unit_test (test_children_are_left_out_if_wanted),
    cmocka_unit_test (test_the_whole_system),
    cmocka_unit_test (test_losses_are_counted),
    cmocka_unit_test (test_another_missing_event_is_an_error),
    cmocka_unit_test (test_bad_configs_are_refused),
    cmocka_unit_test (test_a_thread_that_is_gone),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
