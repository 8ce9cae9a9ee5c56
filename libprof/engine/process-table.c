/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "capture/proc-maps.h"
#include "engine/process-maps.h"

/* With their names some 64 MiB, if a target starts and renames threads for hours. */
#define MAX_THREADS (1u << 20)

/* ---- processes ---- */

static bool
process_has_pid (const void *table, uint32_t row, const void *key)
{
  const ProfProcessTable *self = table;
  return (uint32_t)self->processes.items[row]->space.pid == *(const uint32_t *)key;
}

static ProfProcess *
find_process (const ProfProcessTable *table, uint32_t pid)
{
  uint32_t row = prof_hash_index_find (&table->process_index, prof_hash_word (0, pid),
                                       process_has_pid, table, &pid);
  return row == PROF_HASH_INDEX_NONE ? NULL : table->processes.items[row];
}

static int
add_process (ProfProcessTable *table, uint32_t pid, ProfProcess **ret)
{
  cleanup (prof_free) ProfProcess *process = calloc (1, sizeof *process);
  if (process == NULL || prof_vec_reserve (&table->processes, 1) < 0
      || prof_hash_index_add (&table->process_index, prof_hash_word (0, pid),
                              (uint32_t)table->processes.n)
             < 0)
    return -ENOMEM;
  prof_address_space_init (&process->space, (pid_t)pid);
  /* What is cached by pid and generation is not to be found for a later row of the pid. */
  process->space.generation = (uint64_t)table->n_added++ << 12;
  *ret = table->processes.items[table->processes.n++] = steal (&process);
  return 0;
}

static int
revive_process (ProfProcessTable *table, uint32_t pid, ProfProcess **ret)
{
  ProfProcess *process = find_process (table, pid);
  if (process == NULL) {
    int r = add_process (table, pid, &process);
    if (r < 0)
      return r;
  }
  if (!process->is_alive) {
    table->n_processes++;
    process->is_in_exec = false;
  }
  process->is_alive = true;
  *ret = process;
  return 0;
}

int
prof_process_table_get (ProfProcessTable *table, uint32_t pid, ProfProcess **ret)
{
  ProfProcess *process = find_process (table, pid);
  if (process == NULL || !process->is_alive) {
    int r = revive_process (table, pid, &process);
    if (r < 0)
      return r;
    /* A process that is gone or closed to us has no maps: its frames stay unnamed. */
    if (prof_process_maps_read_with (&process->space, table->helper) == -ENOMEM)
      return -ENOMEM;
  }
  *ret = process;
  return 0;
}

int
prof_process_table_begin (ProfProcessTable *table, uint32_t pid)
{
  ProfProcess *process;
  return revive_process (table, pid, &process);
}

void
prof_process_table_end (ProfProcessTable *table, uint32_t pid)
{
  ProfProcess *process = find_process (table, pid);
  if (process == NULL)
    return;
  prof_address_space_clear (&process->space);
  process->is_alive = false;
  /* Those of processes that end soon are the latest. */
  for (size_t i = table->states.n; i-- > 0 && process->n_threads > 0;) {
    ProfThreadState *state = &table->states.items[i];
    if (!state->is_alive || state->pid != pid)
      continue;
    state->is_alive = false;
    process->n_threads--;
  }
  process->n_threads = 0;
}

/* ---- threads ---- */

static bool
thread_is_equal (const void *table, uint32_t row, const void *key)
{
  const ProfThread *thread = &((const ProfProcessTable *)table)->threads.items[row];
  const ProfThread *wanted = key;
  return thread->tid == wanted->tid && thread->pid == wanted->pid && thread->name == wanted->name;
}

/* Rows are only made for threads that have samples: most of a build's, say, have none. */
static int
intern_thread (ProfProcessTable *table, ProfThreadState *state)
{
  if (table->threads.n >= table->max_threads)
    return 0;
  int name = prof_string_table_intern (&table->names, state->name, strlen (state->name));
  if (name < 0)
    return name;
  ProfThread thread = { state->pid, state->tid, (uint32_t)name };
  uint64_t hash = prof_hash_word (prof_hash_word (thread.pid, thread.tid), thread.name);
  uint32_t row = prof_hash_index_find (&table->thread_index, hash, thread_is_equal, table, &thread);
  if (row == PROF_HASH_INDEX_NONE) {
    row = (uint32_t)table->threads.n;
    if (prof_vec_reserve (&table->threads, 1) < 0
        || prof_hash_index_add (&table->thread_index, hash, row) < 0)
      return -ENOMEM;
    table->threads.items[table->threads.n++] = thread;
  }
  state->thread = row;
  return 0;
}

static bool
state_has_tid (const void *table, uint32_t row, const void *key)
{
  return ((const ProfProcessTable *)table)->states.items[row].tid == *(const uint32_t *)key;
}

static ProfThreadState *
find_state (const ProfProcessTable *table, uint32_t tid)
{
  uint32_t row = prof_hash_index_find (&table->state_index, prof_hash_word (0, tid), state_has_tid,
                                       table, &tid);
  return row == PROF_HASH_INDEX_NONE ? NULL : &table->states.items[row];
}

static int
get_state (ProfProcessTable *table, uint32_t tid, ProfThreadState **ret)
{
  *ret = find_state (table, tid);
  if (*ret != NULL)
    return 0;
  if (prof_vec_reserve (&table->states, 1) < 0
      || prof_hash_index_add (&table->state_index, prof_hash_word (0, tid),
                              (uint32_t)table->states.n)
             < 0)
    return -ENOMEM;
  *ret = &table->states.items[table->states.n++];
  **ret = (ProfThreadState){ .tid = tid };
  return 0;
}

/* NULL: not known, or gone, or last seen in another process. */
static ProfThreadState *
find_alive (const ProfProcessTable *table, uint32_t pid, uint32_t tid)
{
  ProfThreadState *state = find_state (table, tid);
  return state != NULL && state->is_alive && state->pid == pid ? state : NULL;
}

/* Sets a thread's name, and makes it known and alive. */
static int
name_thread (
    ProfProcessTable *table, uint32_t pid, uint32_t tid, const char *name, ProfThreadState **ret)
{
  ProfProcess *process;
  int r = prof_process_table_get (table, pid, &process);
  if (r < 0 || (r = get_state (table, tid, ret)) < 0)
    return r;
  ProfThreadState *state = *ret;
  if (!state->is_alive) {
    state->is_alive = true;
    process->n_threads++;
    table->n_threads++;
  }
  state->pid = pid;
  state->thread = PROF_NO_THREAD;
  snprintf (state->name, sizeof state->name, "%s", name);
  return 0;
}

static int
get_thread (ProfProcessTable *table, uint32_t pid, uint32_t tid, ProfThreadState **ret)
{
  *ret = find_alive (table, pid, tid);
  if (*ret != NULL)
    return 0;
  char name[PROF_THREAD_NAME_BYTES];
  if (pid == 0)
    snprintf (name, sizeof name, "swapper"); /* what a CPU does that has nothing to do */
  else if (prof_proc_read_comm ((pid_t)pid, (pid_t)tid, name, sizeof name) < 0)
    snprintf (name, sizeof name, "%u", tid);
  return name_thread (table, pid, tid, name, ret);
}

int
prof_process_table_get_thread (ProfProcessTable *table,
                               uint32_t pid,
                               uint32_t tid,
                               uint32_t *ret_thread)
{
  ProfThreadState *state;
  int r = get_thread (table, pid, tid, &state);
  if (r >= 0 && state->thread == PROF_NO_THREAD)
    r = intern_thread (table, state);
  if (r >= 0)
    *ret_thread = state->thread;
  return r;
}

/* ---- side-band ---- */

static int
fork_process (ProfProcessTable *table, uint32_t pid, uint32_t parent_pid)
{
  ProfProcess *parent, *child;
  int r = prof_process_table_get (table, parent_pid, &parent);
  if (r < 0 || (r = revive_process (table, pid, &child)) < 0)
    return r;
  prof_address_space_clear (&child->space);
  child->is_in_exec = false;
  child->n_threads = 0;
  return prof_address_space_clone (&parent->space, &child->space);
}

int
prof_process_table_fork (
    ProfProcessTable *table, uint32_t pid, uint32_t tid, uint32_t parent_pid, uint32_t parent_tid)
{
  int r = pid == parent_pid ? 0 : fork_process (table, pid, parent_pid);
  if (r < 0)
    return r;
  ProfThreadState *parent, *child = find_state (table, tid);
  if (child != NULL)
    child->is_alive = false;
  r = get_thread (table, parent_pid, parent_tid, &parent);
  if (r < 0)
    return r;
  /* The table may move while the name is used: take a copy. */
  char name[PROF_THREAD_NAME_BYTES];
  memcpy (name, parent->name, sizeof name);
  return name_thread (table, pid, tid, name, &child);
}

/* execve(2): the other threads are gone, and the one that called it has the pid for its tid; of
 * its own tid no exit is told. */
static int
exec_process (ProfProcessTable *table, uint32_t pid)
{
  ProfProcess *process;
  int r = revive_process (table, pid, &process);
  if (r < 0)
    return r;
  prof_address_space_clear (&process->space);
  process->is_in_exec = true;
  process->n_threads = find_alive (table, pid, pid) != NULL;
  return 0;
}

int
prof_process_table_rename (
    ProfProcessTable *table, uint32_t pid, uint32_t tid, const char *name, bool is_exec)
{
  int r = is_exec ? exec_process (table, pid) : 0;
  if (r < 0)
    return r;
  ProfThreadState *state;
  return name_thread (table, pid, tid, name, &state);
}

int
prof_process_table_exit (ProfProcessTable *table, uint32_t pid, uint32_t tid)
{
  ProfThreadState *state = find_state (table, tid);
  if (state == NULL || !state->is_alive)
    return 0;
  state->is_alive = false;
  ProfProcess *process = state->pid == pid ? find_process (table, pid) : NULL;
  if (process == NULL || process->n_threads == 0 || --process->n_threads > 0)
    return 0;
  process->is_alive = false;
  prof_address_space_clear (&process->space);
  return 0;
}

/* ---- trimming ---- */

static void
end_lost_threads (ProfProcessTable *table)
{
  prof_vec_foreach (state, &table->states) {
    bool is_gone = state->is_alive && state->pid != 0
                   && syscall (SYS_tgkill, state->pid, state->tid, 0) < 0 && errno == ESRCH;
    if (is_gone)
      prof_process_table_exit (table, state->pid, state->tid);
  }
}

/* The indexes have had as many rows before: adding can't fail. */
static void
trim_states (ProfProcessTable *table)
{
  size_t n = table->states.n;
  table->states.n = 0;
  prof_hash_index_reset (&table->state_index);
  for (size_t i = 0; i < n; i++) {
    ProfThreadState *state = &table->states.items[i];
    if (!state->is_alive)
      continue;
    state->thread = PROF_NO_THREAD;
    prof_hash_index_add (&table->state_index, prof_hash_word (0, state->tid),
                         (uint32_t)table->states.n);
    table->states.items[table->states.n++] = *state;
  }
}

static void
trim_processes (ProfProcessTable *table)
{
  size_t n = table->processes.n;
  table->processes.n = 0;
  prof_hash_index_reset (&table->process_index);
  for (size_t i = 0; i < n; i++) {
    ProfProcess *process = table->processes.items[i];
    if (!process->is_alive) {
      prof_address_space_finish (&process->space);
      free (process);
      continue;
    }
    prof_hash_index_add (&table->process_index, prof_hash_word (0, (uint32_t)process->space.pid),
                         (uint32_t)table->processes.n);
    table->processes.items[table->processes.n++] = process;
  }
}

void
prof_process_table_trim (ProfProcessTable *table, bool has_lost_records)
{
  if (has_lost_records)
    end_lost_threads (table);
  trim_states (table);
  trim_processes (table);
  table->threads.n = 0;
  prof_hash_index_reset (&table->thread_index);
  prof_string_table_reset (&table->names);
}

/* ---- life ---- */

int
prof_process_table_init (ProfProcessTable *table)
{
  *table = (ProfProcessTable){ .max_threads = MAX_THREADS };
  return prof_string_table_init (&table->names);
}

void
prof_process_table_finish (ProfProcessTable *table)
{
  prof_vec_foreach (process, &table->processes) {
    prof_address_space_finish (&(*process)->space);
    free (*process);
  }
  prof_vec_clear (&table->processes);
  prof_vec_clear (&table->states);
  prof_vec_clear (&table->threads);
  prof_hash_index_clear (&table->process_index);
  prof_hash_index_clear (&table->state_index);
  prof_hash_index_clear (&table->thread_index);
  prof_string_table_finish (&table->names);
}

size_t
prof_process_table_list_alive (const ProfProcessTable *table, pid_t *ret_pids, size_t n_max)
{
  size_t n = 0;
  prof_vec_foreach (process, &table->processes) {
    if (n < n_max && (*process)->is_alive && (*process)->space.pid > 0)
      ret_pids[n++] = (*process)->space.pid;
  }
  return n;
}
