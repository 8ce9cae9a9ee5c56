/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>
#include <prof/session.h>
#include <prof/trace.h>

#include "engine/heap-store.h"
#include "engine/profile-symbols.h"
#include "engine/stack-tables.h"

/* What a heap recorder knows at one moment, copied, so that another thread can make a profile of
 * it. */
typedef struct {
  ProfStackTables tables;
  ProfHeapStoreSnapshot store;
} ProfHeapSnapshot;

int prof_heap_snapshot_take (const ProfStackTablesSource *source,
                             const ProfHeapStore *store,
                             ProfHeapSnapshot *ret);
void prof_heap_snapshot_finish (ProfHeapSnapshot *snapshot);

/* What a snapshot does not know. */
typedef struct {
  bool has_thread_names, has_thread_ids;
  uint64_t start_monotonic_ns, start_unix_ns, duration_ns;
  ProfTraceLink default_link; /* of samples without a span; may be none */
  const char *symbol_cache;   /* directory, or NULL */
  ProfSession session;        /* stack_ends and times are filled here */
} ProfHeapProfileConfig;

/* Symbolizes a snapshot and builds the profile: sample types alloc_objects/count,
 * alloc_space/bytes, inuse_objects/count, inuse_space/bytes (the default one), labels "bytes",
 * "end_timestamp_ns", "freed_timestamp_ns" (unless never), "exited_timestamp_ns" (its process
 * ended before the recording) and those of thread and span, period
 * space/bytes. A store that does not track frees knows nothing of what is in use: its profile has
 * the first two types, and alloc_space is the default. Any thread, one at a time for a snapshot. */
int prof_heap_profile_make (const ProfHeapSnapshot *snapshot,
                            const ProfHeapProfileConfig *config,
                            ProfProfile **ret,
                            ProfProfileMakerStats *ret_stats);
