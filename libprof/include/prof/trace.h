/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/otlp.h>
#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ties profiles to distributed traces (W3C Trace Context, OpenTelemetry). */

/* A span: its IDs in the order of their hex digits. A trace_id that is all 0: none. */
typedef struct {
  uint8_t trace_id[16];
  uint8_t span_id[8];
  uint8_t flags; /* trace-flags: bit 0: sampled. Told to profilers outside, not kept in profiles */
} ProfTraceLink;

/* The ID of a profile in a collector. */
typedef struct {
  uint8_t bytes[16];
} ProfProfileId;

/* Random, never all 0. -errno of getrandom(2). Any thread. */
PROF_API int prof_generate_profile_id (ProfProfileId *ret);

/* From a traceparent, "00-<32 hex>-<16 hex>-<2 hex>", lower case; of a version that is not known
 * yet what comes after that is ignored. -EINVAL: any other text, or an ID that is all 0. */
PROF_API int prof_trace_parse (const char *traceparent, ProfTraceLink *ret);

/* Sets the calling thread's current span; NULL: none. What the CPU and heap profilers that record
 * this process (PROF_TARGET_SELF, PROF_MEMORY_SELF) sample in this thread from now on has it as the
 * labels trace_id and span_id (hex). Profilers outside find it too (OTEP 4947), once
 * prof_process_context_publish has told them to look. Takes no lock; after the first call in a
 * thread it makes no system call and is async-signal-safe. That first call takes memory for the
 * thread: without any, the thread has no spans. A new thread, and the child of a fork but for its
 * one thread, has none. */
PROF_API void prof_trace_set_current (const ProfTraceLink *link);
/* The calling thread's current span; false: none. */
PROF_API bool prof_trace_get_current (ProfTraceLink *ret);

/* Gives the labels trace_id and span_id of `link` to every sample that has no trace_id. For a
 * profile that is not shared. -EINVAL: `link` is none; -ENOMEM, -EOVERFLOW (too many labels): the
 * samples are as they were. */
PROF_API int prof_profile_link_trace (ProfProfile *profile, const ProfTraceLink *link);
/* Likewise with the calling thread's current span. -ENOENT: there is none. */
PROF_API int prof_profile_link_current_trace (ProfProfile *profile);

/* Publishes who this process is for profilers outside (OTEP 4719): resource attributes such as
 * service.name, in a mapping that they find by its name; and that its threads tell their spans
 * (OTEP 4947). libprof does this only when asked: a process that has an OpenTelemetry SDK which
 * publishes by itself must not do it twice. A later call replaces what an earlier one published;
 * the child of a fork has published nothing. Any thread. -EINVAL: an attribute without a key;
 * -EMSGSIZE: more than 64 KiB; -ENOMEM, -errno of memfd_create(2) or mmap(2). */
PROF_API int prof_process_context_publish (const ProfOtlpAttribute *attributes,
                                           size_t n_attributes,
                                           ProfError *reterr);
/* Takes back what was published. Any thread. */
PROF_API void prof_process_context_clear (void);

#ifdef __cplusplus
}
#endif
