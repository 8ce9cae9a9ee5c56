/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/hash-index.h"
#include "base/string-table.h"
#include "base/vec.h"
#include "capture/helper-channel.h"
#include "elf/address-space.h"
#include "profile/aggregate.h"

/* A process that was seen. Rows stay, until a trim, for the next process of the same pid; the maps
 * are freed when its last known thread exits. */
typedef struct {
  ProfAddressSpace space;
  bool is_alive;
  bool is_in_exec;    /* the old program is gone; no code of the new one was seen to run */
  unsigned n_threads; /* alive and known */
} ProfProcess;

/* The kernel's names for its own threads are longer than 15 characters. */
#define PROF_THREAD_NAME_BYTES 32

/* A thread under one of its names: what a sample's labels say. */
typedef struct {
  uint32_t pid, tid;
  uint32_t name; /* string of the table */
} ProfThread;

/* A thread as it is now. */
typedef struct {
  uint32_t pid, tid;
  uint32_t thread; /* row of threads; PROF_NO_THREAD: nobody has asked for it under this name */
  bool is_alive;
  char name[PROF_THREAD_NAME_BYTES];
} ProfThreadState;

/* Who runs: kept from the side-band records in the order of their times; what was there before the
 * recording is read from /proc at first sight. One thread's. */
typedef struct {
  PROF_VEC (ProfProcess *) processes;
  PROF_VEC (ProfThreadState) states;
  PROF_VEC (ProfThread) threads; /* at most max_threads */
  size_t max_threads;
  ProfHashIndex process_index, state_index, thread_index;
  ProfStringTable names;
  unsigned n_processes, n_threads; /* ever seen */
  uint32_t n_added;                /* rows of processes, ever */
  ProfHelperChannel *helper;       /* borrowed; reads maps that are closed to us; NULL: none */
} ProfProcessTable;

int prof_process_table_init (ProfProcessTable *table);
void prof_process_table_finish (ProfProcessTable *table);

/* Forgets who has ended, and all rows of threads: they are made again for those that have samples.
 * Records were lost: threads whose end was not seen are looked for. */
void prof_process_table_trim (ProfProcessTable *table, bool has_lost_records);

/* The process, alive: read from /proc if it was not known. -ENOMEM. Borrowed. */
int prof_process_table_get (ProfProcessTable *table, uint32_t pid, ProfProcess **ret);
/* The process is there; its maps are of no interest. 0 or -ENOMEM. */
int prof_process_table_begin (ProfProcessTable *table, uint32_t pid);
/* The process is gone, with all its threads. */
void prof_process_table_end (ProfProcessTable *table, uint32_t pid);
/* The row in threads of a thread as it is named now; PROF_NO_THREAD once there are max_threads. */
int prof_process_table_get_thread (ProfProcessTable *table,
                                   uint32_t pid,
                                   uint32_t tid,
                                   uint32_t *ret_thread);

int prof_process_table_fork (
    ProfProcessTable *table, uint32_t pid, uint32_t tid, uint32_t parent_pid, uint32_t parent_tid);
int prof_process_table_rename (
    ProfProcessTable *table, uint32_t pid, uint32_t tid, const char *name, bool is_exec);
int prof_process_table_exit (ProfProcessTable *table, uint32_t pid, uint32_t tid);

/* The pids of processes that are alive, at most n_max of them. Returns how many. */
size_t prof_process_table_list_alive (const ProfProcessTable *table, pid_t *ret_pids, size_t n_max);
