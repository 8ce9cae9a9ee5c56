/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/error.h"
#include "base/saturate.h"
#include "profile/heap.h"
#include "profile/profile-remap.h"
#include "profile/suppressions.h"

typedef struct {
  int64_t objects, bytes;
} Sums;

enum { NOT_SUPPRESSED = -1, NOT_JUDGED = -2 };

typedef struct {
  const ProfHeap *heap;
  ProfHeapSelection wanted;
  ProfRemap remap;
  Sums *sums;     /* by sample */
  long *verdicts; /* by row of the report's functions: the suppression, or NOT_SUPPRESSED */
  PROF_VEC (uint32_t) stack;
  PROF_VEC (uint32_t) lines;
} Work;

static inline void
finish_p (Work *work)
{
  prof_remap_finish (&work->remap);
  free (work->sums);
  free (work->verdicts);
  prof_vec_clear (&work->stack);
  prof_vec_clear (&work->lines);
}

/* ---- which blocks ---- */

static bool
is_in_range (const ProfHeapSelection *wanted, const ProfHeapBlock *block)
{
  return block->allocated_ns >= wanted->start_ns
         && (wanted->end_ns == 0 || block->allocated_ns < wanted->end_ns);
}

static bool
is_wanted (const Work *work, const ProfHeapBlock *block)
{
  const ProfHeap *heap = work->heap;
  const ProfHeapSelection *wanted = &work->wanted;
  int64_t end = wanted->end_ns != 0 ? wanted->end_ns : heap->summary.end_ns;
  switch (wanted->kind) {
  case PROF_HEAP_LIVE_AT:
    return prof_heap_is_live (heap, block, end);
  case PROF_HEAP_LIVE_AT_PEAK:
    return prof_heap_is_live (heap, block, heap->peak.time_ns);
  case PROF_HEAP_ALLOCATED_IN:
    return is_in_range (wanted, block);
  case PROF_HEAP_STAYED_FROM:
    return is_in_range (wanted, block) && prof_heap_is_live (heap, block, end);
  case PROF_HEAP_LEAKED:
    return block->is_leaked;
  case PROF_HEAP_TEMPORARY:
    return is_in_range (wanted, block) && prof_heap_is_temporary (block, wanted->max_lifetime_ns);
  }
  return false;
}

static void
sum_blocks (Work *work)
{
  prof_vec_foreach (block, &work->heap->blocks) {
    if (!is_wanted (work, block))
      continue;
    Sums *sums = &work->sums[block->sample];
    sums->objects = prof_add_saturated (sums->objects, block->objects);
    sums->bytes = prof_add_saturated (sums->bytes, block->bytes);
  }
}

/* ---- suppressions ---- */

static long
judge (Work *work, uint32_t function)
{
  if (work->verdicts[function] == NOT_JUDGED) {
    const ProfReportFunction *row = &work->heap->report->functions.items[function];
    const char *texts[] = { row->name, row->filename, row->module };
    work->verdicts[function] = prof_suppressions_find (work->wanted.suppressions, texts, 3);
  }
  return work->verdicts[function];
}

static long
find_suppression (Work *work, const ProfSample *sample)
{
  const ProfReport *report = work->heap->report;
  const ProfReportStack stack = { sample->first_location, sample->n_locations, 0, 0 };
  ProfReportCursor cursor = prof_report_start (report, &stack);
  long found = NOT_SUPPRESSED;
  uint32_t function;
  while (found == NOT_SUPPRESSED && prof_report_next (&cursor, &function))
    found = judge (work, function);
  return found;
}

static bool
is_suppressed (Work *work, uint32_t row)
{
  if (work->verdicts == NULL)
    return false;
  long found = find_suppression (work, &work->heap->profile->samples.items[row]);
  if (found == NOT_SUPPRESSED)
    return false;
  ProfSuppressionUse *use = &work->wanted.suppressions->uses.items[found];
  use->n_samples = prof_add_saturated (use->n_samples, 1);
  use->objects = prof_add_saturated (use->objects, work->sums[row].objects);
  use->bytes = prof_add_saturated (use->bytes, work->sums[row].bytes);
  return true;
}

/* ---- samples ---- */

/* The location without the frames inside of number `frame`. */
static int
copy_rest (Work *work, uint32_t row, uint32_t frame)
{
  const ProfLocation *location = &work->heap->profile->locations.items[row];
  work->lines.n = 0;
  for (uint32_t i = frame; i < location->n_lines; i++)
    if (prof_vec_push (&work->lines, location->first_line + i) < 0)
      return -ENOMEM;
  uint32_t whole = work->remap.locations[row];
  int rest = prof_remap_location_lines (&work->remap, row, work->lines.items, work->lines.n);
  work->remap.locations[row] = whole;
  return rest;
}

static int
gather_stack (Work *work, const ProfSample *sample)
{
  ProfHeapStart start = prof_heap_find_start (work->heap, sample);
  work->stack.n = 0;
  if (prof_vec_reserve (&work->stack, sample->n_locations) < 0)
    return -ENOMEM;
  for (uint32_t i = start.location; i < sample->n_locations; i++) {
    uint32_t row = work->heap->profile->stacks.items[sample->first_location + i];
    bool is_cut = i == start.location && start.frame > 0;
    int location
        = is_cut ? copy_rest (work, row, start.frame) : prof_remap_location (&work->remap, row);
    if (location < 0)
      return location;
    work->stack.items[work->stack.n++] = (uint32_t)location;
  }
  return 0;
}

static int
copy_sample (Work *work, uint32_t row)
{
  const ProfSample *sample = &work->heap->profile->samples.items[row];
  const Sums *sums = &work->sums[row];
  int r = gather_stack (work, sample);
  if (r < 0)
    return r;
  int copy = prof_profile_add_sample (work->remap.to, work->stack.items, work->stack.n,
                                      (int64_t[]){ sums->objects, sums->bytes });
  return copy < 0 ? copy : prof_remap_labels (&work->remap, sample);
}

static int
copy_samples (Work *work)
{
  for (uint32_t row = 0; row < work->heap->profile->samples.n; row++) {
    if ((work->sums[row].objects == 0 && work->sums[row].bytes == 0) || is_suppressed (work, row))
      continue;
    int r = copy_sample (work, row);
    if (r < 0)
      return r;
  }
  return 0;
}

/* ---- the profile ---- */

static int
make_header (Work *work)
{
  ProfProfile *to = work->remap.to;
  int r = prof_profile_add_value_type (to, "objects", "count");
  if (r >= 0)
    r = prof_profile_add_value_type (to, "space", "bytes");
  if (r >= 0)
    r = prof_profile_set_default_sample_type (to, "space");
  if (r >= 0)
    r = prof_remap_copy_description (&work->remap);
  if (r == 0)
    r = prof_remap_add_comments (&work->remap);
  return r == 0 ? prof_remap_add_sessions (&work->remap) : r;
}

static int
init (Work *work, ProfProfile *to)
{
  const ProfHeap *heap = work->heap;
  int r = prof_remap_init (&work->remap, heap->profile, to);
  if (r < 0)
    return r;
  work->sums = calloc (heap->profile->samples.n + 1, sizeof *work->sums);
  if (work->sums == NULL)
    return -ENOMEM;
  if (work->wanted.suppressions == NULL)
    return 0;
  size_t n = heap->report->functions.n;
  work->verdicts = malloc ((n + 1) * sizeof *work->verdicts);
  if (work->verdicts == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    work->verdicts[i] = NOT_JUDGED;
  return 0;
}

static int
run (Work *work, ProfProfile *to)
{
  int r = init (work, to);
  if (r == 0)
    r = make_header (work);
  if (r < 0)
    return r;
  sum_blocks (work);
  return copy_samples (work);
}

int
prof_heap_select (const ProfHeap *heap,
                  const ProfHeapSelection *selection,
                  ProfProfile **ret,
                  ProfError *reterr)
{
  if (heap == NULL || selection == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_heap_select: NULL argument.");
  if (selection->size == 0 || selection->size > sizeof *selection)
    return prof_error_set (reterr, -EINVAL,
                           "prof_heap_select: field 'size' is wrong; use "
                           "PROF_HEAP_SELECTION_INIT.");
  cleanup (finish) Work work = { .heap = heap, .wanted = PROF_HEAP_SELECTION_INIT };
  memcpy (&work.wanted, selection, selection->size);
  cleanup (prof_profile_unref) ProfProfile *to = NULL;
  int r = prof_profile_new (&to);
  if (r == 0)
    r = run (&work, to);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't select from the heap profile: %s.", strerror (-r));
  *ret = steal (&to);
  return 0;
}
