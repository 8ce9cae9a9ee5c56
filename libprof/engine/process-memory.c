/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/read-file.h"
#include "base/sized.h"
#include "engine/kib-fields.h"

enum { MAX_BYTES = 1 << 16 };

enum { RSS, ANONYMOUS, FILE_PAGES, SHARED, SWAP, N_FIELDS };

int
prof_process_status_parse (const char *text, size_t n, ProfProcessMemory *ret)
{
  ProfKibField fields[N_FIELDS] = { { .name = "VmRSS:" },
                                    { .name = "RssAnon:" },
                                    { .name = "RssFile:" },
                                    { .name = "RssShmem:" },
                                    { .name = "VmSwap:" } };
  int r = prof_kib_fields_parse (text, n, fields, N_FIELDS);
  if (r < 0)
    return r;
  ret->rss_bytes = fields[RSS].bytes;
  ret->anonymous_bytes = fields[ANONYMOUS].bytes;
  ret->file_bytes = fields[FILE_PAGES].bytes;
  ret->shared_bytes = fields[SHARED].bytes;
  ret->swap_bytes = fields[SWAP].bytes;
  return 0;
}

/* Field 2 is the name in parentheses: the last one closes it. */
int
prof_process_stat_parse (const char *text, size_t n, ProfProcessStat *ret)
{
  const char *name_end = memrchr (text, ')', n);
  ProfProcessStat stat;
  /* Fields 3 to 22 of proc(5). */
  if (name_end == NULL
      || sscanf (name_end,
                 ") %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu %*u %lu %lu %*d %*d %*d %*d %*d %*d "
                 "%lu",
                 &stat.minor_faults, &stat.major_faults, &stat.user_ticks, &stat.kernel_ticks,
                 &stat.start_ticks)
             != 5)
    return -EBADMSG;
  *ret = stat;
  return 0;
}

/* A file of /proc/PID, NUL-terminated. */
static int
read_process_file (pid_t pid, const char *name, char **ret, size_t *ret_n)
{
  char path[64];
  snprintf (path, sizeof path, "/proc/%d/%s", (int)pid, name);
  int r = prof_read_file (path, MAX_BYTES, ret, ret_n);
  return r == -ENOENT ? -ESRCH : r;
}

int
prof_process_stat_read (pid_t pid, ProfProcessStat *ret)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  int r = read_process_file (pid, "stat", &text, &n);
  return r < 0 ? r : prof_process_stat_parse (text, n, ret);
}

int
prof_process_memory_read (pid_t pid, ProfProcessMemory *ret, ProfProcessStat *ret_stat)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  int r = read_process_file (pid, "status", &text, &n);
  if (r < 0 || (r = prof_process_status_parse (text, n, ret)) < 0
      || (r = prof_process_stat_read (pid, ret_stat)) < 0)
    return r;
  ret->minor_faults = ret_stat->minor_faults;
  ret->major_faults = ret_stat->major_faults;
  return 0;
}

int
prof_get_process_memory (pid_t pid, ProfProcessMemory *ret, ProfError *reterr)
{
  ProfProcessStat stat;
  ProfProcessMemory memory;
  bool has_ret = prof_sized_is_valid (ret, sizeof memory);
  if (!has_ret || pid <= 0)
    return prof_error_set (reterr, -EINVAL, "prof_get_process_memory: %s",
                           has_ret ? "pid must be greater than 0"
                                   : "ret is not set by PROF_PROCESS_MEMORY_INIT");
  int r = prof_process_memory_read (pid, &memory, &stat);
  if (r == -ESRCH)
    return prof_error_set (reterr, r,
                           "Can't read the memory of process %d: there is no such process",
                           (int)pid);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't read the memory of process %d from /proc/%d/status: %s", (int)pid,
                           (int)pid, strerrordesc_np (-r));
  return prof_sized_fill (ret, &memory, sizeof memory);
}

uint64_t
prof_process_get_birth_ns (uint32_t pid)
{
  ProfProcessStat stat;
  if (prof_process_stat_read ((pid_t)pid, &stat) < 0)
    return 0;
  uint64_t tick_ns = 1000000000u / (uint64_t)sysconf (_SC_CLK_TCK);
  uint64_t suspended_ns = prof_clock_ns (CLOCK_BOOTTIME) - prof_monotonic_ns ();
  uint64_t birth_ns = stat.start_ticks * tick_ns;
  return birth_ns > suspended_ns ? birth_ns - suspended_ns : 1;
}
