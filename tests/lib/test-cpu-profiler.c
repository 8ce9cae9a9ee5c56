/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/prof.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests.h"

/* ---- work of known shape ---- */

static uint64_t
thread_cpu_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static _Thread_local volatile uint64_t sink;

__attribute__ ((noinline)) static void
burn_leaf (void)
{
  for (unsigned i = 0; i < 100000; i++)
    sink = sink * 6364136223846793005u + i;
}

/* Uses this thread's CPU for so long, whatever else the machine does. */
__attribute__ ((noinline)) static void
burn_ms (unsigned ms)
{
  uint64_t end_ns = thread_cpu_ns () + ms * 1000000ull;
  while (thread_cpu_ns () < end_ns)
    burn_leaf ();
}

__attribute__ ((noinline)) static void *
late_worker (void *ms)
{
  burn_ms (*(unsigned *)ms);
  return NULL;
}

/* ---- looking at profiles ---- */

static const char *
get_function_name (const ProfProfile *profile, uint32_t location)
{
  size_t n;
  const ProfLocation *self = &prof_profile_get_locations (profile, &n)[location];
  if (self->n_lines == 0)
    return "";
  const ProfLine *line = &prof_profile_get_lines (profile, &n)[self->first_line];
  return prof_profile_get_string (profile,
                                  prof_profile_get_functions (profile, &n)[line->function].name);
}

static bool
has_frame (const ProfProfile *profile, const ProfSample *sample, const char *name)
{
  size_t n;
  const uint32_t *stacks = prof_profile_get_stacks (profile, &n);
  for (uint32_t i = 0; i < sample->n_locations; i++)
    if (strcmp (get_function_name (profile, stacks[sample->first_location + i]), name) == 0)
      return true;
  return false;
}

/* The sum of one sample type over samples with a frame of that name; NULL: all. */
static int64_t
sum (const ProfProfile *profile, const char *type, const char *name)
{
  size_t n, n_values, n_types;
  prof_profile_get_value_types (profile, &n_types);
  int column = prof_profile_find_value_type (profile, type);
  assert_true (column >= 0);
  const ProfSample *samples = prof_profile_get_samples (profile, &n);
  const int64_t *values = prof_profile_get_values (profile, &n_values);
  int64_t total = 0;
  for (size_t i = 0; i < n; i++)
    if (name == NULL || has_frame (profile, &samples[i], name))
      total += values[i * n_types + (size_t)column];
  return total;
}

/* CPU time of samples that may have been lost: a busy machine can let a ring run full. */
static int64_t
get_lost_ns (ProfCpuProfiler *profiler, unsigned frequency_hz)
{
  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  prof_cpu_profiler_get_stats (profiler, &stats);
  return (int64_t)(stats.dropped_samples * (1000000000u / frequency_hz));
}

static ProfCpuProfiler *
make_started (ProfCpuConfig *config)
{
  ProfError error = PROF_ERROR_INIT;
  ProfCpuProfiler *profiler;
  if (prof_cpu_profiler_new (config, &profiler, &error) < 0
      || prof_cpu_profiler_start (profiler, &error) < 0)
    fail_msg ("%s", error.message);
  return profiler;
}

static ProfProfile *
stop_and_generate (ProfCpuProfiler *profiler)
{
  ProfError error = PROF_ERROR_INIT;
  ProfProfile *profile;
  assert_int_equal (prof_cpu_profiler_stop (profiler, &error), 0);
  if (prof_cpu_profiler_generate_profile (profiler, &profile, &error) < 0)
    fail_msg ("%s", error.message);
  return profile;
}

/* ---- tests ---- */

/* Where the child would wait for ever, the alarm ends it. */
static void
use_as_child (ProfCpuProfiler *profiler)
{
  ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  alarm (300);
  bool is_refused
      = prof_cpu_profiler_start (profiler, &error) == -EOWNERDEAD
        && prof_cpu_profiler_process_events (profiler, &error) == -EOWNERDEAD
        && prof_cpu_profiler_generate_profile (profiler, &profile, &error) == -EOWNERDEAD
        && prof_cpu_profiler_stop (profiler, &error) == -EOWNERDEAD && error.code == -EOWNERDEAD
        && !prof_cpu_profiler_is_running (profiler);
  prof_cpu_profiler_free (profiler);
  _exit (is_refused ? 7 : 1);
}

static void
test_a_forked_child_can_do_no_harm (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.no_inherit = true;
  config.sampling_rate = 999;
  ProfCpuProfiler *profiler = make_started (&config);
  pid_t child = fork ();
  if (child == 0)
    use_as_child (profiler);
  int status;
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 7);
  assert_true (prof_cpu_profiler_is_running (profiler));
  burn_ms (100);
  ProfProfile *profile = stop_and_generate (profiler);
  assert_true (sum (profile, "cpu", "burn_ms") > 0);
  prof_profile_unref (profile);
  assert_null (prof_cpu_profiler_free (profiler));
}

static void
test_this_process_with_threads_born_after_start (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 999;
  ProfCpuProfiler *profiler = make_started (&config);
  assert_true (prof_cpu_profiler_is_running (profiler));

  unsigned ms[] = { 100, 200, 300 };
  pthread_t threads[3];
  for (int i = 0; i < 3; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, late_worker, &ms[i]), 0);
  for (int i = 0; i < 3; i++)
    pthread_join (threads[i], NULL);
  burn_ms (200);

  ProfProfile *profile = stop_and_generate (profiler);
  assert_false (prof_cpu_profiler_is_running (profiler));
  int64_t burned = sum (profile, "cpu", "burn_ms"), late = sum (profile, "cpu", "late_worker");
  int64_t lost = get_lost_ns (profiler, 999);
  /* 800 ms and 600 ms of CPU, each thread sampled once, not twice: a thread sampled twice would be
   * 100 % off. A machine that is virtual may miss any tick, but gives no more than there were. */
  assert_in_range (burned, 1, 920000000);
  assert_in_range (late, 1, 700000000);
  assert_true (burned + lost >= 300000000 && late + lost >= 200000000);
  assert_int_equal (sum (profile, "cpu", "drain"), 0);

  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  prof_cpu_profiler_get_stats (profiler, &stats);
  assert_int_equal (stats.total_samples, sum (profile, "samples", NULL));
  assert_true (stats.n_threads >= 4);
  assert_true (stats.unique_functions > 2 && stats.unique_locations > 2);
  assert_true (stats.truncated_stacks * 100 <= stats.total_samples);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static void
test_a_profile_can_be_made_while_running (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 999;
  ProfCpuProfiler *profiler = make_started (&config);
  ProfProfile *early, *late;
  burn_ms (150);
  assert_int_equal (prof_cpu_profiler_generate_profile (profiler, &early, NULL), 0);
  burn_ms (150);
  late = stop_and_generate (profiler);
  int64_t early_ns = sum (early, "cpu", "burn_ms"), late_ns = sum (late, "cpu", "burn_ms");
  assert_true (early_ns > 0 && late_ns > early_ns);
  prof_profile_unref (early);
  prof_profile_unref (late);
  prof_cpu_profiler_free (profiler);
}

static ProfProfile *
burn_and_take (ProfCpuProfiler *profiler, unsigned ms)
{
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  burn_ms (ms);
  if (prof_cpu_profiler_take_profile (profiler, &profile, &error) < 0)
    fail_msg ("%s", error.message);
  return profile;
}

static void
test_each_sample_is_taken_once (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 999;
  ProfCpuProfiler *profiler = make_started (&config);
  int64_t n_samples = 0, end_ns = 0;
  for (int i = 0; i < 4; i++) {
    ProfProfile *profile = burn_and_take (profiler, 80);
    assert_true (sum (profile, "cpu", "burn_ms") > 0);
    n_samples += sum (profile, "samples", NULL);
    int64_t duration_ns = prof_profile_get_duration_ns (profile);
    assert_true (duration_ns >= 80000000);
    if (i > 1) /* the first one begins with the start, and lasts from the first sample on */
      assert_true (llabs (prof_profile_get_time_ns (profile) - end_ns) < 40000000);
    end_ns = prof_profile_get_time_ns (profile) + duration_ns;
    prof_profile_unref (profile);
  }
  assert_int_equal (prof_cpu_profiler_stop (profiler, NULL), 0);
  ProfProfile *last = burn_and_take (profiler, 0), *none = burn_and_take (profiler, 0);
  n_samples += sum (last, "samples", NULL);
  assert_int_equal (sum (none, "samples", NULL), 0);
  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  prof_cpu_profiler_get_stats (profiler, &stats);
  assert_int_equal (stats.total_samples, n_samples);
  prof_profile_unref (last);
  prof_profile_unref (none);
  prof_cpu_profiler_free (profiler);
}

static void
test_labels_can_be_switched_off (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 999;
  config.include_thread_names = config.collect_thread_ids = config.collect_timestamps = false;
  ProfCpuProfiler *profiler = make_started (&config);
  burn_ms (50);
  ProfProfile *profile = stop_and_generate (profiler);
  size_t n;
  prof_profile_get_labels (profile, &n);
  assert_int_equal (n, 0);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static void
test_totals_are_unbiased_under_a_strategy (void **state)
{
  (void)state;
  ProfSampling *sampling;
  assert_int_equal (prof_sampling_new_probabilistic (0.25, 1, &sampling), 0);
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 1999;
  config.sampling = sampling;
  ProfCpuProfiler *profiler = make_started (&config);
  burn_ms (1000);
  ProfProfile *profile = stop_and_generate (profiler);
  ProfSamplingStats stats = PROF_SAMPLING_STATS_INIT;
  prof_sampling_get_stats (sampling, &stats);
  prof_sampling_unref (sampling);
  assert_true (stats.taken < stats.seen / 2);
  assert_int_equal (sum (profile, "samples", NULL), stats.taken);
  /* About 500 samples of 2000, the standard deviation of whose sum is sqrt (3 / n) of it. */
  double all_ns = 1e9 / 1999 * (double)stats.seen, sum_ns = (double)sum (profile, "cpu", NULL);
  assert_true (stats.seen > 100);
  assert_true (fabs (sum_ns - all_ns) < 5 * sqrt (3.0 / (double)stats.seen) * all_ns);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static int
wait_for_stop (ProfCpuProfiler *profiler)
{
  struct pollfd pollfd = { .fd = prof_cpu_profiler_get_fd (profiler), .events = POLLIN };
  int events = 0;
  while (events >= 0 && (events & PROF_EVENT_STOPPED) == 0) {
    assert_int_equal (poll (&pollfd, 1, 300000), 1);
    events = prof_cpu_profiler_process_events (profiler, NULL);
  }
  return events;
}

static void
test_a_command_is_recorded_from_its_first_instruction_to_its_exit (void **state)
{
  (void)state;
  const char *command[]
      = { "sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 3", NULL };
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_COMMAND;
  config.command = command;
  config.sampling_rate = 999;
  ProfCpuProfiler *profiler = make_started (&config);
  assert_true (wait_for_stop (profiler) > 0);
  int status;
  assert_int_equal (prof_cpu_profiler_wait_command (profiler, true, NULL), 0);
  assert_int_equal (prof_cpu_profiler_wait_command (profiler, true, &status), 0);
  assert_true (WIFEXITED (status));
  assert_int_equal (WEXITSTATUS (status), 3);
  ProfProfile *profile = stop_and_generate (profiler);
  assert_true (sum (profile, "samples", NULL) > 20);

  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_command, 3);
  assert_string_equal (session->command[0], "sh");
  assert_int_equal (session->n_samples, sum (profile, "samples", NULL));
  prof_session_free (session);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static void
test_a_duration_ends_the_recording (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.duration_ns = 50000000;
  ProfCpuProfiler *profiler = make_started (&config);
  assert_true (wait_for_stop (profiler) > 0);
  assert_false (prof_cpu_profiler_is_running (profiler));
  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  prof_cpu_profiler_get_stats (profiler, &stats);
  assert_true (stats.duration_ns >= 50000000);
  prof_cpu_profiler_free (profiler);
}

static void
test_a_delay_is_waited_out (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 999;
  config.delay_ns = 3600ull * 1000000000u;
  ProfCpuProfiler *profiler = make_started (&config);
  burn_ms (100);
  ProfProfile *profile = stop_and_generate (profiler);
  assert_int_equal (sum (profile, "samples", NULL), 0);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

/* A process that uses CPU time once its gate is closed. */
static pid_t
fork_burner (unsigned ms, int *ret_gate)
{
  int gate[2];
  assert_int_equal (pipe (gate), 0);
  pid_t pid = fork ();
  if (pid == 0) {
    char byte;
    close (gate[1]);
    if (read (gate[0], &byte, 1) == 0)
      burn_ms (ms);
    _exit (0);
  }
  close (gate[0]);
  *ret_gate = gate[1];
  return pid;
}

static void
test_another_process_is_recorded_until_it_exits (void **state)
{
  (void)state;
  int gate;
  pid_t pid = fork_burner (200, &gate);
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_PIDS;
  config.pids = &pid;
  config.n_pids = 1;
  config.sampling_rate = 999;
  ProfCpuProfiler *profiler = make_started (&config);
  close (gate);
  assert_true (wait_for_stop (profiler) > 0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  ProfProfile *profile = stop_and_generate (profiler);
  assert_in_range (sum (profile, "cpu", "burn_ms"), 20000000, 250000000);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static void
test_of_several_processes_some_may_end_before_the_start (void **state)
{
  (void)state;
  int gates[2];
  pid_t pids[] = { fork_burner (0, &gates[0]), fork_burner (200, &gates[1]) };
  ProfError error = PROF_ERROR_INIT;
  ProfCpuProfiler *profiler;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_PIDS;
  config.pids = pids;
  config.n_pids = 2;
  config.sampling_rate = 999;
  assert_int_equal (prof_cpu_profiler_new (&config, &profiler, &error), 0);
  assert_int_equal (kill (pids[0], SIGKILL), 0);
  assert_int_equal (waitpid (pids[0], NULL, 0), pids[0]);
  if (prof_cpu_profiler_start (profiler, &error) < 0)
    fail_msg ("%s", error.message);
  close (gates[0]);
  close (gates[1]);
  assert_true (wait_for_stop (profiler) > 0);
  assert_int_equal (waitpid (pids[1], NULL, 0), pids[1]);
  ProfProfile *profile = stop_and_generate (profiler);
  assert_true (sum (profile, "cpu", "burn_ms") > 0);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static void
test_a_process_that_ends_before_the_start_is_an_error (void **state)
{
  (void)state;
  int gate;
  pid_t pid = fork_burner (0, &gate);
  ProfError error = PROF_ERROR_INIT;
  ProfCpuProfiler *profiler;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_PIDS;
  config.pids = &pid;
  config.n_pids = 1;
  assert_int_equal (prof_cpu_profiler_new (&config, &profiler, &error), 0);
  assert_int_equal (kill (pid, SIGKILL), 0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  assert_int_equal (prof_cpu_profiler_start (profiler, &error), -ESRCH);
  assert_int_equal (error.code, -ESRCH);
  prof_cpu_profiler_free (profiler);
  close (gate);
}

static void
test_the_longest_times_do_not_wrap_around (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 999;
  config.duration_ns = UINT64_MAX;
  ProfCpuProfiler *profiler = make_started (&config);
  burn_ms (100);
  assert_true (prof_cpu_profiler_is_running (profiler));
  prof_cpu_profiler_free (profiler);

  config.duration_ns = 0;
  config.delay_ns = UINT64_MAX;
  profiler = make_started (&config);
  burn_ms (100);
  ProfProfile *profile = stop_and_generate (profiler);
  assert_int_equal (sum (profile, "samples", NULL), 0);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
}

static void
expect_refusal (ProfCpuConfig *config, int expected, const char *word)
{
  ProfError error = PROF_ERROR_INIT;
  ProfCpuProfiler *profiler;
  assert_int_equal (prof_cpu_profiler_new (config, &profiler, &error), expected);
  assert_int_equal (error.code, expected);
  if (strstr (error.message, word) == NULL)
    fail_msg ("'%s' does not mention '%s'", error.message, word);
}

static void
test_what_can_not_be_recorded_is_refused_in_a_sentence (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_COMMAND;
  const char *command[] = { "no-such-command-anywhere", NULL };
  config.command = command;
  expect_refusal (&config, -ENOENT, "no-such-command-anywhere");

  config = (ProfCpuConfig)PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_PIDS;
  expect_refusal (&config, -EINVAL, "pids");
  pid_t pid = 4194304; /* pid_max is at most that, exclusive */
  config.pids = &pid;
  config.n_pids = 1;
  expect_refusal (&config, -ESRCH, "4194304");

  config = (ProfCpuConfig)PROF_CPU_CONFIG_INIT;
  const char *events[] = { "cycels", NULL };
  config.events = events;
  expect_refusal (&config, -ENOENT, "cycles");

  config = (ProfCpuConfig)PROF_CPU_CONFIG_INIT;
  config.sampling_rate = 0;
  expect_refusal (&config, -EINVAL, "sampling_rate");
  config.size = 0;
  expect_refusal (&config, -EINVAL, "PROF_CPU_CONFIG_INIT");
}

static void
test_a_command_that_was_never_started_is_gone_after_free (void **state)
{
  (void)state;
  const char *command[] = { "sleep", "1000", NULL };
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_COMMAND;
  config.command = command;
  ProfCpuProfiler *profiler;
  assert_int_equal (prof_cpu_profiler_new (&config, &profiler, NULL), 0);
  pid_t pid = prof_cpu_profiler_get_command_pid (profiler);
  assert_int_equal (kill (pid, 0), 0);
  prof_cpu_profiler_free (profiler);
  assert_int_equal (kill (pid, 0), -1);
  assert_int_equal (errno, ESRCH);
}

/* The end of a duration, a stop and a snapshot at the same moment: none may wait for ever. */
static void
test_ends_and_requests_meet (void **state)
{
  (void)state;
  for (unsigned i = 0; i < 60; i++) {
    ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
    config.duration_ns = 1000000 + i * 50000;
    ProfCpuProfiler *profiler = make_started (&config);
    ProfProfile *profile = NULL;
    burn_ms (i % 5);
    if (i % 2 == 0)
      assert_int_equal (prof_cpu_profiler_stop (profiler, NULL), 0);
    assert_int_equal (prof_cpu_profiler_generate_profile (profiler, &profile, NULL), 0);
    prof_profile_unref (profile);
    prof_cpu_profiler_free (profiler);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_a_forked_child_can_do_no_harm),
    cmocka_unit_test (test_this_process_with_threads_born_after_start),
    cmocka_unit_test (test_a_profile_can_be_made_while_running),
    cmocka_unit_test (test_each_sample_is_taken_once),
    cmocka_unit_test (test_labels_can_be_switched_off),
    cmocka_unit_test (test_totals_are_unbiased_under_a_strategy),
    cmocka_unit_test (test_a_command_is_recorded_from_its_first_instruction_to_its_exit),
    cmocka_unit_test (test_a_duration_ends_the_recording),
    cmocka_unit_test (test_a_delay_is_waited_out),
    cmocka_unit_test (test_another_process_is_recorded_until_it_exits),
    cmocka_unit_test (test_of_several_processes_some_may_end_before_the_start),
    cmocka_unit_test (test_a_process_that_ends_before_the_start_is_an_error),
    cmocka_unit_test (test_the_longest_times_do_not_wrap_around),
    cmocka_unit_test (test_what_can_not_be_recorded_is_refused_in_a_sentence),
    cmocka_unit_test (test_a_command_that_was_never_started_is_gone_after_free),
    cmocka_unit_test (test_ends_and_requests_meet),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
