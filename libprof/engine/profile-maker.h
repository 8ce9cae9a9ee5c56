/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>
#include <prof/session.h>
#include <prof/trace.h>

#include "engine/profile-symbols.h"
#include "engine/snapshot.h"

/* What a snapshot does not know. */
typedef struct {
  const ProfPerfSessionEvent *events;
  size_t n_events;
  bool has_thread_names, has_thread_ids, has_timestamps;
  uint64_t start_monotonic_ns, start_unix_ns, duration_ns;
  uint64_t frequency_hz, period;     /* as asked for; period 0: by frequency */
  ProfTraceLink default_link;        /* of samples without a span; may be none */
  struct ProfSymbolizer *symbolizer; /* kept for several profiles; NULL: none is */
  const char *symbol_cache;          /* directory, or NULL */
  int kallsyms_fd;                   /* as of ProfSymbolizerConfig */
  ProfSession session;               /* stack_ends, events and times are filled here */
} ProfProfileMakerConfig;

/* Symbolizes a snapshot and builds the profile: one sample for each row of the aggregate, one
 * sample type for the count and one for each event. Any thread, one at a time for a snapshot. */
int prof_profile_make (const ProfSnapshot *snapshot,
                       const ProfProfileMakerConfig *config,
                       ProfProfile **ret,
                       ProfProfileMakerStats *ret_stats);
