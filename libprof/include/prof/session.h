/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a profile was recorded. It travels inside the pprof file as extension field 1000 of Profile,
 * which other tools skip. Strings may be NULL on input and are never NULL on output. */

/* An event that was sampled by. */
typedef struct {
  const char *name;      /* as counted, e.g. "cpu-clock" */
  const char *requested; /* as asked for, e.g. "cycles"; differs when there was a fallback */
  uint64_t frequency_hz; /* 0: by period */
  uint64_t period;       /* 0: by frequency */
  bool excludes_kernel;
} ProfSessionEvent;

/* How stacks ended. Reasons: "root", "depth limit", "stack slice ended", "no unwind data",
 * "bad read", "loop". */
typedef struct {
  const char *module; /* where the last frame was */
  const char *reason;
  uint64_t n_stacks;
} ProfSessionStackEnd;

/* A counter over time: n points. */
typedef struct {
  const char *name, *unit;
  const uint64_t *times_ns; /* since the Unix epoch */
  const int64_t *values;
  size_t n;
} ProfSessionSeries;

/* Of the process or the service that was recorded, as OpenTelemetry names them: "service.name". */
typedef struct {
  const char *key, *value;
} ProfSessionAttribute;

/* One recording. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  const char *const *command;
  size_t n_command;
  const int32_t *pids; /* of an attached session */
  size_t n_pids;
  bool is_system_wide;
  const char *host, *kernel, *cpu_model, *tool; /* tool: "libprof 0.1.0" */
  uint32_t n_cpus;
  uint64_t start_ns;           /* since the Unix epoch */
  uint64_t start_monotonic_ns; /* the same moment on CLOCK_MONOTONIC */
  uint64_t duration_ns;
  uint64_t timestamp_resolution_ns;                   /* of the label end_timestamp_ns */
  uint64_t n_samples, n_lost, n_throttled, n_refused; /* refused by the sampling strategy */
  uint64_t n_truncated;
  const char *unwind; /* "auto", "fp", "dwarf" */
  const char *sampling;
  uint32_t stack_bytes;
  const ProfSessionEvent *events;
  size_t n_events;
  const ProfSessionStackEnd *stack_ends;
  size_t n_stack_ends;
  const ProfSessionSeries *series;
  size_t n_series;
  const char *const *notes; /* sentences for the user: fallbacks, missing rights */
  size_t n_notes;
  const ProfSessionAttribute *resource; /* what the program says of itself (OTEP 4719) */
  size_t n_resource;
  const char *attach; /* events of each "cpu" or of each thread: "task" */
} ProfSession;

/* Nothing is known. */
#define PROF_SESSION_INIT                                                                          \
  {                                                                                                \
    .size = sizeof (ProfSession), .command = NULL, .n_command = 0, .pids = NULL, .n_pids = 0,      \
    .is_system_wide = false, .host = NULL, .kernel = NULL, .cpu_model = NULL, .tool = NULL,        \
    .n_cpus = 0, .start_ns = 0, .start_monotonic_ns = 0, .duration_ns = 0,                         \
    .timestamp_resolution_ns = 0, .n_samples = 0, .n_lost = 0, .n_throttled = 0, .n_refused = 0,   \
    .n_truncated = 0, .unwind = NULL, .sampling = NULL, .stack_bytes = 0, .events = NULL,          \
    .n_events = 0, .stack_ends = NULL, .n_stack_ends = 0, .series = NULL, .n_series = 0,           \
    .notes = NULL, .n_notes = 0, .resource = NULL, .n_resource = 0, .attach = NULL                 \
  }

/* Adds a session to a profile that is being built; copies everything. 0, -EINVAL (size is not set),
 * -ENOMEM. */
PROF_API int prof_profile_add_session (ProfProfile *profile, const ProfSession *session);

/* A profile that was merged has several. */
PROF_API size_t prof_profile_get_n_sessions (const ProfProfile *profile);

/* Decodes session number `index`: one block, freed with prof_session_free. -ENOENT if there is no
 * such session, -EBADMSG if its bytes are no session. */
PROF_API int prof_profile_get_session (const ProfProfile *profile,
                                       size_t index,
                                       ProfSession **ret,
                                       ProfError *reterr);
/* Returns NULL, which it takes as well. */
PROF_API ProfSession *prof_session_free (ProfSession *session);

#ifdef __cplusplus
}
#endif
