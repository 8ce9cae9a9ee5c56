/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/doctor-facts.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/read-file.h"
#include "capture/perf-open.h"
#include "capture/tracepoint.h"
#include "engine/heap-target.h"

enum { TASK_FREQUENCY_HZ = 100, MAX_TRIED = 64, KALLSYMS_BYTES = 4096 };

/* An event as a recording would open it. */
static struct perf_event_attr
make_attr (uint32_t type, uint64_t config, bool excludes_kernel)
{
  return (struct perf_event_attr){
    .size = sizeof (struct perf_event_attr),
    .type = type,
    .config = config,
    .freq = 1,
    .sample_freq = TASK_FREQUENCY_HZ,
    .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
    .disabled = 1,
    .exclude_kernel = excludes_kernel,
    .exclude_hv = excludes_kernel,
  };
}

static int
try_event (uint32_t type, uint64_t config, bool excludes_kernel, pid_t pid, int cpu)
{
  struct perf_event_attr attr = make_attr (type, config, excludes_kernel);
  cleanup (prof_close) int fd = prof_perf_open (&attr, pid, cpu);
  return fd < 0 ? fd : 0;
}

static int
try_clock (bool excludes_kernel, pid_t pid, int cpu)
{
  return try_event (PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, excludes_kernel, pid, cpu);
}

static int
try_maps (pid_t pid)
{
  char path[64], byte;
  snprintf (path, sizeof path, "/proc/%d/maps", (int)pid);
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC);
  return fd < 0 || read (fd, &byte, 1) < 0 ? -errno : 0;
}

/* The kernel's threads and zombies have no command line. */
static bool
is_program (pid_t pid)
{
  char path[64], byte;
  snprintf (path, sizeof path, "/proc/%d/cmdline", (int)pid);
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC);
  return fd >= 0 && read (fd, &byte, 1) == 1;
}

static bool
is_gone (int result)
{
  return result == -ESRCH || result == -ENOENT;
}

static void
try_other (ProfDoctorFacts *facts, pid_t pid, uid_t uid)
{
  int event = try_clock (true, pid, -1), maps = try_maps (pid);
  if (is_gone (event) || is_gone (maps))
    return;
  facts->other_pid = pid;
  facts->other_uid = uid;
  facts->other_event = event;
  facts->other_maps = maps;
}

static void
try_sibling (ProfDoctorFacts *facts, pid_t pid)
{
  char path[64];
  snprintf (path, sizeof path, "/proc/%d/mem", (int)pid);
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC);
  int memory = fd < 0 ? -errno : 0;
  if (is_gone (memory))
    return;
  facts->sibling_pid = pid;
  facts->sibling_memory = memory;
}

static bool
wants_other (const ProfDoctorFacts *facts)
{
  return facts->other_pid == 0 || facts->other_event < 0 || facts->other_maps < 0;
}

static bool
wants_sibling (const ProfDoctorFacts *facts)
{
  return facts->sibling_pid == 0 || facts->sibling_memory < 0;
}

/* True if it was of a kind that is still looked for. */
static bool
try_process (ProfDoctorFacts *facts, int proc_fd, const char *name)
{
  struct stat status;
  pid_t pid = atoi (name);
  if (pid <= 0 || pid == getpid () || fstatat (proc_fd, name, &status, 0) < 0)
    return false;
  bool is_own = status.st_uid == geteuid ();
  if (!(is_own ? wants_sibling (facts) : wants_other (facts)) || !is_program (pid))
    return false;
  if (is_own)
    try_sibling (facts, pid);
  else
    try_other (facts, pid, status.st_uid);
  return true;
}

/* One process of each kind that lets itself be looked at is enough; some refuse even root, such as
 * init of a container. */
static void
find_processes (ProfDoctorFacts *facts)
{
  cleanup (prof_closedir) DIR *proc = opendir ("/proc");
  int n_tried = 0;
  while (proc != NULL && n_tried < MAX_TRIED && (wants_other (facts) || wants_sibling (facts))) {
    struct dirent *entry = readdir (proc);
    if (entry == NULL)
      break;
    n_tried += try_process (facts, dirfd (proc), entry->d_name);
  }
}

static void
find_tracepoint (ProfDoctorFacts *facts)
{
  static const char name[] = "sched:sched_switch";
  uint64_t id;
  cleanup (prof_close) int events_fd = prof_tracefs_open ();
  facts->tracefs = events_fd < 0 ? events_fd : 0;
  if (events_fd < 0)
    return;
  facts->tracefs = prof_tracepoint_read_id (events_fd, name, sizeof name - 1, &id);
  if (facts->tracefs == 0)
    facts->tracepoint = try_event (PERF_TYPE_TRACEPOINT, id, false, 0, -1);
}

static int
try_ring (int fd, size_t bytes)
{
  size_t mapped = bytes + (size_t)sysconf (_SC_PAGESIZE);
  void *ring = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (ring == MAP_FAILED)
    return -errno;
  munmap (ring, mapped);
  return 0;
}

static void
find_ring (ProfDoctorFacts *facts)
{
  struct perf_event_attr attr = make_attr (PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, true);
  cleanup (prof_close) int fd = prof_perf_open (&attr, 0, -1);
  if (fd < 0) {
    facts->ring = fd;
    return;
  }
  size_t page = (size_t)sysconf (_SC_PAGESIZE);
  for (size_t bytes = PROF_DOCTOR_WANTED_RING; bytes >= page; bytes /= 2) {
    facts->ring = try_ring (fd, bytes);
    if (facts->ring == 0) {
      facts->ring_bytes = bytes;
      return;
    }
  }
}

bool
prof_doctor_facts_parse_kallsyms (const char *text, size_t n)
{
  bool is_in_address = true;
  for (size_t i = 0; i < n; i++) {
    if (is_in_address && isxdigit ((unsigned char)text[i]) && text[i] != '0')
      return true;
    is_in_address = text[i] == '\n' || (is_in_address && isxdigit ((unsigned char)text[i]));
  }
  return false;
}

/* The first lines will do: the kernel shows all addresses or none. */
static void
find_kernel_addresses (ProfDoctorFacts *facts)
{
  char text[KALLSYMS_BYTES];
  cleanup (prof_close) int fd = open ("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read (fd, text, sizeof text);
  facts->kallsyms = n < 0 ? -errno : 0;
  facts->has_kernel_addresses = n > 0 && prof_doctor_facts_parse_kallsyms (text, (size_t)n);
}

static int
read_sysctl (const char *path)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  return prof_read_file (path, 64, &text, &n) < 0 ? 0 : atoi (text);
}

void
prof_doctor_facts_find (ProfDoctorFacts *ret)
{
  long n_cpus = sysconf (_SC_NPROCESSORS_ONLN);
  *ret = (ProfDoctorFacts){ 0 };
  prof_perf_rights_read (&ret->rights);
  ret->n_cpus = n_cpus > 0 ? (unsigned)n_cpus : 1;
  ret->own_user = try_clock (true, 0, -1);
  ret->own_kernel = try_clock (false, 0, -1);
  ret->hardware = try_event (PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, true, 0, -1);
  ret->system_wide = try_clock (false, -1, sched_getcpu ());
  prof_helper_parts_find (&ret->helper);
  find_processes (ret);
  find_tracepoint (ret);
  find_ring (ret);
  find_kernel_addresses (ret);
  ret->kptr_restrict = read_sysctl ("/proc/sys/kernel/kptr_restrict");
  ret->yama = read_sysctl ("/proc/sys/kernel/yama/ptrace_scope");
  ret->heap_library
      = prof_heap_target_try_library (ret->heap_library_path, sizeof ret->heap_library_path);
}
