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

/* What a heap profile says over time. All follows from its sample types, in bytes and counts, and
 * from the labels of its samples: "bytes" (size of a block), "end_timestamp_ns" (allocated) and
 * "freed_timestamp_ns" (absent: what is in use was not freed before the end), and
 * "exited_timestamp_ns" (its process ended before the recording did). Of a heap profile
 * without times (Go's, jemalloc's) only the state at its end is known. Immutable once made: any
 * thread. Times are nanoseconds since the Unix epoch. Sums stop at the ends of int64_t.
 *
 * A block is live from the moment of its allocation to just before that of its free, or of the end
 * of its process. */
typedef struct ProfHeap ProfHeap;

/* Holds a reference to `profile`. -EINVAL: it has no sample type alloc_space or inuse_space in
 * bytes; -EFBIG: more inlined calls than a real profile has; -ENOMEM. */
PROF_API int prof_heap_new (ProfProfile *profile, ProfHeap **ret, ProfError *reterr);
/* The same, with wrappers of malloc that count as the allocator, so that memory is attributed to
 * those who call them. `allocators`: patterns as of fnmatch(3) for function names, such as
 * "xmalloc" or "g_*alloc*", NULL-terminated; the parameters of a C++ name may be left out. NULL:
 * none. */
PROF_API int prof_heap_new_with_allocators (ProfProfile *profile,
                                            const char *const *allocators,
                                            ProfHeap **ret,
                                            ProfError *reterr);
/* Returns NULL, which it takes as well. */
PROF_API ProfHeap *prof_heap_free (ProfHeap *heap);

/* A heap profile in numbers. */
typedef struct {
  size_t size;              /* set by the initializer; lets the struct grow */
  int64_t start_ns, end_ns; /* of the recording; equal where the samples have no times */
  bool has_times;
  bool has_frees; /* false: nothing is known of what is live, which counts as nothing */
  int64_t allocated_bytes, allocated_objects;
  int64_t live_bytes, live_objects; /* at the end, each process's own */
  size_t n_samples;
  size_t n_processes, n_threads; /* by the labels "pid" and "tid"; 0: not recorded */
} ProfHeapSummary;

/* All 0. */
#define PROF_HEAP_SUMMARY_INIT                                                                     \
  {                                                                                                \
    .size = sizeof (ProfHeapSummary), .start_ns = 0, .end_ns = 0, .has_times = false,              \
    .has_frees = false, .allocated_bytes = 0, .allocated_objects = 0, .live_bytes = 0,             \
    .live_objects = 0, .n_samples = 0, .n_processes = 0, .n_threads = 0                            \
  }

/* Was summed up by prof_heap_new. -EINVAL: *ret is not set by PROF_HEAP_SUMMARY_INIT. */
PROF_API int prof_heap_get_summary (const ProfHeap *heap, ProfHeapSummary *ret);

/* The heap at one time. */
typedef struct {
  int64_t time_ns;
  int64_t live_bytes, live_objects;           /* at this time */
  int64_t allocated_bytes, allocated_objects; /* since the point before it */
  int64_t freed_bytes, freed_objects;         /* since the point before it; exits as well */
} ProfHeapPoint;

/* `n_points` (at least 2) evenly spaced points from start_ns to end_ns; the first point's
 * allocations and frees are those at start_ns itself. Free *ret with free(). -EINVAL, -ENOMEM. */
PROF_API int prof_heap_get_timeline (
    const ProfHeap *heap, int64_t start_ns, int64_t end_ns, size_t n_points, ProfHeapPoint **ret);

/* The first moment at which most bytes were live. Its allocated and freed are since the start. */
PROF_API void prof_heap_get_peak (const ProfHeap *heap, ProfHeapPoint *ret);

/* Who allocated: the innermost frame of a stack that is not the allocator's own (malloc and its
 * kin, operator new, std::allocator, and all that allocator libraries hold), or the outermost one
 * if all are. Strings are never NULL and borrowed from the heap. */
typedef struct {
  const char *name, *filename, *module; /* name "": a stack without frames */
} ProfHeapSite;

/* Live bytes by allocation site at n_points points: values[point * n_sites + site]. Sites are
 * sorted by the magnitude of their greatest value, ties by name; those that never have one are left
 * out. If there are more than max_sites, the row after them sums up the rest: others. One block:
 * free *ret with free(). */
typedef struct {
  size_t n_points, n_sites; /* `others` included */
  bool has_others;          /* the last site stands for them: it has no name */
  const ProfHeapSite *sites;
  const int64_t *times_ns;
  const int64_t *values;
} ProfHeapSites;

/* Points as in prof_heap_get_timeline. -EINVAL, -ENOMEM. */
PROF_API int prof_heap_get_sites (const ProfHeap *heap,
                                  int64_t start_ns,
                                  int64_t end_ns,
                                  size_t n_points,
                                  size_t max_sites,
                                  ProfHeapSites **ret);

/* The same for a picture, which must not miss what lasts for less than the time between two points:
 * each point after the first is, since the one before it, the moment at which most bytes were live.
 */
PROF_API int prof_heap_get_site_peaks (const ProfHeap *heap,
                                       int64_t start_ns,
                                       int64_t end_ns,
                                       size_t n_points,
                                       size_t max_sites,
                                       ProfHeapSites **ret);

/* Which blocks are meant. */
typedef enum {
  PROF_HEAP_LIVE_AT,      /* live at end_ns */
  PROF_HEAP_LIVE_AT_PEAK, /* live at prof_heap_get_peak */
  PROF_HEAP_ALLOCATED_IN, /* allocated at or after start_ns and before end_ns */
  PROF_HEAP_STAYED_FROM,  /* ... and still live at end_ns */
  PROF_HEAP_LEAKED,       /* not freed by the end, each process's own */
  /* Allocated at or after start_ns and before end_ns, and freed less than max_lifetime_ns later. */
  PROF_HEAP_TEMPORARY,
} ProfHeapSelectionKind;

/* Patterns of stacks that a report leaves out, and what they matched. One thread's at a time. */
typedef struct ProfSuppressions ProfSuppressions;

/* Blocks of a kind, and of a time. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  ProfHeapSelectionKind kind;
  int64_t start_ns, end_ns; /* end_ns 0: the end of the recording, with all that happens then */
  int64_t max_lifetime_ns;  /* PROF_HEAP_TEMPORARY: of the shortest that lived too long */
  ProfSuppressions *suppressions; /* borrowed; what they match is left out and counted; or NULL */
} ProfHeapSelection;

/* What is live at the peak. */
#define PROF_HEAP_SELECTION_INIT                                                                   \
  {                                                                                                \
    .size = sizeof (ProfHeapSelection), .kind = PROF_HEAP_LIVE_AT_PEAK, .start_ns = 0,             \
    .end_ns = 0, .max_lifetime_ns = 1000000, .suppressions = NULL                                  \
  }

/* Makes a profile of what the selection holds: sample types objects/count and space/bytes (the
 * default one), the samples' labels, the sessions, and stacks that begin with the allocation site.
 * Everything that is done with profiles can be done with it: functions, trees, flame graphs, diffs.
 * -EINVAL, -ENOMEM. */
PROF_API int prof_heap_select (const ProfHeap *heap,
                               const ProfHeapSelection *selection,
                               ProfProfile **ret,
                               ProfError *reterr);

/* Blocks of min_bytes to max_bytes (inclusive): 0, 1, 2 to 3, 4 to 7, ... */
typedef struct {
  int64_t min_bytes, max_bytes;
  int64_t allocated_objects, allocated_bytes;
  int64_t live_objects, live_bytes;           /* at the end, each process's own */
  int64_t temporary_objects, temporary_bytes; /* freed less than max_lifetime_ns later */
} ProfHeapSizeClass;

/* The classes from the smallest to the greatest size that occurs. A sample without the label
 * "bytes" counts by its mean size. Free *ret with free(). -EINVAL, -ENOMEM. */
PROF_API int prof_heap_get_sizes (const ProfHeap *heap,
                                  int64_t max_lifetime_ns,
                                  ProfHeapSizeClass **ret,
                                  size_t *ret_n);

/* ---- suppressions, in LeakSanitizer's syntax: a line "leak:PATTERN" matches a stack with a frame
 * whose function, file or module holds the pattern; "*" stands for anything, "^" at its begin and
 * "$" at its end for the ends; "#" begins a line of comment. ---- */

/* -EBADMSG names the line at fault; -ENOMEM. */
PROF_API int prof_suppressions_parse (const char *text,
                                      size_t n_bytes,
                                      ProfSuppressions **ret,
                                      ProfError *reterr);
/* Adds the patterns of another text; after a failure there are as many as before. */
PROF_API int prof_suppressions_add (ProfSuppressions *suppressions,
                                    const char *text,
                                    size_t n_bytes,
                                    ProfError *reterr);
/* Returns NULL, which it takes as well. */
PROF_API ProfSuppressions *prof_suppressions_free (ProfSuppressions *suppressions);

/* What a pattern matched. */
typedef struct {
  const char *pattern;               /* without "leak:"; borrowed until the next add */
  int64_t n_samples, objects, bytes; /* matched so far */
} ProfSuppressionUse;

/* One for each pattern; borrowed until the next add. */
PROF_API const ProfSuppressionUse *prof_suppressions_get_uses (const ProfSuppressions *suppressions,
                                                               size_t *ret_n);

#ifdef __cplusplus
}
#endif
