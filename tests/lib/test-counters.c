/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/counters.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests.h"

static const ProfSessionSeries *
find_series (const ProfSessionSeries *series, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp (series[i].name, name) == 0)
      return &series[i];
  return NULL;
}

static void
test_series_have_times_and_values (void **state)
{
  (void)state;
  ProfCounters counters;
  prof_counters_init (&counters, 1000);
  pid_t pids[] = { getpid () };
  const size_t n_bytes = 32u << 20;
  assert_int_equal (prof_counters_add_row (&counters, 1000, pids, 1), 0);
  char *bytes = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (bytes, MAP_FAILED);
  memset (bytes, 1, n_bytes);
  assert_int_equal (prof_counters_add_row (&counters, 2000, pids, 1), 0);
  munmap (bytes, n_bytes);

  cleanup (prof_free) ProfSessionSeries *series = NULL;
  size_t n;
  assert_int_equal (prof_counters_get_series (&counters, 500, &series, &n), 0);
  const ProfSessionSeries *rss = find_series (series, n, "process.memory.rss");
  assert_non_null (rss);
  assert_int_equal (rss->n, 2);
  assert_int_equal (rss->times_ns[0], 1500);
  assert_int_equal (rss->times_ns[1], 2500);
  assert_string_equal (rss->unit, "bytes");
  assert_true (rss->values[1] - rss->values[0] >= (int64_t)n_bytes * 9 / 10);
  const ProfSessionSeries *total = find_series (series, n, "system.memory.total");
  const ProfSessionSeries *used = find_series (series, n, "system.memory.used");
  assert_true (total->values[0] > 0 && used->values[0] > 0);
  assert_true (used->values[0] < total->values[0]);
  assert_true (find_series (series, n, "process.faults.minor")->values[1] > 0);
  prof_counters_finish (&counters);
}

static void
test_system_alone_has_no_process_series (void **state)
{
  (void)state;
  ProfCounters counters;
  prof_counters_init (&counters, 1000);
  assert_int_equal (prof_counters_add_row (&counters, 1000, NULL, 0), 0);
  cleanup (prof_free) ProfSessionSeries *series = NULL;
  size_t n;
  assert_int_equal (prof_counters_get_series (&counters, 0, &series, &n), 0);
  assert_null (find_series (series, n, "process.memory.rss"));
  assert_non_null (find_series (series, n, "system.memory.available"));
  prof_counters_finish (&counters);
}

static void
test_no_row_is_no_series (void **state)
{
  (void)state;
  ProfCounters counters;
  prof_counters_init (&counters, 1000);
  cleanup (prof_free) ProfSessionSeries *series = NULL;
  size_t n;
  assert_int_equal (prof_counters_get_series (&counters, 0, &series, &n), 0);
  assert_int_equal (n, 0);
  prof_counters_finish (&counters);
}

/* What a process had counted stays in the sums when it is gone; its memory does not. */
static void
test_process_that_ended_stays_counted (void **state)
{
  (void)state;
  ProfCounters counters;
  prof_counters_init (&counters, 1000);
  int fds[2], ready[2];
  char byte = 1;
  assert_int_equal (pipe (fds) | pipe (ready), 0);
  pid_t child = fork ();
  if (child == 0) {
    close (fds[1]);
    byte++; /* a page of its own */
    _exit (write (ready[1], &byte, 1) == 1 && read (fds[0], &byte, 1) == 0 ? 0 : 1);
  }
  close (fds[0]);
  assert_int_equal (read (ready[0], &byte, 1), 1);
  close (ready[0]);
  close (ready[1]);
  pid_t both[] = { getpid (), child };
  assert_int_equal (prof_counters_add_row (&counters, 1, both, 2), 0);
  close (fds[1]);
  assert_int_equal (waitpid (child, NULL, 0), child);
  assert_int_equal (prof_counters_add_row (&counters, 2, both, 1), 0);
  const ProfCounterRow *rows = counters.rows.items;
  assert_true (rows[1].values[PROF_COUNTER_MINOR_FAULTS]
               >= rows[0].values[PROF_COUNTER_MINOR_FAULTS]);
  assert_true (counters.minor_faults > 0);
  assert_true (rows[1].values[PROF_COUNTER_RSS] < rows[0].values[PROF_COUNTER_RSS]);
  prof_counters_finish (&counters);
}

static void
test_rows_are_thinned_out_and_interval_grows (void **state)
{
  (void)state;
  ProfCounters counters;
  prof_counters_init (&counters, 1000);
  uint64_t first_interval_ns = counters.interval_ns, now_ns = 0;
  for (int i = 0; i < 4097; i++) {
    assert_int_equal (prof_counters_add_row (&counters, now_ns, NULL, 0), 0);
    assert_false (prof_counters_are_due (&counters, now_ns + counters.interval_ns - 1));
    assert_true (prof_counters_are_due (&counters, now_ns + counters.interval_ns));
    now_ns += counters.interval_ns;
  }
  assert_int_equal (counters.rows.n, 2049);
  assert_int_equal (counters.interval_ns, 2 * first_interval_ns);
  assert_int_equal (counters.rows.items[1].time_ns, 2 * first_interval_ns);
  assert_int_equal (counters.rows.items[2048].time_ns, 4096 * first_interval_ns);
  prof_counters_finish (&counters);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_series_have_times_and_values),
    cmocka_unit_test (test_system_alone_has_no_process_series),
    cmocka_unit_test (test_no_row_is_no_series),
    cmocka_unit_test (test_process_that_ended_stays_counted),
    cmocka_unit_test (test_rows_are_thinned_out_and_interval_grows),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
