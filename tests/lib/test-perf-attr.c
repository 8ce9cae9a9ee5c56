/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-attr.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/generic-event.h"
#include "tests.h"

static void
assert_resolves (const char *name, uint32_t type, uint64_t config, const char *canonical)
{
  ProfPerfEvent event;
  ProfError error = PROF_ERROR_INIT;
  if (prof_perf_event_resolve (name, &event, &error) < 0)
    fail_msg ("%s: %s", name, error.message);
  assert_int_equal (event.attr.size, sizeof event.attr);
  assert_int_equal (event.attr.type, type);
  assert_int_equal (event.attr.config, config);
  assert_string_equal (event.name, canonical);
  prof_perf_event_finish (&event);
}

static void
assert_fails (const char *name, int code, const char *part)
{
  ProfPerfEvent event;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_perf_event_resolve (name, &event, &error);
  if (r != code || error.code != code)
    fail_msg ("%s: %d instead of %d: %s", name, r, code, error.message);
  if (strstr (error.message, part) == NULL)
    fail_msg ("\"%s\" is not in \"%s\"", part, error.message);
}

static void
test_generic_names (void **state)
{
  (void)state;
  assert_resolves ("cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "cycles");
  assert_resolves ("CPU-Cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "cycles");
  assert_resolves ("branch-instructions", PERF_TYPE_HARDWARE, 4, "branches");
  assert_resolves ("cs", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, "context-switches");
  assert_resolves ("alignment-faults", PERF_TYPE_SOFTWARE, 7, "alignment-faults");
  assert_resolves ("LLC-load-misses", PERF_TYPE_HW_CACHE, 0x10002, "LLC-load-misses");
  assert_resolves ("dTLB-store-misses", PERF_TYPE_HW_CACHE, 0x10103, "dTLB-store-misses");
}

static void
test_names_of_libpfm_are_the_same_events (void **state)
{
  (void)state;
  assert_resolves ("perf::PERF_COUNT_SW_CPU_CLOCK", PERF_TYPE_SOFTWARE, 0, "cpu-clock");
  assert_resolves ("PERF_COUNT_HW_INSTRUCTIONS:u", PERF_TYPE_HARDWARE, 1, "instructions:u");
  assert_resolves ("perf::PERF_COUNT_HW_CACHE_L1D:READ:MISS", PERF_TYPE_HW_CACHE, 0x10000,
                   "L1-dcache-load-misses");
}

/* libpfm knows most of the kernel's events, too: the table is held against it. */
static void
test_table_of_generic_events_agrees_with_libpfm (void **state)
{
  (void)state;
  size_t n, n_compared = 0;
  const ProfGenericEvent *events = prof_generic_events (&n);
  for (size_t i = 0; i < n; i++) {
    char name[64];
    ProfPerfEvent event;
    snprintf (name, sizeof name, "perf::%s", events[i].name);
    if (prof_perf_event_resolve (name, &event, NULL) < 0)
      continue;
    assert_int_equal (event.attr.type, events[i].type);
    assert_int_equal (event.attr.config, events[i].config);
    prof_perf_event_finish (&event);
    n_compared++;
  }
  assert_int_equal (n, 52);
  assert_true (n_compared >= 50); /* all but alignment-faults and emulation-faults */
}

static void
test_clocks_count_nanoseconds (void **state)
{
  (void)state;
  ProfPerfEvent event;
  assert_int_equal (prof_perf_event_resolve ("task-clock:u", &event, NULL), 0);
  assert_true (event.is_clock);
  assert_string_equal (event.value_type, "cpu");
  assert_string_equal (event.value_unit, "nanoseconds");
  prof_perf_event_finish (&event);
  assert_int_equal (prof_perf_event_resolve ("page-faults:u", &event, NULL), 0);
  assert_false (event.is_clock);
  assert_string_equal (event.value_type, "page-faults:u");
  assert_string_equal (event.value_unit, "count");
  prof_perf_event_finish (&event);
}

static void
assert_places (const char *name, bool user, bool kernel, bool hypervisor)
{
  ProfPerfEvent event;
  assert_int_equal (prof_perf_event_resolve (name, &event, NULL), 0);
  assert_int_equal (!event.attr.exclude_user, user);
  assert_int_equal (!event.attr.exclude_kernel, kernel);
  assert_int_equal (!event.attr.exclude_hv, hypervisor);
  prof_perf_event_finish (&event);
}

static void
test_places_to_count_in (void **state)
{
  (void)state;
  assert_places ("cycles", true, true, true);
  assert_places ("cycles:u", true, false, false);
  assert_places ("cycles:k", false, true, false);
  assert_places ("cycles:h", false, false, true);
  assert_places ("cycles:uk", true, true, false);
  assert_places ("cycles:u:h", true, false, true);
  assert_places ("cpu-clock:u", true, false, false);
  assert_places ("perf::cycles", true, true, true);
  assert_places ("perf::cycles:u", true, false, false);
  assert_places ("r1a8:k", false, true, false);
}

static void
test_period_frequency_and_precision (void **state)
{
  (void)state;
  ProfPerfEvent event;
  assert_int_equal (prof_perf_event_resolve ("cycles:pp:period=100003", &event, NULL), 0);
  assert_int_equal (event.attr.precise_ip, 2);
  assert_int_equal (event.attr.sample_period, 100003);
  assert_false (event.attr.freq);
  assert_string_equal (event.name, "cycles");
  prof_perf_event_finish (&event);
  assert_int_equal (prof_perf_event_resolve ("perf::cycles:freq=99:u", &event, NULL), 0);
  assert_true (event.attr.freq);
  assert_int_equal (event.attr.sample_freq, 99);
  prof_perf_event_finish (&event);
}

static void
test_raw_codes (void **state)
{
  (void)state;
  assert_resolves ("r1a8", PERF_TYPE_RAW, 0x1a8, "r1a8");
  assert_resolves ("rFFFFFFFFFFFFFFFF:u", PERF_TYPE_RAW, UINT64_MAX, "rFFFFFFFFFFFFFFFF:u");
  assert_fails ("r11111111111111111", -EINVAL, "at most 16 digits");
  assert_fails ("r", -ENOENT, "Unknown event r");
}

static void
test_wrong_modifiers (void **state)
{
  (void)state;
  const char *bad[] = { "cycles:x",         "cycles:",        "cycles:u:",      "cycles:pppp",
                        "cycles:period=0",  "cycles:period=", "cycles:freq=1x", "cycles:period=-1",
                        "perf::cycles:foo", "r1a8:z",         "perf::cs:cpu=0" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_fails (bad[i], -EINVAL, "unknown modifier");
}

static void
test_unknown_names_lead_to_the_nearest (void **state)
{
  (void)state;
  assert_fails ("cylces", -ENOENT, "did you mean cycles");
  assert_fails ("cylces:u", -ENOENT, "did you mean cycles");
  assert_fails ("brnch-misses", -ENOENT, "did you mean branch-misses");
  assert_fails ("dtlb-lod-misses", -ENOENT, "dTLB-load-misses");
  assert_fails ("qqqqqqqqqqqqqqqqqqqq", -ENOENT, "`prof events`");
  assert_fails ("nosuchpmu::CYCLES", -ENOENT, "`prof events`");
  assert_fails ("", -ENOENT, "1 to 128 characters");
  char long_name[200];
  memset (long_name, 'x', sizeof long_name);
  long_name[sizeof long_name - 1] = '\0';
  assert_fails (long_name, -ENOENT, "1 to 128 characters");
}

static void
test_punctuation_is_no_event (void **state)
{
  (void)state;
  const char *odd[] = { "::", ":", "cycles::u", "::cycles", ":::", "r:", "=", "perf::", "u:k:h" };
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    ProfPerfEvent event;
    ProfError error = PROF_ERROR_INIT;
    assert_true (prof_perf_event_resolve (odd[i], &event, &error) < 0);
    assert_string_not_equal (error.message, "");
  }
}

#ifdef __x86_64__
static void
test_events_of_a_processor (void **state)
{
  (void)state;
  ProfPerfEvent event;
  const char *name = "skl::MEM_LOAD_RETIRED:L3_MISS:u:period=100003:precise=2";
  assert_int_equal (prof_perf_event_resolve (name, &event, NULL), 0);
  assert_int_equal (event.attr.type, PERF_TYPE_RAW);
  assert_int_equal (event.attr.config, 0x20d1);
  assert_int_equal (event.attr.sample_period, 100003);
  assert_int_equal (event.attr.precise_ip, 2);
  assert_true (event.attr.exclude_kernel);
  assert_string_equal (event.value_type, name);
  prof_perf_event_finish (&event);
  assert_resolves ("skl::INST_RETIRED:c=2:i", PERF_TYPE_RAW, 0x28000c0, "skl::INST_RETIRED:c=2:i");
}

static void
test_wrong_unit_masks_lead_to_the_right_ones (void **state)
{
  (void)state;
  assert_fails ("skl::MEM_LOAD_RETIRED", -EINVAL, "needs a unit mask; its unit masks are L1_HIT, ");
  assert_fails ("skl::MEM_LOAD_RETIRED:L3_MIS", -EINVAL, "L3_MISS");
  assert_fails ("skl::offcore_response_0:foo", -EINVAL, " …");
  assert_fails ("skl::INST_RETIRD", -ENOENT, "did you mean INST_RETIRED");
}

/* LIBPFM_ENCODE_INACTIVE is read once, so a second process is needed without it. */
static void
test_event_of_another_processor (void **state)
{
  (void)state;
  char text[512] = "";
  FILE *child = popen ("env -u LIBPFM_ENCODE_INACTIVE /proc/$PPID/exe --resolve "
                       "amd64_k7::CPU_CLK_UNHALTED",
                       "r");
  assert_non_null (child);
  assert_non_null (fgets (text, sizeof text, child));
  assert_int_equal (pclose (child), 0);
  assert_string_equal (text, "Event amd64_k7::CPU_CLK_UNHALTED is of another processor: this "
                             "machine has no PMU amd64_k7\n");
}
#endif

/* A child with a mount namespace of its own, so that tracefs comes and goes unseen. */
static void
assert_in_namespace (void (*arrange) (void), const char *name, const char *wanted)
{
  int fds[2];
  char text[512];
  assert_int_equal (pipe (fds), 0);
  pid_t pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0) {
    ProfPerfEvent event;
    ProfError error = PROF_ERROR_INIT;
    if (unshare (CLONE_NEWNS) < 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
      _exit (77);
    arrange ();
    int r = prof_perf_event_resolve (name, &event, &error);
    dprintf (fds[1], "%d %s", r, r < 0 ? error.message : event.name);
    _exit (0);
  }
  close (fds[1]);
  ssize_t n = read (fds[0], text, sizeof text - 1);
  close (fds[0]);
  int status;
  assert_int_equal (waitpid (pid, &status, 0), pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77) {
    puts ("SKIP: making a mount namespace needs root");
    skip ();
  }
  assert_int_equal (status, 0);
  assert_true (n >= 0);
  text[n] = '\0';
  if (strstr (text, wanted) == NULL)
    fail_msg ("\"%s\" is not in \"%s\"", wanted, text);
}

static void
mount_tracefs (void)
{
  if (mount ("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL) < 0 && errno != EBUSY)
    _exit (77);
}

/* Where libpfm finds the tracepoints, too. */
static void
mount_debugfs_and_tracefs (void)
{
  if (mount ("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL) < 0 && errno != EBUSY)
    _exit (77);
  mount_tracefs ();
}

static void
mount_tracefs_for_root (void)
{
  mount_tracefs ();
  if (setresuid (65534, 65534, 65534) < 0)
    _exit (77);
}

/* Something else over the places where tracefs is. */
static void
hide_tracefs (void)
{
  if (mount ("none", "/sys/kernel/tracing", "tmpfs", 0, NULL) < 0
      || mount ("none", "/sys/kernel/debug", "tmpfs", 0, NULL) < 0)
    _exit (77);
}

static void
test_tracepoint_is_resolved (void **state)
{
  (void)state;
  assert_in_namespace (mount_tracefs, "sched:sched_switch:u", "0 sched:sched_switch:u");
  assert_in_namespace (mount_tracefs, "sched:sched_swich", "did you mean sched:sched_switch");
  assert_in_namespace (mount_tracefs, "sched:sched_switch:x", "unknown modifier");
  assert_in_namespace (mount_debugfs_and_tracefs, "sched:sched_switch:u", "0 sched:sched_switch:u");
  assert_in_namespace (mount_debugfs_and_tracefs, "sched:sched_swich", "did you mean sched:sched_");
  assert_in_namespace (mount_debugfs_and_tracefs, "sched", "Unknown event sched");
}

static void
test_tracepoint_without_tracefs (void **state)
{
  (void)state;
  assert_in_namespace (hide_tracefs, "sched:sched_switch",
                       "-13 Event sched:sched_switch looks like");
  assert_in_namespace (hide_tracefs, "sched:sched_switch", "sudo mount -t tracefs");
  assert_in_namespace (mount_tracefs_for_root, "sched:sched_switch",
                       "-13 Event sched:sched_switch");
  assert_in_namespace (mount_tracefs_for_root, "sched:sched_switch",
                       "Permission denied; try: sudo");
}

static void *
resolve_many (void *n_failed)
{
  for (int i = 0; i < 200; i++) {
    ProfPerfEvent event;
    if (prof_perf_event_resolve ("perf::cycles:u", &event, NULL) < 0)
      ++*(int *)n_failed;
    else
      prof_perf_event_finish (&event);
  }
  return NULL;
}

static void
test_any_thread_may_resolve (void **state)
{
  (void)state;
  pthread_t threads[4];
  int n_failed[4] = { 0 };
  for (int i = 0; i < 4; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, resolve_many, &n_failed[i]), 0);
  for (int i = 0; i < 4; i++) {
    pthread_join (threads[i], NULL);
    assert_int_equal (n_failed[i], 0);
  }
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    /* In this order: libpfm is initialized first in children, then by several threads. */
    cmocka_unit_test (test_tracepoint_is_resolved),
    cmocka_unit_test (test_tracepoint_without_tracefs),
    cmocka_unit_test (test_any_thread_may_resolve),
    cmocka_unit_test (test_generic_names),
    cmocka_unit_test (test_names_of_libpfm_are_the_same_events),
    cmocka_unit_test (test_table_of_generic_events_agrees_with_libpfm),
    cmocka_unit_test (test_clocks_count_nanoseconds),
    cmocka_unit_test (test_places_to_count_in),
    cmocka_unit_test (test_period_frequency_and_precision),
    cmocka_unit_test (test_raw_codes),
    cmocka_unit_test (test_wrong_modifiers),
    cmocka_unit_test (test_unknown_names_lead_to_the_nearest),
    cmocka_unit_test (test_punctuation_is_no_event),
#ifdef __x86_64__
    cmocka_unit_test (test_events_of_a_processor),
    cmocka_unit_test (test_wrong_unit_masks_lead_to_the_right_ones),
    cmocka_unit_test (test_event_of_another_processor),
#endif
  };
  if (argc == 3 && strcmp (argv[1], "--resolve") == 0) {
    ProfPerfEvent event;
    ProfError error = PROF_ERROR_INIT;
    puts (prof_perf_event_resolve (argv[2], &event, &error) < 0 ? error.message : event.name);
    return 0;
  }
  setenv ("LIBPFM_ENCODE_INACTIVE", "1", 1);
  return cmocka_run_group_tests (tests, NULL, NULL);
}
