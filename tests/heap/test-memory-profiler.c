/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* test-memory-profiler HOOK DIRECTORY: records the programs of that directory. */
#include <prof/prof.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blocks.h"
#include "tests.h"

static const char *hook, *directory;

enum { MAX_WORDS = 3 };

/* A command line of a program here. */
typedef struct {
  char path[4096];
  const char *words[MAX_WORDS + 1];
} Command;

static ProfMemoryConfig
make_config (Command *command, const char *program, const char *first, const char *second)
{
  ProfMemoryConfig config = PROF_MEMORY_CONFIG_INIT;
  snprintf (command->path, sizeof command->path, "%s/%s", directory, program);
  command->words[0] = command->path;
  command->words[1] = first;
  command->words[2] = second;
  command->words[3] = NULL;
  config.target = PROF_MEMORY_COMMAND;
  config.command = command->words;
  config.hook_library = hook;
  config.sampling_rate = 1;
  config.min_sample_size = 0;
  config.ring_bytes = 256u << 20; /* nothing may be lost on a busy machine */
  return config;
}

static ProfMemoryProfiler *
start (const ProfMemoryConfig *config)
{
  ProfMemoryProfiler *profiler;
  ProfError error = PROF_ERROR_INIT;
  if (prof_memory_profiler_new (config, &profiler, &error) < 0
      || prof_memory_profiler_start (profiler, &error) < 0)
    fail_msg ("%s", error.message);
  return profiler;
}

static ProfProfile *
generate (ProfMemoryProfiler *profiler)
{
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  if (prof_memory_profiler_generate_profile (profiler, &profile, &error) < 0)
    fail_msg ("%s", error.message);
  return profile;
}

/* Waits until the recording has ended by itself. */
static void
wait_for_end (ProfMemoryProfiler *profiler)
{
  struct pollfd events = { .fd = prof_memory_profiler_get_fd (profiler), .events = POLLIN };
  ProfError error = PROF_ERROR_INIT;
  int flags = 0;
  while ((flags & PROF_EVENT_STOPPED) == 0) {
    poll (&events, 1, -1);
    flags = prof_memory_profiler_process_events (profiler, &error);
    if (flags < 0)
      fail_msg ("%s", error.message);
  }
}

/* ---- looking at profiles ---- */

static int64_t
get_number (const ProfProfile *profile, const ProfSample *sample, const char *key)
{
  size_t n;
  const ProfLabel *labels = prof_profile_get_labels (profile, &n) + sample->first_label;
  for (uint32_t i = 0; i < sample->n_labels; i++)
    if (strcmp (prof_profile_get_string (profile, labels[i].key), key) == 0)
      return labels[i].number;
  return -1;
}

/* The sum over blocks of a size; 0: all. */
static int64_t
get_sum (const ProfProfile *profile, const char *type, int64_t size)
{
  size_t n_samples, n_types, n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const int64_t *values = prof_profile_get_values (profile, &n);
  int column = prof_profile_find_value_type (profile, type);
  int64_t sum = 0;
  assert_true (column >= 0);
  prof_profile_get_value_types (profile, &n_types);
  for (size_t i = 0; i < n_samples; i++)
    if (size == 0 || get_number (profile, &samples[i], "bytes") == size)
      sum += values[i * n_types + (size_t)column];
  return sum;
}

static void
expect_blocks (const ProfProfile *profile, int64_t size, int64_t n_allocated, int64_t n_live)
{
  assert_int_equal (get_sum (profile, "alloc_objects", size), n_allocated);
  assert_int_equal (get_sum (profile, "alloc_space", size), n_allocated * size);
  assert_int_equal (get_sum (profile, "inuse_objects", size), n_live);
  assert_int_equal (get_sum (profile, "inuse_space", size), n_live * size);
}

/* Runs a program to its end, and gives its profile. */
static ProfProfile *
record (const char *program, const char *first, const char *second, ProfMemoryStats *ret_stats)
{
  Command command;
  ProfMemoryConfig config = make_config (&command, program, first, second);
  ProfMemoryProfiler *profiler = start (&config);
  int status;
  wait_for_end (profiler);
  assert_false (prof_memory_profiler_is_running (profiler));
  assert_int_equal (prof_memory_profiler_stop (profiler, NULL), 0);
  ProfProfile *profile = generate (profiler);
  assert_int_equal (prof_memory_profiler_wait_command (profiler, true, &status), 0);
  assert_int_equal (status, 0);
  prof_memory_profiler_get_stats (profiler, ret_stats);
  assert_int_equal (ret_stats->dropped_samples, 0);
  prof_memory_profiler_free (profiler);
  return profile;
}

/* ---- commands ---- */

static void
test_processes_have_their_own_heaps (void **state)
{
  (void)state;
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  ProfProfile *profile = record ("processes", "fork", NULL, &stats);
  expect_blocks (profile, MAIN_SIZE, 1, 0);
  expect_blocks (profile, CHILD_SIZE, 7, 4);
  assert_int_equal (stats.n_processes, 2);
  assert_int_equal (stats.truncated_stacks, 0);
  assert_true (stats.total_samples >= 8);
  assert_int_equal (stats.total_allocations, stats.total_samples);
  assert_int_equal (stats.total_allocated_bytes, get_sum (profile, "alloc_space", 0));
  assert_int_equal (stats.current_allocated_bytes, 0); /* it goes with its processes */
  assert_in_range (stats.peak_allocated_bytes, CHILD_SIZE, stats.total_allocated_bytes);
  prof_profile_unref (profile);
}

static void
test_programs_that_are_execed_are_followed (void **state)
{
  (void)state;
  static const char *const ways[] = { "exec", "exec-without-descriptors", "spawn", "vfork" };
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
    ProfProfile *profile = record ("processes", ways[i], NULL, &stats);
    expect_blocks (profile, MAIN_SIZE, 4, 2);
    expect_blocks (profile, CHILD_SIZE, 7, 4);
    assert_int_equal (stats.n_processes, 2);
    prof_profile_unref (profile);
  }
}

static void
test_threads (void **state)
{
  (void)state;
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  ProfProfile *profile = record ("pattern", "churn", "5000", &stats);
  int64_t n = 0;
  for (int64_t size = 16; size < 256; size++) {
    n += get_sum (profile, "alloc_objects", size);
    if (size != 100)
      assert_int_equal (get_sum (profile, "inuse_objects", size), 0);
  }
  assert_true (n >= 10000);
  assert_int_equal (stats.n_threads, 2);
  prof_profile_unref (profile);
}

static void
test_many_short_processes (void **state)
{
  (void)state;
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  ProfProfile *profile = record ("processes", "threaded-fork", NULL, &stats);
  expect_blocks (profile, MAIN_SIZE, 20, 0);
  expect_blocks (profile, CHILD_SIZE, 140, 80);
  assert_int_equal (get_sum (profile, "inuse_objects", OTHER_SIZE), 0);
  assert_int_equal (stats.n_processes, 21);
  prof_profile_unref (profile);
}

static void
test_profile_says_what_it_is (void **state)
{
  (void)state;
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  ProfProfile *profile = record ("processes", "plain", NULL, &stats);
  ProfValueType type = prof_profile_get_period_type (profile);
  ProfSession *session;
  assert_string_equal (prof_profile_get_string (profile, type.type), "space");
  assert_string_equal (prof_profile_get_string (profile, type.unit), "bytes");
  assert_int_equal (prof_profile_get_period (profile), 1);
  assert_int_equal (prof_profile_get_session (profile, 0, &session, NULL), 0);
  assert_int_equal (session->n_command, 2);
  assert_string_equal (session->command[1], "plain");
  assert_int_equal (session->n_lost, 0);
  assert_true (session->n_series > 0);
  prof_session_free (session);
  prof_profile_unref (profile);
}

/* A writer that is faster than the reader does not hold it. */
static void
test_stop_of_a_busy_command (void **state)
{
  (void)state;
  Command command;
  ProfMemoryConfig config = make_config (&command, "pattern", "pairs", "1000000000000");
  ProfMemoryStats stats = PROF_MEMORY_STATS_INIT;
  config.ring_bytes = 1 << 20;
  ProfMemoryProfiler *profiler = start (&config);
  while (stats.total_samples < 100000)
    prof_memory_profiler_get_stats (profiler, &stats);
  ProfProfile *profile = generate (profiler);
  assert_true (get_sum (profile, "alloc_objects", 64) > 0);
  prof_profile_unref (profile);
  assert_int_equal (prof_memory_profiler_stop (profiler, NULL), 0);
  int status;
  assert_int_equal (prof_memory_profiler_wait_command (profiler, false, &status), -EAGAIN);
  assert_int_equal (kill (prof_memory_profiler_get_command_pid (profiler), SIGKILL), 0);
  assert_int_equal (prof_memory_profiler_wait_command (profiler, true, &status), 0);
  assert_int_equal (WTERMSIG (status), SIGKILL);
  prof_memory_profiler_free (profiler);
}

static void
test_duration_ends_the_recording_not_the_command (void **state)
{
  (void)state;
  Command command;
  ProfMemoryConfig config = make_config (&command, "pattern", "pairs", "1000000000000");
  config.duration_ns = 20000000;
  ProfMemoryProfiler *profiler = start (&config);
  int status;
  wait_for_end (profiler);
  assert_int_equal (prof_memory_profiler_wait_command (profiler, false, &status), -EAGAIN);
  kill (prof_memory_profiler_get_command_pid (profiler), SIGKILL);
  prof_memory_profiler_wait_command (profiler, true, &status);
  prof_memory_profiler_free (profiler);
}

static void
test_command_that_is_never_started_is_killed (void **state)
{
  (void)state;
  Command command;
  ProfMemoryConfig config = make_config (&command, "steps", NULL, NULL);
  ProfMemoryProfiler *profiler;
  assert_int_equal (prof_memory_profiler_new (&config, &profiler, NULL), 0);
  pid_t pid = prof_memory_profiler_get_command_pid (profiler);
  assert_int_equal (kill (pid, 0), 0);
  prof_memory_profiler_free (profiler);
  assert_int_equal (kill (pid, 0), -1);
}

/* ---- what others start ---- */

typedef struct {
  pid_t pid;
  int input, output;
} Steps;

static Steps
start_steps (const char *const *environment)
{
  char path[4096];
  int in[2], out[2];
  assert_int_equal (pipe (in) | pipe (out), 0);
  pid_t pid = fork ();
  if (pid == 0) {
    dup2 (in[0], 0);
    dup2 (out[1], 1);
    close (in[1]);
    close (out[0]);
    snprintf (path, sizeof path, "%s/steps", directory);
    for (size_t i = 0; environment[i] != NULL; i++)
      putenv ((char *)environment[i]);
    execl (path, path, NULL);
    _exit (1);
  }
  close (in[0]);
  close (out[1]);
  return (Steps){ pid, in[1], out[0] };
}

static void
do_step (const Steps *steps, char step)
{
  char answer;
  assert_int_equal (write (steps->input, &step, 1), 1);
  assert_int_equal (read (steps->output, &answer, 1), 1);
  assert_int_equal (answer, step);
}

static void
end_steps (const Steps *steps)
{
  int status;
  close (steps->input);
  assert_int_equal (waitpid (steps->pid, &status, 0), steps->pid);
  assert_int_equal (WEXITSTATUS (status), 7);
  close (steps->output);
}

static ProfMemoryProfiler *
start_for_children (void)
{
  Command unused;
  ProfMemoryConfig config = make_config (&unused, "", NULL, NULL);
  config.target = PROF_MEMORY_CHILDREN;
  config.command = NULL;
  return start (&config);
}

static void
test_recording_of_others_has_a_begin_and_an_end (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start_for_children ();
  Steps steps = start_steps (prof_memory_profiler_get_child_environ (profiler));
  do_step (&steps, 'm');
  do_step (&steps, 'f');
  assert_int_equal (prof_memory_profiler_stop (profiler, NULL), 0);
  do_step (&steps, 'o');
  do_step (&steps, 'f');
  end_steps (&steps);
  ProfProfile *profile = generate (profiler);
  expect_blocks (profile, MAIN_SIZE, 15, 10);
  expect_blocks (profile, CHILD_SIZE, 15, 10);
  expect_blocks (profile, OTHER_SIZE, 0, 0);
  prof_profile_unref (profile);
  prof_memory_profiler_free (profiler);
}

/* What is in the ring is in the profile, however soon it is asked for. */
static void
test_profile_of_now (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start_for_children ();
  Steps steps = start_steps (prof_memory_profiler_get_child_environ (profiler));
  for (int i = 1; i <= 20; i++) {
    do_step (&steps, 'm');
    ProfProfile *profile = generate (profiler);
    expect_blocks (profile, MAIN_SIZE, 15 * i, 10 * i);
    prof_profile_unref (profile);
  }
  end_steps (&steps);
  prof_memory_profiler_free (profiler);
}

/* The memory that is shared goes with the recorder, and programs live on. */
static void
test_programs_outlive_the_profiler (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start_for_children ();
  Steps steps = start_steps (prof_memory_profiler_get_child_environ (profiler));
  do_step (&steps, 'm');
  prof_memory_profiler_free (profiler);
  do_step (&steps, 'm');
  do_step (&steps, 'f');
  end_steps (&steps);
}

static bool
has_note (ProfMemoryProfiler *profiler, const char *words)
{
  for (const char *const *note = prof_memory_profiler_get_notes (profiler); *note != NULL; note++)
    if (strstr (*note, words) != NULL)
      return true;
  return false;
}

static void
test_notes_say_what_is_missing (void **state)
{
  (void)state;
  ProfMemoryProfiler *profiler = start_for_children ();
  prof_memory_profiler_stop (profiler, NULL);
  assert_true (has_note (profiler, "no process was recorded"));
  prof_memory_profiler_free (profiler);

  Command command;
  ProfMemoryConfig config = make_config (&command, "own-malloc", NULL, NULL);
  profiler = start (&config);
  wait_for_end (profiler);
  prof_memory_profiler_stop (profiler, NULL);
  assert_true (has_note (profiler, "an allocator of its own"));
  prof_memory_profiler_free (profiler);

  config = make_config (&command, "processes", "crowd", "50");
  config.ring_bytes = 1 << 20;
  profiler = start (&config);
  wait_for_end (profiler);
  prof_memory_profiler_stop (profiler, NULL);
  assert_true (has_note (profiler, "only 32 can be at a time"));
  prof_memory_profiler_free (profiler);
}

/* ---- errors ---- */

static void
expect_error (const ProfMemoryConfig *config, int code, const char *words)
{
  ProfError error = PROF_ERROR_INIT;
  ProfMemoryProfiler *profiler;
  assert_int_equal (prof_memory_profiler_new (config, &profiler, &error), code);
  if (strstr (error.message, words) == NULL)
    fail_msg ("%s", error.message);
}

static void
test_what_can_not_be_recorded (void **state)
{
  (void)state;
  Command command;
  ProfMemoryConfig config = make_config (&command, "processes-static", NULL, NULL);
  expect_error (&config, -ENOEXEC, "statically");
  config = make_config (&command, "no-such-program", NULL, NULL);
  expect_error (&config, -ENOENT, "no-such-program");
  config = make_config (&command, "steps", NULL, NULL);
  config.hook_library = "/nonexistent/libprof-heap.so";
  expect_error (&config, -ENOENT, "/nonexistent/libprof-heap.so");
}

static void
test_faults_are_named (void **state)
{
  (void)state;
  Command command;
  const ProfMemoryConfig good = make_config (&command, "steps", NULL, NULL);
  ProfMemoryConfig config = good;
  config.size = 0;
  expect_error (&config, -EINVAL, "size");
  config = good;
  config.sampling_rate = 0;
  expect_error (&config, -EINVAL, "sampling_rate");
  config = good;
  config.command = NULL;
  expect_error (&config, -EINVAL, "command");
  config = good;
  config.max_stack_depth = 0;
  expect_error (&config, -EINVAL, "max_stack_depth");
  config = good;
  config.ring_bytes = 100000;
  expect_error (&config, -EINVAL, "ring_bytes");
  config = good;
  config.stack_bytes = 1001;
  expect_error (&config, -EINVAL, "stack_bytes");
  config = good;
  config.max_samples = 0;
  expect_error (&config, -EINVAL, "max_samples");
}

static void
test_a_profiler_is_started_once (void **state)
{
  (void)state;
  ProfProfile *profile;
  Command unused;
  ProfMemoryConfig config = make_config (&unused, "", NULL, NULL);
  ProfMemoryProfiler *profiler;
  config.target = PROF_MEMORY_CHILDREN;
  assert_int_equal (prof_memory_profiler_new (&config, &profiler, NULL), 0);
  assert_int_equal (prof_memory_profiler_stop (profiler, NULL), -EINVAL);
  assert_int_equal (prof_memory_profiler_generate_profile (profiler, &profile, NULL), -EINVAL);
  assert_int_equal (prof_memory_profiler_start (profiler, NULL), 0);
  assert_true (prof_memory_profiler_is_running (profiler));
  assert_int_equal (prof_memory_profiler_start (profiler, NULL), -EALREADY);
  prof_memory_profiler_free (profiler);
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_processes_have_their_own_heaps),
    cmocka_unit_test (test_programs_that_are_execed_are_followed),
    cmocka_unit_test (test_threads),
    cmocka_unit_test (test_many_short_processes),
    cmocka_unit_test (test_profile_says_what_it_is),
    cmocka_unit_test (test_stop_of_a_busy_command),
    cmocka_unit_test (test_duration_ends_the_recording_not_the_command),
    cmocka_unit_test (test_command_that_is_never_started_is_killed),
    cmocka_unit_test (test_recording_of_others_has_a_begin_and_an_end),
    cmocka_unit_test (test_profile_of_now),
    cmocka_unit_test (test_programs_outlive_the_profiler),
    cmocka_unit_test (test_notes_say_what_is_missing),
    cmocka_unit_test (test_what_can_not_be_recorded),
    cmocka_unit_test (test_faults_are_named),
    cmocka_unit_test (test_a_profiler_is_started_once),
  };
  if (argc != 3)
    return 2;
  hook = argv[1];
  directory = argv[2];
  return cmocka_run_group_tests (tests, NULL, NULL);
}
