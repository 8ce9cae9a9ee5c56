/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-filter.h"

#include <errno.h>

#include "base/hash.h"

enum {
  /* Rows that are not worth the work of making the index anew. */
  FEW_ROWS = 64,
  /* /proc tells births in ticks of 10 ms. */
  BIRTH_TOLERANCE_NS = 50000000,
};

void
prof_process_filter_finish (ProfProcessFilter *filter)
{
  prof_vec_clear (&filter->processes);
  prof_hash_index_clear (&filter->by_pid);
  filter->n_alive = 0;
}

static bool
has_pid (const void *table, uint32_t row, const void *key)
{
  return ((const ProfWantedProcess *)table)[row].pid == *(const uint32_t *)key;
}

static ProfWantedProcess *
find_row (const ProfProcessFilter *filter, uint32_t pid)
{
  uint32_t row = prof_hash_index_find (&filter->by_pid, prof_hash_word (0, pid), has_pid,
                                       filter->processes.items, &pid);
  return row != PROF_HASH_INDEX_NONE ? &filter->processes.items[row] : NULL;
}

static ProfWantedProcess *
find_alive (const ProfProcessFilter *filter, uint32_t pid)
{
  ProfWantedProcess *process = find_row (filter, pid);
  return process != NULL && process->n_threads > 0 ? process : NULL;
}

/* The index has had as many rows before: adding can't fail. */
static void
forget_ended (ProfProcessFilter *filter)
{
  size_t n = filter->processes.n;
  filter->processes.n = 0;
  prof_hash_index_reset (&filter->by_pid);
  for (size_t i = 0; i < n; i++) {
    ProfWantedProcess process = filter->processes.items[i];
    if (process.n_threads == 0)
      continue;
    prof_hash_index_add (&filter->by_pid, prof_hash_word (0, process.pid),
                         (uint32_t)filter->processes.n);
    filter->processes.items[filter->processes.n++] = process;
  }
}

static int
get_row (ProfProcessFilter *filter, uint32_t pid, ProfWantedProcess **ret)
{
  *ret = find_row (filter, pid);
  if (*ret != NULL)
    return 0;
  if (filter->processes.n >= FEW_ROWS && filter->n_alive < filter->processes.n / 2)
    forget_ended (filter);
  if (prof_vec_reserve (&filter->processes, 1) < 0
      || prof_hash_index_add (&filter->by_pid, prof_hash_word (0, pid),
                              (uint32_t)filter->processes.n)
             < 0)
    return -ENOMEM;
  *ret = &filter->processes.items[filter->processes.n++];
  **ret = (ProfWantedProcess){ .pid = pid };
  return 0;
}

static int
begin (ProfProcessFilter *filter, const ProfWantedProcess *begun)
{
  ProfWantedProcess *process;
  int r = get_row (filter, begun->pid, &process);
  if (r < 0)
    return r;
  if (process->n_threads == 0)
    filter->n_alive++;
  *process = *begun;
  return 0;
}

int
prof_process_filter_add (ProfProcessFilter *filter, uint32_t pid, bool awaits_exec, uint64_t now_ns)
{
  ProfWantedProcess process = {
    .pid = pid,
    .n_threads = 1,
    .is_counted = awaits_exec,
    .awaits_exec = awaits_exec,
    .since_ns = now_ns,
  };
  return begin (filter, &process);
}

void
prof_process_filter_remove (ProfProcessFilter *filter, uint32_t pid)
{
  ProfWantedProcess *process = find_alive (filter, pid);
  if (process == NULL)
    return;
  process->n_threads = 0;
  filter->n_alive--;
}

/* ---- records ---- */

static bool
is_wanted (const ProfProcessFilter *filter, uint32_t pid)
{
  const ProfWantedProcess *process = find_alive (filter, pid);
  return process != NULL && !process->awaits_exec;
}

static int
take_fork (ProfProcessFilter *filter, const ProfRecord *record)
{
  uint32_t pid = record->pid, parent_pid = record->fork.parent_pid;
  bool has_wanted_parent = is_wanted (filter, parent_pid);
  if (pid == parent_pid) {
    if (has_wanted_parent)
      find_alive (filter, pid)->n_threads++;
    return has_wanted_parent;
  }
  /* A row of that pid is of a process that has ended. */
  prof_process_filter_remove (filter, pid);
  if (!has_wanted_parent || filter->leaves_children_out)
    return 0;
  ProfWantedProcess child
      = { .pid = pid, .n_threads = 1, .is_counted = true, .since_ns = record->time_ns };
  int r = begin (filter, &child);
  return r < 0 ? r : 1;
}

static int
take_exit (ProfProcessFilter *filter, const ProfRecord *record)
{
  ProfWantedProcess *process = find_alive (filter, record->pid);
  if (process == NULL)
    return 0;
  bool passes = !process->awaits_exec;
  if (process->is_counted && process->n_threads == 1)
    prof_process_filter_remove (filter, record->pid);
  else if (process->n_threads > 1)
    process->n_threads--;
  return passes;
}

/* execve(2): one thread is left, and from here on all that begin are seen. */
static int
take_comm (ProfProcessFilter *filter, const ProfRecord *record)
{
  ProfWantedProcess *process = find_alive (filter, record->pid);
  if (process == NULL)
    return 0;
  if (record->comm.is_exec) {
    process->awaits_exec = false;
    process->is_counted = true;
    process->n_threads = 1;
  }
  return !process->awaits_exec;
}

static void
remove_reused (ProfProcessFilter *filter)
{
  prof_vec_foreach (process, &filter->processes) {
    if (process->n_threads > 0
        && filter->get_birth_ns (process->pid) > process->since_ns + BIRTH_TOLERANCE_NS)
      prof_process_filter_remove (filter, process->pid);
  }
}

static int
take_sample (ProfProcessFilter *filter, const ProfRecord *record)
{
  bool passes = is_wanted (filter, record->pid);
  if (!passes)
    atomic_fetch_add_explicit (&filter->n_foreign_samples, 1, memory_order_relaxed);
  return passes;
}

int
prof_process_filter_take (ProfProcessFilter *filter, const ProfRecord *record)
{
  if (!filter->is_on)
    return 1;
  switch (record->kind) {
  case PROF_RECORD_SAMPLE:
    return take_sample (filter, record);
  case PROF_RECORD_MAP:
    return is_wanted (filter, record->pid);
  case PROF_RECORD_COMM:
    return take_comm (filter, record);
  case PROF_RECORD_FORK:
    return take_fork (filter, record);
  case PROF_RECORD_EXIT:
    return take_exit (filter, record);
  case PROF_RECORD_LOST:
    remove_reused (filter);
    return 1;
  case PROF_RECORD_THROTTLE:
  case PROF_RECORD_OTHER:
    return 1;
  }
  return 1;
}
