/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <prof/memory.h>
#include <prof/trace.h>

#include "capture/heap-region.h"
#include "capture/spawn.h"
#include "engine/collector.h"

/* What a heap recorder records: this process, a command, or what others start. */
typedef struct {
  const ProfMemoryConfig *config; /* borrowed */
  ProfCollector *collector;       /* borrowed */
  ProfHeapRegion region;
  char **environment; /* for children; NULL: this process */
  ProfTraceLink link; /* that commands and children are started with; may be none */
  ProfSpawn spawn;    /* pid 0: no command */
  ProfHeapAttach *attach;
  ProfHeapDetach *detach;
  ProfHeapIgnoreThread *ignore_thread;
} ProfHeapTarget;

/* Whether the library that programs load for it is where it is looked for: 0 or negative errno;
 * -EINVAL: LD_PRELOAD can't have such a path. */
int prof_heap_target_try_library (char *ret_path, size_t size);

void prof_heap_target_init (ProfHeapTarget *target, const ProfMemoryConfig *config);
void prof_heap_target_finish (ProfHeapTarget *target);

/* Makes what is shared, and forks a command. Caller's thread. */
int prof_heap_target_open (ProfHeapTarget *target, ProfError *reterr);
/* Recording this process begins with what the caller's thread does next; with other threads within
 * their next 64 KiB. Caller's thread; nothing to do for other targets. */
int prof_heap_target_attach (ProfHeapTarget *target, ProfError *reterr);
/* From here on there are samples of others. Collector's thread. */
int prof_heap_target_begin (ProfHeapTarget *target, ProfError *reterr);
/* No more samples. Collector's thread. */
void prof_heap_target_disable (ProfHeapTarget *target);
/* What is shared has been read: this process may be recorded anew. Collector's thread. */
void prof_heap_target_end (ProfHeapTarget *target);

/* Whether the calling thread's own allocations are left out; counted. */
void prof_heap_target_ignore_thread (ProfHeapTarget *target, bool ignore);
