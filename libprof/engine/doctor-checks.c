/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/doctor-checks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/capability.h>

#include "base/text.h"
#include "capture/perf-error.h"

#define OUTSIDE_CONTAINER _ ("run it outside of the container")

static const struct perf_event_attr user_clock
    = { .type = PERF_TYPE_SOFTWARE, .exclude_kernel = 1 };
static const struct perf_event_attr kernel_clock = { .type = PERF_TYPE_SOFTWARE };
static const struct perf_event_attr cycles = { .type = PERF_TYPE_HARDWARE, .exclude_kernel = 1 };
static const struct perf_event_attr tracepoint = { .type = PERF_TYPE_TRACEPOINT };

static __attribute__ ((format (printf, 3, 4))) void
set_answer (ProfDoctorAnswer *answer, ProfCheckStatus status, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (answer->detail, sizeof answer->detail, _ (format), args);
  va_end (args);
  answer->status = status;
  answer->remedy[0] = '\0';
}

static __attribute__ ((format (printf, 2, 3))) void
set_remedy (ProfDoctorAnswer *answer, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (answer->remedy, sizeof answer->remedy, _ (format), args);
  va_end (args);
}

/* What has rights as its only obstacle is cured by capabilities, where those count. */
static void
set_capability_remedy (ProfDoctorAnswer *answer, const ProfPerfRights *rights)
{
  set_remedy (answer, "%s",
              rights->is_in_user_namespace ? OUTSIDE_CONTAINER : PROF_SET_CAPABILITIES);
}

static void
set_refused (ProfDoctorAnswer *answer,
             ProfCheckStatus status,
             const ProfDoctorFacts *facts,
             int error,
             const struct perf_event_attr *attr,
             bool is_system_wide)
{
  ProfPerfFailure failure;
  ProfPerfOpening opening = { .event = "",
                              .attr = attr,
                              .target = "",
                              .is_system_wide = is_system_wide,
                              .rights = facts->rights };
  prof_perf_failure_explain (&failure, -error, &opening);
  set_answer (answer, status, "%s", failure.reason);
  set_remedy (answer, "%s", failure.remedy);
}

static void
decide_own_process (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->own_user == 0)
    set_answer (ret, PROF_CHECK_OK, "CPU time of this user's programs can be sampled");
  else
    set_refused (ret, PROF_CHECK_MISSING, facts, facts->own_user, &user_clock, false);
}

static void
decide_kernel_stacks (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->own_kernel == 0) {
    set_answer (ret, PROF_CHECK_OK, "samples show what the kernel does for a program");
    return;
  }
  set_refused (ret, PROF_CHECK_MISSING, facts, facts->own_kernel, &kernel_clock, false);
  size_t n = strlen (ret->remedy);
  if (n > 0 && prof_helper_parts_are_whole (&facts->helper))
    snprintf (ret->remedy + n, sizeof ret->remedy - n, _ (", or prof record --helper=always"));
}

/* Nobody to try it on: the rights have to tell. */
static void
decide_unseen_process (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (prof_perf_rights_has_perfmon (&facts->rights)) {
    set_answer (ret, PROF_CHECK_OK,
                "no process of another user is seen to try it on, but CAP_PERFMON is held");
    return;
  }
  set_answer (ret, PROF_CHECK_MISSING,
              "no process of another user is seen to try it on, and CAP_PERFMON is not held");
  set_capability_remedy (ret, &facts->rights);
}

static void
decide_other_process (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  int pid = (int)facts->other_pid;
  if (pid == 0) {
    decide_unseen_process (facts, ret);
    return;
  }
  if (facts->other_event == 0 && facts->other_maps == 0) {
    set_answer (ret, PROF_CHECK_OK, "tried on process %d of user %u", pid, facts->other_uid);
    return;
  }
  if (facts->other_event == 0)
    set_answer (ret, PROF_CHECK_LIMITED,
                "process %d of user %u can be sampled, but its mappings can't be read: %s; its "
                "functions will lack names",
                pid, facts->other_uid, strerrordesc_np (-facts->other_maps));
  else
    set_answer (ret, PROF_CHECK_MISSING, "process %d of user %u can't be sampled: %s", pid,
                facts->other_uid, strerrordesc_np (-facts->other_event));
  set_capability_remedy (ret, &facts->rights);
}

static void
decide_system_wide (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->system_wide == 0) {
    set_answer (ret, PROF_CHECK_OK, "all processes on all CPUs can be sampled");
  } else if (prof_helper_parts_are_whole (&facts->helper)) {
    set_answer (ret, PROF_CHECK_LIMITED,
                "only with an administrator's consent, which is asked for at the start");
    set_remedy (ret, "prof record --all --helper=refused");
  } else
    set_refused (ret, PROF_CHECK_MISSING, facts, facts->system_wide, &kernel_clock, true);
}

static void
decide_helper (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  const ProfHelperParts *parts = &facts->helper;
  if (prof_helper_parts_are_whole (parts)) {
    set_answer (ret, PROF_CHECK_OK,
                "prof-helper records the whole system for this user, once an administrator "
                "consents");
  } else if (facts->system_wide == 0) {
    set_answer (ret, PROF_CHECK_OK, "not needed to record the whole system");
  } else if (parts->pkexec < 0) {
    set_answer (ret, PROF_CHECK_MISSING,
                "pkexec, which asks an administrator for consent, is not installed");
    set_remedy (ret, "sudo apt-get install --yes pkexec");
  } else if (parts->helper < 0) {
    set_answer (ret, PROF_CHECK_MISSING, "%.140s can't be executed: %s", prof_helper_get_path (),
                strerrordesc_np (-parts->helper));
    set_remedy (ret, "install libprof completely");
  } else {
    set_answer (ret, PROF_CHECK_MISSING,
                "PolicyKit does not know of prof-helper: there is no org.libprof.policy in "
                "/usr/share/polkit-1/actions");
    set_remedy (ret, "install libprof with --prefix=/usr");
  }
}

static void
decide_hardware (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->hardware == 0)
    set_answer (ret, PROF_CHECK_OK, "the processor counts cycles, instructions, cache misses, …");
  else if (facts->hardware == -ENOENT || facts->hardware == -EOPNOTSUPP)
    set_answer (ret, PROF_CHECK_LIMITED,
                "this machine has none, as most virtual machines; time is sampled by a timer "
                "(cpu-clock) instead of cycles");
  else
    set_refused (ret, PROF_CHECK_MISSING, facts, facts->hardware, &cycles, false);
}

static void
decide_tracepoints (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->tracefs == -ENOENT) {
    set_answer (ret, PROF_CHECK_MISSING, "tracefs is not mounted");
    set_remedy (ret, "sudo mount -t tracefs tracefs /sys/kernel/tracing");
  } else if (facts->tracefs < 0) {
    set_answer (ret, PROF_CHECK_MISSING, "tracefs can't be read: %s",
                strerrordesc_np (-facts->tracefs));
    set_remedy (ret, "sudo mount -o remount,gid=$(id -g),mode=750 /sys/kernel/tracing");
  } else if (facts->tracepoint < 0) {
    set_refused (ret, PROF_CHECK_MISSING, facts, facts->tracepoint, &tracepoint, false);
  } else {
    set_answer (ret, PROF_CHECK_OK, "sched:sched_switch can be counted");
  }
}

/* perf_mmap: what all rings of a user share, and this process on top of it. */
static uint64_t
share_of_cpu (const ProfDoctorFacts *facts)
{
  const ProfPerfRights *rights = &facts->rights;
  bool is_unlimited = rights->paranoid < 0 || prof_perf_rights_has (rights, CAP_IPC_LOCK)
                      || rights->memlock_bytes == UINT64_MAX;
  uint64_t share = rights->ring_bytes + rights->memlock_bytes / facts->n_cpus;
  return is_unlimited || share > facts->ring_bytes ? facts->ring_bytes : share;
}

static void
decide_ring_memory (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  uint64_t kib = share_of_cpu (facts) >> 10;
  if (facts->ring < 0) {
    set_answer (ret, PROF_CHECK_MISSING, "no ring for samples can be mapped: %s",
                strerrordesc_np (-facts->ring));
    if (facts->ring == -EPERM)
      set_remedy (ret,
                  "sudo sysctl kernel.perf_event_mlock_kb=%d, or end other profilers of this "
                  "user",
                  (PROF_DOCTOR_WANTED_RING >> 10) + 4);
  } else if (kib < PROF_DOCTOR_SMALL_RING >> 10) {
    set_answer (ret, PROF_CHECK_LIMITED,
                "only %" PRIu64 " KiB for each of %u CPUs: samples may get lost under load", kib,
                facts->n_cpus);
    set_remedy (ret, "sudo sysctl kernel.perf_event_mlock_kb=%d, or ulimit -l unlimited",
                (PROF_DOCTOR_WANTED_RING >> 10) + 4);
  } else {
    set_answer (ret, PROF_CHECK_OK, "%" PRIu64 " KiB or more for each of %u CPUs", kib,
                facts->n_cpus);
  }
}

/* kallsyms_show_value: level 0 shows addresses to those who may profile the kernel or have
 * CAP_SYSLOG, level 1 to the latter, level 2 to nobody. */
static void
decide_kernel_symbols (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->kallsyms < 0) {
    set_answer (ret, PROF_CHECK_MISSING, "/proc/kallsyms can't be read: %s",
                strerrordesc_np (-facts->kallsyms));
    return;
  }
  if (facts->has_kernel_addresses) {
    set_answer (ret, PROF_CHECK_OK, "/proc/kallsyms has the addresses of the kernel's functions");
    return;
  }
  set_answer (ret, PROF_CHECK_MISSING,
              "/proc/kallsyms hides all addresses from this user (kernel.kptr_restrict is %d, "
              "kernel.perf_event_paranoid %d)",
              facts->kptr_restrict, facts->rights.paranoid);
  bool is_contained = facts->rights.is_in_user_namespace;
  bool can_have_capability = !is_contained && facts->kptr_restrict < 2;
  set_remedy (ret, "%ssudo sysctl %skernel.perf_event_paranoid=1%s%s",
              is_contained ? _ ("on the host: ") : "",
              facts->kptr_restrict > 0 ? "kernel.kptr_restrict=0 " : "",
              can_have_capability ? _ (", or ") : "",
              can_have_capability ? PROF_SET_CAPABILITIES : "");
}

/* A thread costs one file for each event and CPU. */
static void
decide_open_files (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  enum { N_RESERVED = 64, N_THREADS_WANTED = 256 };
  const ProfPerfRights *rights = &facts->rights;
  uint64_t n_free = rights->max_files > N_RESERVED ? rights->max_files - N_RESERVED : 0;
  uint64_t n_threads = n_free / facts->n_cpus;
  uint64_t n_wanted = (uint64_t)N_THREADS_WANTED * facts->n_cpus + N_RESERVED;
  bool is_enough = n_threads >= N_THREADS_WANTED;
  set_answer (ret, is_enough ? PROF_CHECK_OK : PROF_CHECK_LIMITED,
              "a running program may have up to %" PRIu64 " threads when attached to (%" PRIu64
              " files, one for each thread, CPU and event)",
              n_threads, rights->max_files);
  if (is_enough)
    return;
  if (rights->max_files_hard >= n_wanted)
    set_remedy (ret, "ulimit -n %" PRIu64, n_wanted);
  else
    set_remedy (ret, "sudo prlimit --nofile=%" PRIu64 ":%" PRIu64 " --pid $$", n_wanted, n_wanted);
}

/* Yama restricts what debuggers do; sampling and the reading of mappings it leaves be. */
static void
decide_process_memory (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->sibling_pid == 0) {
    set_answer (ret, PROF_CHECK_OK, "no other process of this user is seen to try it on");
    return;
  }
  if (facts->sibling_memory == 0) {
    set_answer (ret, PROF_CHECK_OK, "tried on process %d", (int)facts->sibling_pid);
    return;
  }
  set_answer (ret, PROF_CHECK_LIMITED,
              "tried on process %d: %s (kernel.yama.ptrace_scope is %d); recording does without",
              (int)facts->sibling_pid, strerrordesc_np (-facts->sibling_memory), facts->yama);
  if (facts->yama > 0 && facts->yama < 3)
    set_remedy (ret, "sudo sysctl kernel.yama.ptrace_scope=0");
}

static void
decide_container (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  const ProfPerfRights *rights = &facts->rights;
  if (!rights->is_in_user_namespace && !rights->is_seccomp_filtered) {
    set_answer (ret, PROF_CHECK_OK,
                "no user namespace and no system call filter around this "
                "process");
    return;
  }
  if (rights->is_in_user_namespace)
    set_answer (ret, PROF_CHECK_LIMITED,
                "in a user namespace: capabilities and root count for nothing here, only the "
                "host's sysctls do");
  else
    set_answer (ret, PROF_CHECK_LIMITED,
                "a system call filter is around this process, which may refuse more than the "
                "kernel would");
  set_remedy (ret, OUTSIDE_CONTAINER);
}

/* The path is cut, lest the answer be. */
static void
decide_heap (const ProfDoctorFacts *facts, ProfDoctorAnswer *ret)
{
  if (facts->heap_library == 0) {
    set_answer (ret, PROF_CHECK_OK,
                "of commands that are started for it; not of running processes, nor of static "
                "programs, those with a sanitizer and those that gain rights (set-user-ID)");
  } else if (facts->heap_library == -EINVAL) {
    set_answer (ret, PROF_CHECK_MISSING, "LD_PRELOAD can't have a colon or a space, as in '%.140s'",
                facts->heap_library_path);
    set_remedy (ret, "install libprof elsewhere");
  } else {
    set_answer (ret, PROF_CHECK_MISSING,
                "the library that programs load for it can't be read at '%.140s'",
                facts->heap_library_path);
    set_remedy (ret, "install libprof completely");
  }
}

static const ProfDoctorQuestion questions[] = {
  { "own-process", N_ ("CPU time of own programs"), decide_own_process },
  { "kernel-stacks", N_ ("Kernel part of the stacks"), decide_kernel_stacks },
  { "kernel-symbols", N_ ("Names of kernel functions"), decide_kernel_symbols },
  { "hardware-counters", N_ ("Hardware counters"), decide_hardware },
  { "other-process", N_ ("Programs of other users"), decide_other_process },
  { "system-wide", N_ ("The whole system"), decide_system_wide },
  { "helper", N_ ("Consent of an administrator"), decide_helper },
  { "tracepoints", N_ ("Tracepoints"), decide_tracepoints },
  { "ring-memory", N_ ("Memory for samples"), decide_ring_memory },
  { "open-files", N_ ("Open files"), decide_open_files },
  { "process-memory", N_ ("Memory of own programs"), decide_process_memory },
  { "heap", N_ ("Heap of own programs"), decide_heap },
  { "container", N_ ("Container or sandbox"), decide_container },
};

const ProfDoctorQuestion *
prof_doctor_questions (size_t *ret_n)
{
  *ret_n = sizeof questions / sizeof *questions;
  return questions;
}
