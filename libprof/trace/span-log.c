/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "trace/span-log.h"

#include "trace/trace-ids.h"

/* ---- entries ---- */

/* A reader that saw any of the words sees that the tag is not, or no more, what it was: the words
 * are stored with release and loaded with acquire. */
static void
write_entry (ProfSpanEntry *entry, uint64_t number, uint64_t time_ns, const ProfTraceLink *link)
{
  union {
    ProfThreadContext context;
    uint64_t words[PROF_SPAN_WORDS];
  } value = { .words = { 0 } };
  memcpy (value.context.trace_id, link->trace_id, sizeof link->trace_id);
  memcpy (value.context.span_id, link->span_id, sizeof link->span_id);
  value.context.is_valid = 1;
  value.context.flags = link->flags;
  atomic_store_explicit (&entry->tag, 0, memory_order_relaxed);
  atomic_store_explicit (&entry->time_ns, time_ns, memory_order_release);
  for (int i = 0; i < PROF_SPAN_WORDS; i++)
    atomic_store_explicit (&entry->words[i], value.words[i], memory_order_release);
  atomic_store_explicit (&entry->tag, number + 1, memory_order_release);
}

typedef struct {
  uint64_t number, time_ns;
  ProfTraceLink link;
} Span;

/* False: the entry was being written. */
static bool
read_entry (const ProfSpanEntry *entry, Span *ret)
{
  union {
    ProfThreadContext context;
    uint64_t words[PROF_SPAN_WORDS];
  } value;
  uint64_t tag = atomic_load_explicit (&entry->tag, memory_order_acquire);
  ret->time_ns = atomic_load_explicit (&entry->time_ns, memory_order_acquire);
  for (int i = 0; i < PROF_SPAN_WORDS; i++)
    value.words[i] = atomic_load_explicit (&entry->words[i], memory_order_acquire);
  if (tag == 0 || atomic_load_explicit (&entry->tag, memory_order_relaxed) != tag)
    return false;
  ret->number = tag - 1;
  memcpy (ret->link.trace_id, value.context.trace_id, sizeof ret->link.trace_id);
  memcpy (ret->link.span_id, value.context.span_id, sizeof ret->link.span_id);
  ret->link.flags = value.context.flags;
  return true;
}

static bool
read_number (const ProfSpanLog *log, uint64_t number, Span *ret)
{
  return read_entry (&log->entries[number % PROF_SPAN_ENTRIES], ret) && ret->number == number;
}

/* ---- writing ---- */

void
prof_span_log_claim (ProfSpanLog *log, uint32_t tid, uint64_t now_ns, void **context)
{
  log->context = context;
  *context = NULL;
  atomic_store_explicit (&log->current, NULL, memory_order_relaxed);
  atomic_store_explicit (&log->recording_ns, 0, memory_order_relaxed);
  atomic_store_explicit (&log->claimed_ns, now_ns, memory_order_relaxed);
  atomic_store_explicit (&log->ended_ns, UINT64_MAX, memory_order_relaxed);
  atomic_store_explicit (&log->tid, tid, memory_order_release);
}

bool
prof_span_log_put (ProfSpanLog *log, uint64_t number, uint64_t time_ns, const ProfTraceLink *link)
{
  uint64_t expected = number;
  if (!atomic_compare_exchange_strong_explicit (&log->n_entries, &expected, number + 1,
                                                memory_order_acq_rel, memory_order_relaxed))
    return false;
  ProfSpanEntry *entry = time_ns == 0 ? &log->idle[number % PROF_SPAN_IDLE_ENTRIES]
                                      : &log->entries[number % PROF_SPAN_ENTRIES];
  write_entry (entry, number, time_ns, link);
  atomic_store_explicit (&log->current, entry, memory_order_release);
  *(void *volatile *)log->context = prof_trace_link_is_none (link) ? NULL : &entry->context;
  return atomic_load_explicit (&log->n_entries, memory_order_relaxed) == number + 1;
}

/* A signal handler in between does the same: the loop sees that it is done. */
void
prof_span_log_begin_recording (ProfSpanLog *log, uint64_t recording_ns)
{
  while (atomic_load_explicit (&log->recording_ns, memory_order_relaxed) != recording_ns) {
    uint64_t number = atomic_load_explicit (&log->n_entries, memory_order_relaxed);
    ProfTraceLink link = { .flags = 0 };
    prof_span_log_get_current (log, &link);
    if (!prof_span_log_put (log, number, recording_ns, &link))
      continue;
    atomic_store_explicit (&log->first, number, memory_order_relaxed);
    atomic_store_explicit (&log->recording_ns, recording_ns, memory_order_release);
  }
}

bool
prof_span_log_get_current (const ProfSpanLog *log, ProfTraceLink *ret)
{
  Span span;
  const ProfSpanEntry *entry = atomic_load_explicit (&log->current, memory_order_acquire);
  if (entry == NULL || !read_entry (entry, &span) || prof_trace_link_is_none (&span.link))
    return false;
  *ret = span.link;
  return true;
}

/* ---- finding ---- */

/* The last entry that is not later than time_ns, from number `first` on. Times grow with numbers,
 * but within a call that a signal handler interrupts; an entry that is being written, or that such
 * a call has left out, is passed over. */
static bool
search (const ProfSpanLog *log, uint64_t first, uint64_t end, uint64_t time_ns, Span *ret)
{
  bool is_found = false;
  while (first < end) {
    Span span;
    uint64_t middle = first + (end - first) / 2, number = middle;
    bool is_whole = read_number (log, number, &span);
    while (!is_whole && number > first)
      is_whole = read_number (log, --number, &span);
    if (!is_whole) {
      first = middle + 1;
    } else if (span.time_ns <= time_ns) {
      *ret = span;
      is_found = true;
      first = middle + 1;
    } else {
      end = number;
    }
  }
  return is_found;
}

static ProfSpanResult
find_in_entries (const ProfSpanLog *log, uint64_t time_ns, ProfTraceLink *ret)
{
  Span span;
  uint64_t end = atomic_load_explicit (&log->n_entries, memory_order_acquire);
  uint64_t first = atomic_load_explicit (&log->first, memory_order_relaxed);
  bool is_cut = end > first + PROF_SPAN_ENTRIES;
  if (!search (log, is_cut ? end - PROF_SPAN_ENTRIES : first, end, time_ns, &span))
    return is_cut ? PROF_SPAN_LOST : PROF_SPAN_NONE;
  /* An entry's place goes to the entry PROF_SPAN_ENTRIES later: before that is begun, neither this
   * one nor any after it was overwritten. */
  if (atomic_load_explicit (&log->n_entries, memory_order_acquire)
      > span.number + PROF_SPAN_ENTRIES)
    return PROF_SPAN_LOST;
  *ret = span.link;
  return prof_trace_link_is_none (&span.link) ? PROF_SPAN_NONE : PROF_SPAN_FOUND;
}

/* The thread has set no span since the recording began: it has the one of before. */
ProfSpanResult
prof_span_log_find (const ProfSpanLog *log,
                    uint64_t recording_ns,
                    uint64_t time_ns,
                    ProfTraceLink *ret)
{
  for (int i = 0; i < 4; i++) {
    uint64_t n = atomic_load_explicit (&log->n_entries, memory_order_acquire);
    if (atomic_load_explicit (&log->recording_ns, memory_order_acquire) == recording_ns)
      return find_in_entries (log, time_ns, ret);
    bool is_found = prof_span_log_get_current (log, ret);
    if (atomic_load_explicit (&log->recording_ns, memory_order_acquire) != recording_ns
        && atomic_load_explicit (&log->n_entries, memory_order_acquire) == n)
      return is_found ? PROF_SPAN_FOUND : PROF_SPAN_NONE;
  }
  return PROF_SPAN_LOST;
}
