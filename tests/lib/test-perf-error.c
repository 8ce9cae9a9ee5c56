/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-error.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "as-nobody.h"
#include "tests.h"

static const struct perf_event_attr user_cycles
    = { .type = PERF_TYPE_HARDWARE, .exclude_kernel = 1 };
static const struct perf_event_attr all_cycles = { .type = PERF_TYPE_HARDWARE };
static const struct perf_event_attr tracepoint = { .type = PERF_TYPE_TRACEPOINT };
static const struct perf_event_attr software = { .type = PERF_TYPE_SOFTWARE };

static ProfPerfOpening
make_opening (const struct perf_event_attr *attr, int paranoid)
{
  return (ProfPerfOpening){ .event = "cycles",
                            .attr = attr,
                            .target = "process 1234",
                            .rights
                            = { .paranoid = paranoid, .max_files = 1024, .max_files_hard = 4096 } };
}

static void
assert_explained (int errno_value,
                  const ProfPerfOpening *opening,
                  const char *reason,
                  const char *remedy)
{
  ProfPerfFailure failure;
  prof_perf_failure_explain (&failure, errno_value, opening);
  if (strstr (failure.reason, reason) == NULL)
    fail_msg ("\"%s\" is not in the reason \"%s\"", reason, failure.reason);
  if (remedy[0] == '\0')
    assert_string_equal (failure.remedy, "");
  if (strstr (failure.remedy, remedy) == NULL)
    fail_msg ("\"%s\" is not in the remedy \"%s\"", remedy, failure.remedy);
}

static void
test_sentence_has_event_target_reason_and_remedy (void **state)
{
  (void)state;
  ProfError error = PROF_ERROR_INIT;
  ProfPerfOpening opening = make_opening (&all_cycles, 2);
  assert_int_equal (prof_perf_open_error (&error, EACCES, &opening), -EACCES);
  assert_int_equal (error.code, -EACCES);
  assert_string_equal (error.message,
                       "Can't count cycles in process 1234: counting in the kernel needs "
                       "CAP_PERFMON, or "
                       "kernel.perf_event_paranoid at 1 or less (it is 2); try: sudo sysctl "
                       "kernel.perf_event_paranoid=1, or " PROF_SET_CAPABILITIES);
  opening.target = "";
  prof_perf_open_error (&error, ESRCH, &opening);
  assert_string_equal (error.message, "Can't count cycles: it is gone");
}

static void
test_paranoid_level_is_named_with_the_level_that_would_do (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&user_cycles, 4);
  assert_explained (EACCES, &opening, "any counting needs", "perf_event_paranoid=2");
  opening = make_opening (&all_cycles, 2);
  assert_explained (EACCES, &opening, "(it is 2)", "perf_event_paranoid=1,");
  opening = make_opening (&user_cycles, 1);
  opening.is_system_wide = true;
  assert_explained (EACCES, &opening, "the whole system needs", "perf_event_paranoid=0");
  opening = make_opening (&tracepoint, 0);
  assert_explained (EPERM, &opening, "a tracepoint needs", "perf_event_paranoid=-1");
}

static void
test_other_users_process_needs_a_capability (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&user_cycles, 2);
  assert_explained (EACCES, &opening, "belongs to another user", "cap_perfmon");
  opening = make_opening (&all_cycles, 1);
  assert_explained (EACCES, &opening, "belongs to another user", "run as root");
}

static void
test_capability_of_a_container_is_not_offered (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&all_cycles, 2);
  opening.rights.is_in_user_namespace = true;
  ProfPerfFailure failure;
  prof_perf_failure_explain (&failure, EACCES, &opening);
  assert_string_equal (failure.remedy, "on the host: sudo sysctl kernel.perf_event_paranoid=1");
  opening = make_opening (&user_cycles, 2);
  opening.rights.is_in_user_namespace = true;
  assert_explained (EACCES, &opening, "another user", "outside the container");
}

static void
test_seccomp_is_told_from_paranoid (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&user_cycles, 2);
  opening.rights.is_seccomp_filtered = true;
  assert_explained (EPERM, &opening, "seccomp", "--cap-add=PERFMON");
  assert_explained (EACCES, &opening, "another user", "cap_perfmon");
}

static void
test_refusal_of_the_capable_is_a_security_module (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&all_cycles, 2);
  opening.rights.capabilities = 1ull << CAP_PERFMON;
  assert_explained (EACCES, &opening, "security module", "");
  opening.rights.capabilities = 1ull << CAP_SYS_ADMIN;
  assert_explained (EPERM, &opening, "security module", "");
  opening.rights.is_seccomp_filtered = true;
  assert_explained (EPERM, &opening, "seccomp", "container");
}

static void
test_missing_counters_lead_to_cpu_clock (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&user_cycles, 2);
  assert_explained (ENOENT, &opening, "no such hardware counter", "cpu-clock");
  assert_explained (EOPNOTSUPP, &opening, "precisely", "cpu-clock");
  opening = make_opening (&software, 2);
  assert_explained (ENOENT, &opening, "this kernel", "");
}

static void
test_other_errors_have_their_remedies (void **state)
{
  (void)state;
  ProfPerfOpening opening = make_opening (&user_cycles, 2);
  assert_explained (EMFILE, &opening, "1024 files", "ulimit -n 4096");
  opening.rights.max_files_hard = 1024;
  assert_explained (EMFILE, &opening, "1024 files", "prlimit --nofile=4096:4096 --pid $$");
  assert_explained (ENFILE, &opening, "whole system", "fs.file-max");
  assert_explained (EBUSY, &opening, "another program", "nmi_watchdog");
  assert_explained (EINVAL, &opening, "refuses", "modifiers");
  assert_explained (ENOSYS, &opening, "without perf events", "sandbox");
  assert_explained (ENOMEM, &opening, "Cannot allocate memory", "");
  assert_explained (4095, &opening, "unknown error 4095", "");
}

static void
test_refused_ring_names_both_limits (void **state)
{
  (void)state;
  ProfError error = PROF_ERROR_INIT;
  ProfPerfRights rights = { .ring_bytes = 516 << 10, .memlock_bytes = 8192 << 10 };
  assert_int_equal (prof_perf_map_error (&error, EPERM, 1 << 20, &rights), -EPERM);
  assert_non_null (strstr (error.message, "a ring of 1024 KiB"));
  assert_non_null (strstr (error.message, "516 KiB for each CPU"));
  assert_non_null (strstr (error.message, "8192 KiB for this process"));
  assert_non_null (strstr (error.message, "perf_event_mlock_kb=1028"));
  assert_int_equal (prof_perf_map_error (&error, ENOMEM, 1 << 20, &rights), -ENOMEM);
  assert_non_null (strstr (error.message, "Cannot allocate memory"));
}

static void
test_proc_texts (void **state)
{
  (void)state;
  assert_true (prof_perf_rights_parse_seccomp ("Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t1\n"));
  assert_false (prof_perf_rights_parse_seccomp ("Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n"));
  assert_false (prof_perf_rights_parse_seccomp ("Name:\tSeccomp: 2\n"));
  assert_false (prof_perf_rights_parse_seccomp (""));
  assert_true (prof_perf_rights_parse_uid_map ("         0          0 4294967295\n"));
  assert_false (prof_perf_rights_parse_uid_map ("         0     100000      65536\n"));
  assert_false (prof_perf_rights_parse_uid_map ("0 0"));
  assert_false (prof_perf_rights_parse_uid_map (""));
}

/* What the kernel says to a user without rights, and what is made of it. */
static void
open_kernel_cycles (FILE *out)
{
  struct perf_event_attr attr
      = { .size = sizeof attr, .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK };
  int fd = (int)syscall (SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  int errno_value = fd < 0 ? errno : 0;
  ProfPerfOpening opening = { .event = "cpu-clock", .attr = &attr, .target = "" };
  prof_perf_rights_read (&opening.rights);
  ProfPerfFailure failure = { 0 };
  if (errno_value != 0)
    prof_perf_failure_explain (&failure, errno_value, &opening);
  fprintf (out, "%d %d %d %s", opening.rights.paranoid,
           prof_perf_rights_has_perfmon (&opening.rights), errno_value, failure.reason);
}

static void
test_kernel_agrees_about_nobody (void **state)
{
  (void)state;
  char text[512];
  int paranoid, has_perfmon, errno_value, n = 0;
  assert_true (run_as_nobody (open_kernel_cycles, text, sizeof text));
  assert_int_equal (sscanf (text, "%d %d %d %n", &paranoid, &has_perfmon, &errno_value, &n), 3);
  assert_false (has_perfmon);
  if (paranoid == PROF_PARANOID_UNKNOWN || errno_value == EPERM || errno_value == ENOSYS) {
    puts ("SKIP: perf_event_open is not allowed here at all");
    skip ();
  }
  if (paranoid <= 1)
    assert_int_equal (errno_value, 0);
  else {
    assert_int_equal (errno_value, EACCES);
    assert_non_null (strstr (text + n, "needs CAP_PERFMON"));
  }
}

/* As containers do: perf_event_open returns EPERM. */
static void
open_behind_filter (FILE *out)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
      || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
    return;
  open_kernel_cycles (out);
}

static void
test_filter_of_a_container_is_recognized (void **state)
{
  (void)state;
  char text[512];
  assert_true (run_as_nobody (open_behind_filter, text, sizeof text));
  if (text[0] == '\0') {
    puts ("SKIP: this kernel has no seccomp filters");
    skip ();
  }
  if (strstr (text, " 1 a seccomp filter") == NULL) /* 1: EPERM */
    fail_msg ("%s", text);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_sentence_has_event_target_reason_and_remedy),
    cmocka_unit_test (test_paranoid_level_is_named_with_the_level_that_would_do),
    cmocka_unit_test (test_other_users_process_needs_a_capability),
    cmocka_unit_test (test_capability_of_a_container_is_not_offered),
    cmocka_unit_test (test_seccomp_is_told_from_paranoid),
    cmocka_unit_test (test_refusal_of_the_capable_is_a_security_module),
    cmocka_unit_test (test_missing_counters_lead_to_cpu_clock),
    cmocka_unit_test (test_other_errors_have_their_remedies),
    cmocka_unit_test (test_refused_ring_names_both_limits),
    cmocka_unit_test (test_proc_texts),
    cmocka_unit_test (test_kernel_agrees_about_nobody),
    cmocka_unit_test (test_filter_of_a_container_is_recognized),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
