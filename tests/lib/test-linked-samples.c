/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/prof.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests.h"

/* Threads that are in a red span while they are in burn_red, and in a blue one in burn_blue: the
 * samples must say so. */

enum { N_THREADS = 4, N_ROUNDS = 60, RED = 1, BLUE = 2 };

static _Thread_local volatile uint64_t sink;

static uint64_t
thread_cpu_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Marked by what they multiply with, so that the compiler keeps both. */
static __attribute__ ((noinline)) void
burn_red (uint64_t ns)
{
  for (uint64_t end_ns = thread_cpu_ns () + ns; thread_cpu_ns () < end_ns;)
    for (unsigned i = 0; i < 1000; i++)
      sink = sink * 6364136223846793005u + i;
}

static __attribute__ ((noinline)) void
burn_blue (uint64_t ns)
{
  for (uint64_t end_ns = thread_cpu_ns () + ns; thread_cpu_ns () < end_ns;)
    for (unsigned i = 0; i < 1000; i++)
      sink = sink * 3935559000370003845u + i;
}

static ProfTraceLink
make_link (unsigned thread, unsigned color)
{
  return (ProfTraceLink){ .trace_id = { [15] = (uint8_t)(thread + 1) },
                          .span_id = { [7] = (uint8_t)color } };
}

static void *
run (void *data)
{
  unsigned thread = *(unsigned *)data;
  ProfTraceLink red = make_link (thread, RED), blue = make_link (thread, BLUE);
  for (unsigned i = 0; i < N_ROUNDS; i++) {
    prof_trace_set_current (&red);
    burn_red (50000 + i * 30000);
    prof_trace_set_current (&blue);
    burn_blue (50000 + i * 20000);
    prof_trace_set_current (NULL);
  }
  return NULL;
}

/* ---- looking at profiles ---- */

static const char *
get_label (const ProfProfile *profile, const ProfSample *sample, const char *key)
{
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (profile, &n) + sample->first_label;
  for (uint32_t i = 0; i < sample->n_labels; i++)
    if (strcmp (prof_profile_get_string (profile, labels[i].key), key) == 0)
      return prof_profile_get_string (profile, labels[i].string);
  return NULL;
}

static bool
has_frame (const ProfProfile *profile, const ProfSample *sample, const char *name)
{
  size_t n;
  const uint32_t *stack = prof_profile_get_stacks (profile, &n) + sample->first_location;
  const ProfLocation *locations = prof_profile_get_locations (profile, &n);
  const ProfLine *lines = prof_profile_get_lines (profile, &n);
  const ProfFunction *functions = prof_profile_get_functions (profile, &n);
  for (uint32_t i = 0; i < sample->n_locations; i++)
    for (uint32_t j = 0; j < locations[stack[i]].n_lines; j++) {
      uint32_t function = lines[locations[stack[i]].first_line + j].function;
      if (strcmp (prof_profile_get_string (profile, functions[function].name), name) == 0)
        return true;
    }
  return false;
}

typedef struct {
  unsigned n_linked[N_THREADS], n_unlinked;
  unsigned n_missed; /* unlinked, but of a thread that was in a span */
} Counts;

/* Samples with a frame of that name: linked ones have that color. */
static Counts
count (const ProfProfile *profile, const char *function, unsigned color)
{
  size_t n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n);
  Counts counts = { .n_unlinked = 0 };
  char expected[17];
  snprintf (expected, sizeof expected, "%016x", color);
  for (size_t i = 0; i < n; i++) {
    if (!has_frame (profile, &samples[i], function))
      continue;
    const char *trace = get_label (profile, &samples[i], "trace_id");
    const char *span = get_label (profile, &samples[i], "span_id");
    if (trace == NULL) {
      counts.n_unlinked++;
      counts.n_missed += has_frame (profile, &samples[i], "run");
      continue;
    }
    assert_int_equal (strlen (trace), 32);
    assert_string_equal (span, expected);
    unsigned long thread = strtoul (trace, NULL, 16);
    assert_in_range (thread, 1, N_THREADS);
    counts.n_linked[thread - 1]++;
  }
  return counts;
}

static ProfCpuProfiler *
start (ProfCpuConfig *config)
{
  ProfCpuProfiler *profiler = NULL;
  ProfError error = PROF_ERROR_INIT;
  config->sampling_rate = 1000;
  if (prof_cpu_profiler_new (config, &profiler, &error) < 0
      || prof_cpu_profiler_start (profiler, &error) < 0)
    fail_msg ("%s", error.message);
  return profiler;
}

static ProfProfile *
stop (ProfCpuProfiler *profiler)
{
  ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_cpu_profiler_stop (profiler, &error) < 0
      || prof_cpu_profiler_generate_profile (profiler, &profile, &error) < 0)
    fail_msg ("%s", error.message);
  prof_cpu_profiler_free (profiler);
  return profile;
}

/* ---- tests ---- */

static void
test_samples_have_the_span_of_their_time (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  ProfCpuProfiler *profiler = start (&config);
  pthread_t threads[N_THREADS];
  unsigned numbers[N_THREADS];
  for (unsigned i = 0; i < N_THREADS; i++) {
    numbers[i] = i;
    assert_int_equal (pthread_create (&threads[i], NULL, run, &numbers[i]), 0);
  }
  for (unsigned i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  burn_red (20000000); /* in no span */
  ProfProfile *profile = stop (profiler);
  Counts red = count (profile, "burn_red", RED), blue = count (profile, "burn_blue", BLUE);
  for (unsigned i = 0; i < N_THREADS; i++) {
    assert_true (red.n_linked[i] > 0);
    assert_true (blue.n_linked[i] > 0);
  }
  assert_int_equal (red.n_missed + blue.n_missed, 0);
  assert_true (red.n_unlinked > 0);
  prof_profile_unref (profile);
}

/* The span was set before the recording, and is never set again. */
static void
test_a_span_of_before (void **state)
{
  (void)state;
  ProfTraceLink link = make_link (0, BLUE);
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  prof_trace_set_current (&link);
  ProfCpuProfiler *profiler = start (&config);
  burn_blue (20000000);
  ProfProfile *profile = stop (profiler);
  prof_trace_set_current (NULL);
  Counts counts = count (profile, "burn_blue", BLUE);
  assert_true (counts.n_linked[0] > 0);
  assert_int_equal (counts.n_unlinked, 0);
  prof_profile_unref (profile);
}

/* All that a command runs belongs to the span that it was started in. */
static void
test_a_command_with_a_traceparent (void **state)
{
  (void)state;
  static const char *const command[]
      = { "sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sh -c :", NULL };
  static const char *const environment[]
      = { "TRACEPARENT=00-00000000000000000000000000000001-0000000000000002-01", NULL };
  for (int has_parent = 0; has_parent < 2; has_parent++) {
    ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
    config.target = PROF_TARGET_COMMAND;
    config.command = command;
    config.environment = has_parent ? environment : NULL;
    ProfCpuProfiler *profiler = start (&config);
    int status;
    assert_int_equal (prof_cpu_profiler_wait_command (profiler, true, &status), 0);
    ProfProfile *profile = stop (profiler);
    size_t n;
    const ProfSample *samples = prof_profile_get_samples (profile, &n);
    assert_true (n > 0);
    for (size_t i = 0; i < n; i++) {
      const char *span = get_label (profile, &samples[i], "span_id");
      assert_int_equal (span != NULL, has_parent);
      if (has_parent)
        assert_string_equal (span, "0000000000000002");
    }
    prof_profile_unref (profile);
  }
}

/* ---- who the program is ---- */

static void
assert_resource (const ProfProfile *profile)
{
  ProfSession *session;
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_true (session->n_resource >= 1); /* first what it says itself */
  assert_string_equal (session->resource[0].key, "service.name");
  assert_string_equal (session->resource[0].value, "shop");
  prof_session_free (session);
}

static const ProfOtlpAttribute attribute = { .key = "service.name", .value = "shop" };

static void
test_the_resource_of_this_process (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  ProfCpuProfiler *profiler = start (&config);
  assert_int_equal (prof_process_context_publish (&attribute, 1, NULL), 0);
  ProfProfile *profile = stop (profiler);
  prof_process_context_clear ();
  assert_resource (profile);
  prof_profile_unref (profile);
}

static _Noreturn void
run_service (int ready_fd)
{
  if (prof_process_context_publish (&attribute, 1, NULL) < 0 || write (ready_fd, "", 1) != 1)
    _exit (1);
  for (;;)
    pause ();
}

static void
test_the_resource_of_another_process (void **state)
{
  (void)state;
  int fds[2];
  char byte;
  assert_int_equal (pipe (fds), 0);
  pid_t child = fork ();
  if (child == 0)
    run_service (fds[1]);
  assert_int_equal (read (fds[0], &byte, 1), 1);
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_PIDS;
  config.pids = &child;
  config.n_pids = 1;
  ProfProfile *profile = stop (start (&config));
  kill (child, SIGKILL);
  assert_int_equal (waitpid (child, NULL, 0), child);
  close (fds[0]);
  close (fds[1]);
  assert_resource (profile);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_samples_have_the_span_of_their_time),
    cmocka_unit_test (test_a_span_of_before),
    cmocka_unit_test (test_a_command_with_a_traceparent),
    cmocka_unit_test (test_the_resource_of_this_process),
    cmocka_unit_test (test_the_resource_of_another_process),
  };
  unsetenv ("TRACEPARENT");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
