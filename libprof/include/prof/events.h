/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <prof/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An event that can be sampled by (ProfCpuConfig.events). */
typedef struct {
  const char *name;        /* as `prof record -e` takes it */
  const char *description; /* never NULL */
  const char *source;      /* "software", "hardware" (what the kernel maps to any processor's
                              counters), the PMU as libpfm4 calls it, or "tracepoint" */
  bool is_countable;       /* this machine and this user can count it (tried); false if not tried */
  const char *reason;      /* why not; "" if countable or not tried */
} ProfEventInfo;

/* Events as they were when the list was made. Immutable: any thread. */
typedef struct ProfEventList ProfEventList;

/* Lists the events whose name or description contains `pattern` (a POSIX extended regular
 * expression, case-insensitive; NULL: all). With `probe`, each event is opened once to fill
 * is_countable, of the tracepoints one for all. Tracepoints are listed only to those who may read
 * tracefs. May take a second: not from a UI thread. -EINVAL: not a regular expression. */
PROF_API int prof_event_list_new (const char *pattern,
                                  bool probe,
                                  ProfEventList **ret,
                                  ProfError *reterr);
/* Returns NULL, which it takes as well. */
PROF_API ProfEventList *prof_event_list_free (ProfEventList *list);
/* Borrowed from the list. */
PROF_API const ProfEventInfo *prof_event_list_get (const ProfEventList *list, size_t *ret_n);

#ifdef __cplusplus
}
#endif
