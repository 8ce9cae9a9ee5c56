/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-rights.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "base/cleanup.h"
#include "base/read-file.h"

enum { MAX_TEXT_BYTES = 64 << 10, DEFAULT_MLOCK_KB = 516 };

static long
read_number (const char *path, long otherwise)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  if (prof_read_file (path, MAX_TEXT_BYTES, &text, &n) < 0)
    return otherwise;
  char *end;
  errno = 0;
  long value = strtol (text, &end, 10);
  return end == text || errno != 0 ? otherwise : value;
}

static uint64_t
read_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3] = { 0 };
  if (syscall (SYS_capget, &header, words) < 0)
    return 0;
  return words[0].effective | (uint64_t)words[1].effective << 32;
}

static uint64_t
limit_value (rlim_t limit)
{
  return limit == RLIM_INFINITY ? UINT64_MAX : limit;
}

static void
read_limits (ProfPerfRights *rights)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_MEMLOCK, &limit) == 0)
    rights->memlock_bytes = limit_value (limit.rlim_cur);
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    rights->max_files = limit_value (limit.rlim_cur);
    rights->max_files_hard = limit_value (limit.rlim_max);
  }
}

bool
prof_perf_rights_parse_seccomp (const char *status)
{
  const char *line = strstr (status, "\nSeccomp:");
  return line != NULL && strtol (line + strlen ("\nSeccomp:"), NULL, 10) != 0;
}

/* user_namespaces(7): the initial namespace maps all ids on themselves. */
bool
prof_perf_rights_parse_uid_map (const char *uid_map)
{
  static const unsigned long whole[] = { 0, 0, UINT32_MAX };
  const char *next = uid_map;
  for (int i = 0; i < 3; i++) {
    char *end;
    if (strtoul (next, &end, 10) != whole[i] || end == next)
      return false;
    next = end;
  }
  return true;
}

static bool
try_text (const char *path, bool (*parse) (const char *text), bool otherwise)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  return prof_read_file (path, MAX_TEXT_BYTES, &text, &n) < 0 ? otherwise : parse (text);
}

void
prof_perf_rights_read (ProfPerfRights *ret)
{
  *ret = (ProfPerfRights){ 0 };
  ret->paranoid = (int)read_number ("/proc/sys/kernel/perf_event_paranoid", PROF_PARANOID_UNKNOWN);
  ret->ring_bytes = (uint64_t)read_number ("/proc/sys/kernel/perf_event_mlock_kb", DEFAULT_MLOCK_KB)
                    << 10;
  ret->is_seccomp_filtered
      = try_text ("/proc/thread-self/status", prof_perf_rights_parse_seccomp, false);
  ret->is_in_user_namespace
      = !try_text ("/proc/self/uid_map", prof_perf_rights_parse_uid_map, true);
  if (!ret->is_in_user_namespace)
    ret->capabilities = read_capabilities ();
  read_limits (ret);
}

bool
prof_perf_rights_has (const ProfPerfRights *rights, int capability)
{
  return (rights->capabilities >> capability & 1) != 0;
}

bool
prof_perf_rights_has_perfmon (const ProfPerfRights *rights)
{
  return prof_perf_rights_has (rights, CAP_PERFMON) || prof_perf_rights_has (rights, CAP_SYS_ADMIN);
}
