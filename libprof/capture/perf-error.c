/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static __attribute__ ((format (printf, 2, 3))) void
set_reason (ProfPerfFailure *failure, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (failure->reason, sizeof failure->reason, _ (format), args);
  va_end (args);
}

static __attribute__ ((format (printf, 2, 3))) void
set_remedy (ProfPerfFailure *failure, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (failure->remedy, sizeof failure->remedy, _ (format), args);
  va_end (args);
}

/* The sysctl is of the whole machine, and capabilities of a container don't count. */
static void
set_paranoid_remedy (ProfPerfFailure *failure, const ProfPerfRights *rights, int wanted)
{
  if (rights->is_in_user_namespace)
    set_remedy (failure, "on the host: sudo sysctl kernel.perf_event_paranoid=%d", wanted);
  else
    set_remedy (failure, "sudo sysctl kernel.perf_event_paranoid=%d, or %s", wanted,
                PROF_SET_CAPABILITIES);
}

static void
explain_paranoid (ProfPerfFailure *failure,
                  const ProfPerfRights *rights,
                  const char *what,
                  int wanted)
{
  set_reason (failure,
              "%s needs CAP_PERFMON, or kernel.perf_event_paranoid at %d or less (it is %d)", what,
              wanted, rights->paranoid);
  set_paranoid_remedy (failure, rights, wanted);
}

static void
explain_seccomp (ProfPerfFailure *failure)
{
  set_reason (failure, "a seccomp filter (a container or sandbox) forbids perf_event_open");
  set_remedy (failure, "run it outside, or start the container with --cap-add=PERFMON or with a "
                       "seccomp profile that allows perf_event_open");
}

static void
explain_other_process (ProfPerfFailure *failure, const ProfPerfRights *rights)
{
  set_reason (failure,
              "it belongs to another user, or was started with more rights than this user");
  if (rights->is_in_user_namespace)
    set_remedy (failure, "run as root outside the container");
  else
    set_remedy (failure, "run as root, or %s", PROF_SET_CAPABILITIES);
}

/* The order in which the kernel asks; level 3 and above is an addition of Debian and others. */
static void
explain_rights (ProfPerfFailure *failure, int errno_value, const ProfPerfOpening *opening)
{
  const ProfPerfRights *rights = &opening->rights;
  bool has_perfmon = prof_perf_rights_has_perfmon (rights);
  int paranoid = rights->paranoid == PROF_PARANOID_UNKNOWN ? 2 : rights->paranoid;
  if (has_perfmon && !(errno_value == EPERM && rights->is_seccomp_filtered))
    set_reason (failure,
                "a security module (SELinux, lockdown) forbids it: the kernel log has more");
  else if (errno_value == EPERM && rights->is_seccomp_filtered)
    explain_seccomp (failure);
  else if (paranoid >= 3)
    explain_paranoid (failure, rights, _ ("any counting"), 2);
  else if (opening->attr->type == PERF_TYPE_TRACEPOINT && errno_value == EPERM)
    explain_paranoid (failure, rights, _ ("a tracepoint"), -1);
  else if (opening->is_system_wide && paranoid > 0)
    explain_paranoid (failure, rights, _ ("the whole system"), 0);
  else if (!opening->attr->exclude_kernel && paranoid > 1)
    explain_paranoid (failure, rights, _ ("counting in the kernel"), 1);
  else
    explain_other_process (failure, rights);
}

static void
explain_missing (ProfPerfFailure *failure, const struct perf_event_attr *attr)
{
  if (attr->type == PERF_TYPE_SOFTWARE || attr->type == PERF_TYPE_TRACEPOINT) {
    set_reason (failure, "this kernel does not have the event");
    return;
  }
  set_reason (failure,
              "this machine has no such hardware counter (many virtual machines have none)");
  set_remedy (failure, "cpu-clock, to see where the time goes");
}

static void
explain_files (ProfPerfFailure *failure, const ProfPerfRights *rights)
{
  uint64_t hard = rights->max_files_hard;
  set_reason (failure, "this process may open only %" PRIu64 " files", rights->max_files);
  if (rights->max_files < hard)
    set_remedy (failure, "ulimit -n %" PRIu64, hard);
  else
    set_remedy (failure, "sudo prlimit --nofile=%" PRIu64 ":%" PRIu64 " --pid $$", hard * 4,
                hard * 4);
}

static void
explain_other (ProfPerfFailure *failure, int errno_value)
{
  const char *text = strerrordesc_np (errno_value);
  if (text != NULL)
    set_reason (failure, "%s", text);
  else
    set_reason (failure, "unknown error %d", errno_value);
}

void
prof_perf_failure_explain (ProfPerfFailure *ret, int errno_value, const ProfPerfOpening *opening)
{
  *ret = (ProfPerfFailure){ 0 };
  switch (errno_value) {
  case EACCES:
  case EPERM:
    explain_rights (ret, errno_value, opening);
    break;
  case ENOENT:
  case ENODEV:
  case ENXIO:
    explain_missing (ret, opening->attr);
    break;
  case EOPNOTSUPP:
    set_reason (ret, "the counter can't do what was asked of it here, such as sampling precisely");
    set_remedy (ret, "the event without :precise and other modifiers, or cpu-clock");
    break;
  case EINVAL:
    set_reason (ret, "the kernel refuses the combination of event, modifiers and target");
    set_remedy (ret, "leave out modifiers; see `dmesg` for what the kernel says");
    break;
  case EMFILE:
    explain_files (ret, &opening->rights);
    break;
  case ENFILE:
    set_reason (ret, "the whole system has no file left to open");
    set_remedy (ret, "raise it: sudo sysctl fs.file-max");
    break;
  case ESRCH:
    set_reason (ret, "it is gone");
    break;
  case EBUSY:
    set_reason (ret, "another program keeps the hardware counter for itself");
    set_remedy (ret, "end other profilers, or sudo sysctl kernel.nmi_watchdog=0");
    break;
  case ENOSYS:
    set_reason (ret, "this kernel is built without perf events, or a sandbox hides them");
    set_remedy (ret, "run it outside of the sandbox or container");
    break;
  default:
    explain_other (ret, errno_value);
  }
}

int
prof_perf_open_error (ProfError *reterr, int errno_value, const ProfPerfOpening *opening)
{
  ProfPerfFailure failure;
  prof_perf_failure_explain (&failure, errno_value, opening);
  bool has_target = opening->target[0] != '\0', has_remedy = failure.remedy[0] != '\0';
  return prof_error_set (reterr, -errno_value, "Can't count %s%s%s: %s%s%s", opening->event,
                         has_target ? " in " : "", opening->target, failure.reason,
                         has_remedy ? "; try: " : "", failure.remedy);
}

int
prof_perf_map_error (ProfError *reterr, int errno_value, size_t bytes, const ProfPerfRights *rights)
{
  size_t kib = bytes >> 10;
  if (errno_value != EPERM)
    return prof_error_set (reterr, -errno_value, "Can't map a ring of %zu KiB for samples: %s", kib,
                           strerrordesc_np (errno_value));
  return prof_error_set (
      reterr, -EPERM,
      "Can't map a ring of %zu KiB for samples: more memory than this user may lock (%" PRIu64
      " KiB for each CPU, and %" PRIu64 " KiB for this process), or other profilers of this user "
      "have it; try: smaller rings, sudo sysctl kernel.perf_event_mlock_kb=%zu, or ulimit -l",
      kib, rights->ring_bytes >> 10, rights->memlock_bytes >> 10, kib + 4);
}
