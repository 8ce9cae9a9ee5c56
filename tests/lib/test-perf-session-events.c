/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <string.h>

#include "as-nobody.h"
#include "capture/perf-rights.h"
#include "capture/perf-session-private.h"
#include "tests.h"

static int
make_session (const char *event, ProfPerfSession **ret, ProfError *reterr)
{
  const char *const events[] = { event, NULL };
  ProfPerfSessionConfig config = { .events = events, .frequency_hz = 999, .inherit = true };
  return prof_perf_session_new (&config, ret, reterr);
}

static void
test_name_goes_before_the_rate_of_the_session (void **state)
{
  (void)state;
  ProfPerfSession *session;
  struct perf_event_attr attr;
  assert_int_equal (make_session ("page-faults:u:period=7", &session, NULL), 0);
  prof_session_fill_attr (session, 0, &attr);
  assert_int_equal (attr.sample_period, 7);
  assert_false (attr.freq);
  assert_true (attr.exclude_kernel);
  prof_perf_session_free (session);
  assert_int_equal (make_session ("page-faults:u:freq=50", &session, NULL), 0);
  prof_session_fill_attr (session, 0, &attr);
  assert_true (attr.freq);
  assert_int_equal (attr.sample_freq, 50);
  prof_perf_session_free (session);
  assert_int_equal (make_session ("page-faults:u", &session, NULL), 0);
  prof_session_fill_attr (session, 0, &attr);
  assert_true (attr.freq);
  assert_int_equal (attr.sample_freq, 999);
  prof_perf_session_free (session);
}

static void
try_both (FILE *out)
{
  static const char *const names[] = { "cpu-clock", "context-switches" };
  for (int i = 0; i < 2; i++) {
    ProfPerfSession *session;
    ProfError error = PROF_ERROR_INIT;
    int r = make_session (names[i], &session, &error);
    fprintf (out, "%s: %d %s\n", names[i], r, error.message);
    if (r == 0)
      prof_perf_session_free (session);
  }
}

/* Without the kernel, cpu-clock still has user space; context switches have nothing. */
static void
test_what_only_the_kernel_does_is_refused_to_nobody (void **state)
{
  (void)state;
  char text[1024];
  ProfPerfRights rights;
  prof_perf_rights_read (&rights);
  if (rights.paranoid != 2 || rights.is_seccomp_filtered) {
    puts ("SKIP: needs kernel.perf_event_paranoid=2, and no system call filter");
    skip ();
  }
  assert_true (run_as_nobody (try_both, text, sizeof text));
  assert_non_null (strstr (text, "cpu-clock: 0 \n"));
  assert_non_null (strstr (text, "context-switches: -13 "));
  assert_non_null (strstr (text, "counting in the kernel needs CAP_PERFMON"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_name_goes_before_the_rate_of_the_session),
    cmocka_unit_test (test_what_only_the_kernel_does_is_refused_to_nobody),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
