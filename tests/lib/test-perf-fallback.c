/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "capture/perf-rights.h"
#include "recorded.h"

static const char *const cpu_clock[] = { "cpu-clock", NULL };

static const ProfPerfSessionConfig plain
    = { .events = cpu_clock, .frequency_hz = 1000, .inherit = true };

static void
test_cycles_fall_back_to_the_clock (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.events = NULL;
  ProfPerfSession *session = session_of (&config);
  size_t n;
  const ProfPerfSessionEvent *events = prof_perf_session_get_events (session, &n);
  const char *note = prof_perf_session_get_notes (session)[0];
  assert_int_equal (n, 1);
  assert_string_equal (events[0].requested, "cycles");
  if (events[0].event.is_clock)
    assert_string_equal (note, "\"cycles\" can't be counted here (no hardware counters); recording "
                               "\"cpu-clock\" instead");
  else
    assert_null (note);
  prof_perf_session_free (session);
}

static void
test_a_frequency_over_the_limit_is_lowered (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.frequency_hz = UINT64_MAX;
  ProfPerfSession *session = session_of (&config);
  const char *note = prof_perf_session_get_notes (session)[0];
  assert_non_null (note);
  assert_non_null (strstr (note, "kernel.perf_event_max_sample_rate"));
  prof_perf_session_free (session);
}

static void
test_too_many_files (void **state)
{
  (void)state;
  ProfPerfSessionConfig config = plain;
  config.events = (const char *const[]){ "cpu-clock", "task-clock", "page-faults", NULL };
  ProfPerfSession *session = session_of (&config);
  ProfError error = PROF_ERROR_INIT;
  struct rlimit before, few;
  assert_int_equal (getrlimit (RLIMIT_NOFILE, &before), 0);
  int first_free = dup (0);
  close (first_free);
  few = (struct rlimit){ (rlim_t)first_free + 2, before.rlim_max };
  assert_int_equal (setrlimit (RLIMIT_NOFILE, &few), 0);
  int r = prof_perf_session_add_thread (session, gettid (), false, &error);
  assert_int_equal (setrlimit (RLIMIT_NOFILE, &before), 0);
  assert_int_equal (r, -EMFILE);
  assert_non_null (strstr (error.message, "ulimit -n"));

  /* Nothing stayed open, and it works once there is room. */
  int still_free = dup (0);
  close (still_free);
  assert_int_equal (still_free, first_free);
  assert_int_equal (prof_perf_session_add_thread (session, gettid (), false, &error), 0);
  prof_perf_session_free (session);
}

/* What becomes of the test when it has no rights; a line of text for each thing that is wrong. */
static void
check_without_rights (FILE *complaints)
{
  ProfPerfSessionConfig config = plain;
  config.stack_bytes = 32768;
  config.regs_mask = TEST_REGS_MASK;
  ProfPerfSession *session, *second;
  ProfError error = PROF_ERROR_INIT;
  size_t n;
  if (prof_perf_session_new (&config, &session, &error) < 0
      || prof_perf_session_add_thread (session, gettid (), false, &error) < 0) {
    fprintf (complaints, "%s\n", error.message);
    return;
  }
  if (!prof_perf_session_get_events (session, &n)[0].excludes_kernel)
    fputs ("the kernel is not excluded\n", complaints);
  const char *const *notes = prof_perf_session_get_notes (session);
  if (notes[0] == NULL || strstr (notes[0], "kernel code is not recorded") == NULL)
    fputs ("no note about the kernel\n", complaints);
  const ProfPerfRing *rings = prof_perf_session_get_rings (session, &n);
  if (rings[0].data_bytes > 512 << 10)
    fputs ("the rings are not smaller\n", complaints);
  if (notes[1] == NULL || strstr (notes[1], "the buffer of samples is") == NULL)
    fputs ("no note about the rings\n", complaints);

  Recorded recorded = { .n = 0 };
  prof_perf_session_enable (session);
  burn_ms (50);
  prof_perf_session_disable (session);
  recorded_read (&recorded, session);
  if (recorded_thread_ns (&recorded, (uint32_t)gettid ()) == 0)
    fputs ("no samples\n", complaints);
  for (size_t i = 0; i < recorded.n; i++)
    if (recorded.rows[i].in_kernel)
      fputs ("a sample in the kernel\n", complaints);

  /* The first has all that may be locked, so that the second gets less, or nothing in the end. */
  config.ring_bytes = rings[0].data_bytes;
  if (prof_perf_session_new (&config, &second, &error) < 0)
    fprintf (complaints, "%s\n", error.message);
  else if (prof_perf_session_add_thread (second, gettid (), false, &error) == 0)
    rings = prof_perf_session_get_rings (second, &n);
  else if (strstr (error.message, "kernel.perf_event_mlock_kb") == NULL)
    fprintf (complaints, "%s\n", error.message);
  if (rings[0].data_bytes < 512 << 10 && prof_perf_session_get_stack_bytes (second) != 8192)
    fputs ("the stack is not smaller\n", complaints);
  prof_perf_session_free (second);
  prof_perf_session_free (session);
  free (recorded.rows);
}

static void
drop_rights (void)
{
  struct rlimit nothing = { 0, 0 };
  assert_int_equal (setrlimit (RLIMIT_MEMLOCK, &nothing), 0);
  if (geteuid () == 0) {
    assert_int_equal (setgroups (0, NULL), 0);
    assert_int_equal (setresgid (65534, 65534, 65534), 0);
    assert_int_equal (setresuid (65534, 65534, 65534), 0);
  }
}

static void
test_a_user_without_rights (void **state)
{
  (void)state;
  ProfPerfRights rights;
  prof_perf_rights_read (&rights);
  if (rights.paranoid != 2) {
    print_message ("skipped: kernel.perf_event_paranoid is not 2\n");
    skip ();
  }
  int pipe_fds[2];
  char complaint[1024] = "";
  assert_int_equal (pipe (pipe_fds), 0);
  pid_t pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0) {
    FILE *complaints = fdopen (pipe_fds[1], "w");
    drop_rights ();
    check_without_rights (complaints);
    fclose (complaints);
    _exit (0);
  }
  close (pipe_fds[1]);
  ssize_t n = read (pipe_fds[0], complaint, sizeof complaint - 1);
  int status;
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_int_equal (status, 0);
  assert_int_equal (n, 0);
  assert_string_equal (complaint, "");
  close (pipe_fds[0]);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_cycles_fall_back_to_the_clock),
    cmocka_unit_test (test_a_frequency_over_the_limit_is_lowered),
    cmocka_unit_test (test_too_many_files),
    cmocka_unit_test (test_a_user_without_rights),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
