/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/context-watch.h"

#include <errno.h>
#include <sys/uio.h>

#include "capture/proc-maps.h"

/* Programs publish it at their start, if ever, and then change it rarely. */
#define FIRST_INTERVAL_NS 100000000u
#define LAST_INTERVAL_NS 10000000000u

/* Of a process tree those that are looked at. */
enum { MAX_PROCESSES = 8 };

void
prof_context_watch_finish (ProfContextWatch *watch)
{
  prof_vec_clear (&watch->payload);
}

static int
read_memory (void *user_data, uint64_t address, void *bytes, size_t n)
{
  const pid_t *pid = user_data;
  struct iovec local = { bytes, n }, remote = { (void *)(uintptr_t)address, n };
  ssize_t n_read = process_vm_readv (*pid, &local, 1, &remote, 1, 0);
  if (n_read < 0)
    return -errno;
  return (size_t)n_read == n ? 0 : -EFAULT;
}

/* A mapping is found by its name: which one it has depends on the kernel. */
static int
find_header (void *user_data, const ProfProcMap *map)
{
  static const char *const names[]
      = { "[anon_shmem:" PROF_CONTEXT_NAME "]", "[anon:" PROF_CONTEXT_NAME "]",
          ("/memfd:" PROF_CONTEXT_NAME) };
  uint64_t *address = user_data;
  if (*address != 0 || map->is_executable || !map->is_readable)
    return 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strncmp (map->filename, names[i], strlen (names[i])) == 0)
      *address = map->start;
  return 0;
}

int
prof_process_context_read (pid_t pid, ProfContextBytes *ret)
{
  uint64_t address = 0;
  int r = prof_proc_maps_read (pid, find_header, &address);
  if (r >= 0 && address == 0)
    r = -ENOENT;
  return r < 0 ? r : prof_process_context_fetch (read_memory, &pid, address, ret);
}

void
prof_context_watch_look (ProfContextWatch *watch, uint64_t now_ns, const pid_t *pids, size_t n_pids)
{
  uint64_t interval_ns = watch->interval_ns == 0 ? FIRST_INTERVAL_NS : 2 * watch->interval_ns;
  watch->interval_ns = interval_ns < LAST_INTERVAL_NS ? interval_ns : LAST_INTERVAL_NS;
  watch->next_ns = now_ns + watch->interval_ns;
  for (size_t i = 0; i < n_pids && i < MAX_PROCESSES; i++) {
    ProfContextBytes payload = { 0 };
    if (prof_process_context_read (pids[i], &payload) == 0) {
      prof_vec_clear (&watch->payload);
      watch->payload = payload;
      return;
    }
  }
}

int
prof_context_watch_copy (const ProfContextWatch *watch, ProfContextBytes *ret)
{
  *ret = (ProfContextBytes){ 0 };
  return prof_vec_append (ret, watch->payload.items, watch->payload.n);
}
