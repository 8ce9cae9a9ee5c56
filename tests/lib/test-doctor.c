/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/doctor.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <linux/capability.h>

#include "as-nobody.h"
#include "capture/perf-error.h"
#include "engine/doctor-checks.h"
#include "tests.h"

/* A machine on which everything works. */
static const ProfDoctorFacts healthy = {
  .rights = { .paranoid = 1,
              .ring_bytes = 516 << 10,
              .memlock_bytes = 8 << 20,
              .max_files = 65536,
              .max_files_hard = 65536 },
  .n_cpus = 2,
  .other_pid = 77,
  .other_uid = 1000,
  .ring_bytes = PROF_DOCTOR_WANTED_RING,
  .has_kernel_addresses = true,
  .sibling_pid = 78,
};

static ProfDoctorAnswer
ask (const char *id, const ProfDoctorFacts *facts)
{
  size_t n;
  ProfDoctorAnswer answer = { .detail = "" };
  const ProfDoctorQuestion *questions = prof_doctor_questions (&n);
  for (size_t i = 0; i < n; i++)
    if (strcmp (questions[i].id, id) == 0) {
      questions[i].decide (facts, &answer);
      return answer;
    }
  fail_msg ("there is no check %s", id);
  return answer;
}

static void
assert_answer (const char *id,
               const ProfDoctorFacts *facts,
               ProfCheckStatus status,
               const char *detail,
               const char *remedy)
{
  ProfDoctorAnswer answer = ask (id, facts);
  if (answer.status != status || strstr (answer.detail, detail) == NULL)
    fail_msg ("%s: %d: %s", id, answer.status, answer.detail);
  if (remedy[0] == '\0')
    assert_string_equal (answer.remedy, "");
  else if (strstr (answer.remedy, remedy) == NULL)
    fail_msg ("%s: \"%s\" is not in the remedy \"%s\"", id, remedy, answer.remedy);
}

static void
test_healthy_machine (void **state)
{
  (void)state;
  size_t n;
  const ProfDoctorQuestion *questions = prof_doctor_questions (&n);
  assert_int_equal (n, 13);
  for (size_t i = 0; i < n; i++)
    assert_answer (questions[i].id, &healthy, PROF_CHECK_OK, "", "");
}

static void
test_strict_debian (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.rights.paranoid = 3;
  facts.own_user = facts.own_kernel = facts.system_wide = facts.hardware = -EACCES;
  assert_answer ("own-process", &facts, PROF_CHECK_MISSING, "any counting needs CAP_PERFMON",
                 "sudo sysctl kernel.perf_event_paranoid=2, or sudo setcap");
  assert_answer ("kernel-stacks", &facts, PROF_CHECK_MISSING, "(it is 3)", "paranoid=2");
  assert_answer ("hardware-counters", &facts, PROF_CHECK_MISSING, "(it is 3)", "paranoid=2");
}

static void
test_kernel_at_level_two (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.rights.paranoid = 2;
  facts.own_kernel = facts.system_wide = -EACCES;
  facts.helper.helper = -ENOENT;
  facts.has_kernel_addresses = false;
  assert_answer ("own-process", &facts, PROF_CHECK_OK, "", "");
  assert_answer ("kernel-stacks", &facts, PROF_CHECK_MISSING, "(it is 2)",
                 "sudo sysctl kernel.perf_event_paranoid=1, or " PROF_SET_CAPABILITIES);
  assert_answer ("system-wide", &facts, PROF_CHECK_MISSING, "the whole system needs",
                 "kernel.perf_event_paranoid=0");
  assert_answer ("kernel-symbols", &facts, PROF_CHECK_MISSING, "kernel.kptr_restrict is 0",
                 "sudo sysctl kernel.perf_event_paranoid=1, or " PROF_SET_CAPABILITIES);
  facts.kptr_restrict = 2;
  assert_answer ("kernel-symbols", &facts, PROF_CHECK_MISSING, "kernel.kptr_restrict is 2",
                 "sudo sysctl kernel.kptr_restrict=0 kernel.perf_event_paranoid=1");
  assert_null (strstr (ask ("kernel-symbols", &facts).remedy, "setcap"));
  facts.kallsyms = -ENOENT;
  assert_answer ("kernel-symbols", &facts, PROF_CHECK_MISSING, "No such file", "");
}

static void
test_helper (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.rights.paranoid = 2;
  facts.own_kernel = facts.system_wide = -EACCES;
  assert_answer ("kernel-stacks", &facts, PROF_CHECK_MISSING, "counting in the kernel",
                 ", or prof record --helper=always");
  assert_answer ("helper", &facts, PROF_CHECK_OK, "once an administrator consents", "");
  assert_answer ("system-wide", &facts, PROF_CHECK_LIMITED, "an administrator's consent",
                 "prof record --all --helper=refused");
  facts.helper.action = -ENOENT;
  assert_answer ("helper", &facts, PROF_CHECK_MISSING, "no org.libprof.policy", "--prefix=/usr");
  facts.helper.helper = -EACCES;
  assert_answer ("helper", &facts, PROF_CHECK_MISSING, "prof-helper can't be executed: Permission",
                 "install libprof");
  facts.helper.pkexec = -ENOENT;
  assert_answer ("helper", &facts, PROF_CHECK_MISSING, "pkexec", "install --yes pkexec");
  facts.system_wide = 0;
  assert_answer ("helper", &facts, PROF_CHECK_OK, "not needed", "");
}

static void
test_machine_without_counters (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.hardware = -ENOENT;
  assert_answer ("hardware-counters", &facts, PROF_CHECK_LIMITED, "cpu-clock", "");
}

static void
test_other_users (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  assert_answer ("other-process", &facts, PROF_CHECK_OK, "process 77 of user 1000", "");
  facts.other_maps = -EACCES;
  assert_answer ("other-process", &facts, PROF_CHECK_LIMITED, "lack names", PROF_SET_CAPABILITIES);
  facts.other_event = -EACCES;
  assert_answer ("other-process", &facts, PROF_CHECK_MISSING, "Permission denied",
                 PROF_SET_CAPABILITIES);
  facts.other_pid = 0;
  assert_answer ("other-process", &facts, PROF_CHECK_MISSING, "not held", PROF_SET_CAPABILITIES);
  facts.rights.is_in_user_namespace = true;
  assert_answer ("other-process", &facts, PROF_CHECK_MISSING, "not held", "outside");
  facts.rights.is_in_user_namespace = false;
  facts.rights.capabilities = 1ull << CAP_PERFMON;
  assert_answer ("other-process", &facts, PROF_CHECK_OK, "is held", "");
}

static void
test_tracepoints (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.rights.paranoid = 2;
  facts.tracepoint = -EACCES;
  assert_answer ("tracepoints", &facts, PROF_CHECK_MISSING, "needs CAP_PERFMON", "paranoid=1");
  facts.tracefs = -EACCES;
  assert_answer ("tracepoints", &facts, PROF_CHECK_MISSING, "Permission denied",
                 "mount -o remount,gid=$(id -g),mode=750 /sys/kernel/tracing");
  facts.tracefs = -ENOENT;
  assert_answer ("tracepoints", &facts, PROF_CHECK_MISSING, "not mounted",
                 "sudo mount -t tracefs tracefs /sys/kernel/tracing");
}

static void
test_ring_memory (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  assert_answer ("ring-memory", &facts, PROF_CHECK_OK, "4096 KiB or more for each of 2 CPUs", "");
  facts.n_cpus = 16;
  assert_answer ("ring-memory", &facts, PROF_CHECK_OK, "1028 KiB", ""); /* 516 + 8192 / 16 */
  facts.rights.memlock_bytes = 64 << 10;
  facts.rights.ring_bytes = 128 << 10;
  assert_answer ("ring-memory", &facts, PROF_CHECK_LIMITED, "only 132 KiB",
                 "kernel.perf_event_mlock_kb=4100");
  facts.rights.capabilities = 1ull << CAP_IPC_LOCK;
  assert_answer ("ring-memory", &facts, PROF_CHECK_OK, "4096 KiB", "");
  facts.rights.capabilities = 0;
  facts.rights.paranoid = -1;
  assert_answer ("ring-memory", &facts, PROF_CHECK_OK, "4096 KiB", "");
  facts.ring = -EPERM;
  assert_answer ("ring-memory", &facts, PROF_CHECK_MISSING, "no ring", "mlock_kb=4100");
  facts.ring = -ENOMEM;
  assert_answer ("ring-memory", &facts, PROF_CHECK_MISSING, "Cannot allocate memory", "");
}

static void
test_open_files (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.n_cpus = 64;
  facts.rights.max_files = 1024;
  assert_answer ("open-files", &facts, PROF_CHECK_LIMITED, "up to 15 threads", "ulimit -n 16448");
  facts.rights.max_files_hard = 4096;
  assert_answer ("open-files", &facts, PROF_CHECK_LIMITED, "(1024 files",
                 "prlimit --nofile=16448:16448");
  facts.rights.max_files = 8;
  assert_answer ("open-files", &facts, PROF_CHECK_LIMITED, "up to 0 threads", "16448");
}

static void
test_process_memory (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.sibling_memory = -EACCES;
  facts.yama = 1;
  assert_answer ("process-memory", &facts, PROF_CHECK_LIMITED, "ptrace_scope is 1",
                 "kernel.yama.ptrace_scope=0");
  facts.yama = 3; /* can't be lowered until the next boot */
  assert_answer ("process-memory", &facts, PROF_CHECK_LIMITED, "ptrace_scope is 3", "");
  facts.sibling_pid = 0;
  assert_answer ("process-memory", &facts, PROF_CHECK_OK, "no other process", "");
}

static void
test_containers (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  facts.rights.is_seccomp_filtered = true;
  facts.own_user = -EPERM;
  assert_answer ("container", &facts, PROF_CHECK_LIMITED, "system call filter", "outside");
  assert_answer ("own-process", &facts, PROF_CHECK_MISSING, "seccomp", "--cap-add=PERFMON");
  facts.rights.is_in_user_namespace = true;
  assert_answer ("container", &facts, PROF_CHECK_LIMITED, "user namespace", "outside");
}

static void
test_heap_library (void **state)
{
  (void)state;
  ProfDoctorFacts facts = healthy;
  assert_answer ("heap", &facts, PROF_CHECK_OK, "not of running processes", "");
  facts.heap_library = -ENOENT;
  memset (facts.heap_library_path, 'x', sizeof facts.heap_library_path - 1);
  assert_answer ("heap", &facts, PROF_CHECK_MISSING, "xxx'", "install libprof completely");
  facts.heap_library = -EINVAL;
  strcpy (facts.heap_library_path, "/opt/a b/libprof-heap.so");
  assert_answer ("heap", &facts, PROF_CHECK_MISSING, "'/opt/a b/libprof-heap.so'", "elsewhere");
}

static void
test_kallsyms_texts (void **state)
{
  (void)state;
  const char *hidden = "0000000000000000 T _stext\n0000000000000000 t abcdef\n000000000000";
  const char *shown = "0000000000000000 A fixed_percpu_data\nffffffff81000000 T _stext\n";
  assert_false (prof_doctor_facts_parse_kallsyms (hidden, strlen (hidden)));
  assert_true (prof_doctor_facts_parse_kallsyms (shown, strlen (shown)));
  assert_false (prof_doctor_facts_parse_kallsyms ("", 0));
  assert_false (prof_doctor_facts_parse_kallsyms ("T 1\n", 4));
}

static void
print_checks (FILE *out)
{
  ProfDoctor *doctor;
  size_t n;
  if (prof_doctor_new (&doctor, NULL) < 0)
    return;
  const ProfCheck *checks = prof_doctor_get_checks (doctor, &n);
  for (size_t i = 0; i < n; i++)
    fprintf (out, "%s=%d %s|%s\n", checks[i].id, checks[i].status, checks[i].detail,
             checks[i].remedy);
  prof_doctor_free (doctor);
}

/* What an own attempt without rights says must be what the doctor says. */
static void
test_doctor_is_right_about_nobody (void **state)
{
  (void)state;
  char text[8192];
  ProfPerfRights rights;
  prof_perf_rights_read (&rights);
  assert_true (run_as_nobody (print_checks, text, sizeof text));
  assert_non_null (strstr (text, "container="));
  if (rights.paranoid != 2 || rights.is_seccomp_filtered) {
    puts ("SKIP: needs kernel.perf_event_paranoid=2, and no system call filter");
    skip ();
  }
  assert_non_null (strstr (text, "own-process=0 "));
  assert_non_null (strstr (text, "kernel-stacks=2 counting in the kernel needs CAP_PERFMON"));
  assert_null (strstr (text, "system-wide=0 "));
  assert_non_null (strstr (text, "kernel-symbols=2 /proc/kallsyms hides all addresses"));
}

static void
test_checks_of_this_user_are_complete (void **state)
{
  (void)state;
  ProfDoctor *doctor;
  ProfError error = PROF_ERROR_INIT;
  size_t n;
  assert_int_equal (prof_doctor_new (&doctor, NULL), 0);
  const ProfCheck *checks = prof_doctor_get_checks (doctor, &n);
  assert_int_equal (n, 13);
  for (size_t i = 0; i < n; i++) {
    assert_true (checks[i].id[0] != '\0' && checks[i].title[0] != '\0');
    assert_true (checks[i].detail[0] != '\0');
    assert_non_null (checks[i].remedy);
    assert_false (checks[i].status == PROF_CHECK_OK && checks[i].remedy[0] != '\0');
  }
  assert_null (prof_doctor_free (doctor));
  assert_null (prof_doctor_free (NULL));
  assert_int_equal (prof_doctor_new (NULL, &error), -EINVAL);
  assert_non_null (strstr (error.message, "ret is NULL"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_healthy_machine),
    cmocka_unit_test (test_strict_debian),
    cmocka_unit_test (test_kernel_at_level_two),
    cmocka_unit_test (test_helper),
    cmocka_unit_test (test_machine_without_counters),
    cmocka_unit_test (test_other_users),
    cmocka_unit_test (test_tracepoints),
    cmocka_unit_test (test_ring_memory),
    cmocka_unit_test (test_open_files),
    cmocka_unit_test (test_process_memory),
    cmocka_unit_test (test_containers),
    cmocka_unit_test (test_heap_library),
    cmocka_unit_test (test_kallsyms_texts),
    cmocka_unit_test (test_doctor_is_right_about_nobody),
    cmocka_unit_test (test_checks_of_this_user_are_complete),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
