/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/heap-profile-maker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/saturate.h"
#include "engine/sample-writer.h"
#include "engine/stack-session.h"

PROF_DEFINE_CLEANUP (ProfProfile *, prof_profile_unref)

int
prof_heap_snapshot_take (const ProfStackTablesSource *source,
                         const ProfHeapStore *store,
                         ProfHeapSnapshot *ret)
{
  *ret = (ProfHeapSnapshot){ 0 };
  if (prof_heap_store_take_snapshot (store, &ret->store) == 0
      && prof_stack_tables_copy (source, &ret->tables) == 0)
    return 0;
  prof_heap_snapshot_finish (ret);
  return -ENOMEM;
}

void
prof_heap_snapshot_finish (ProfHeapSnapshot *snapshot)
{
  prof_heap_store_snapshot_finish (&snapshot->store);
  prof_stack_tables_finish (&snapshot->tables);
}

/* ---- sample types ---- */

static int
add_value_types (ProfProfile *profile, bool has_inuse)
{
  static const char *const types[][2] = { { "alloc_objects", "count" },
                                          { "alloc_space", "bytes" },
                                          { "inuse_objects", "count" },
                                          { "inuse_space", "bytes" } };
  size_t n_types = has_inuse ? 4 : 2;
  for (size_t i = 0; i < n_types; i++) {
    int r = prof_profile_add_value_type (profile, types[i][0], types[i][1]);
    if (r < 0)
      return r;
  }
  return prof_profile_set_default_sample_type (profile, types[n_types - 1][0]);
}

/* ---- samples ---- */

static bool
is_freed (const ProfHeapRow *row)
{
  return row->freed_ns != PROF_HEAP_NEVER && !row->has_exited;
}

enum { N_LABELS = 6 }; /* of most samples */

/* A process with which the recording ended held its memory to the end. */
static int
add_labels (ProfSampleWriter *writer,
            uint32_t sample,
            const ProfHeapRows *rows,
            const ProfHeapRow *row)
{
  int r = prof_profile_add_number_label (writer->profile, sample, "bytes", (int64_t)row->size,
                                         "bytes");
  uint64_t time_ns = prof_heap_rows_clip (rows, row->time_ns);
  uint64_t freed_ns = prof_heap_rows_clip (rows, row->freed_ns);
  if (r >= 0)
    r = prof_sample_writer_add_time (writer, PROF_TIME_END, time_ns);
  if (r >= 0 && is_freed (row))
    r = prof_sample_writer_add_time (writer, PROF_TIME_FREED, freed_ns);
  if (r >= 0 && row->has_exited && row->freed_ns < rows->last_ns)
    r = prof_sample_writer_add_time (writer, PROF_TIME_EXITED, freed_ns);
  if (r >= 0 && row->thread != PROF_HEAP_NO_THREAD)
    r = prof_sample_writer_add_thread (writer, row->thread);
  if (r >= 0)
    r = prof_sample_writer_add_span (writer, row->span);
  return r;
}

/* What a row's rounding takes or gives goes to the next row, else sums of many small rows would be
 * wrong. In the order of stacks no stack's sum is off by more than one. */
typedef struct {
  double count, bytes;
} Rest;

static int64_t
round_with_rest (double value, double *rest)
{
  double exact = value + *rest;
  int64_t rounded = prof_round_saturated (exact);
  *rest = exact - (double)rounded;
  if (fabs (*rest) > 0.5)
    *rest = 0;
  return rounded;
}

static int
add_sample (ProfSampleWriter *writer, const ProfHeapRows *rows, const ProfHeapRow *row, Rest *rest)
{
  int64_t count = round_with_rest (row->count, &rest->count);
  int64_t bytes = round_with_rest (row->bytes, &rest->bytes);
  int64_t values[] = { count, bytes, is_freed (row) ? 0 : count, is_freed (row) ? 0 : bytes };
  int r = prof_sample_writer_add (writer, row->stack, values);
  return r < 0 ? r : add_labels (writer, (uint32_t)r, rows, row);
}

static int
compare (uint64_t a, uint64_t b)
{
  return (a > b) - (a < b);
}

/* No two rows are equal in all of these. */
static int
compare_rows (const void *a, const void *b)
{
  const ProfHeapRow *x = a, *y = b;
  int r = compare (x->stack, y->stack);
  r = r != 0 ? r : compare (x->time_ns, y->time_ns);
  r = r != 0 ? r : compare (x->freed_ns, y->freed_ns);
  r = r != 0 ? r : compare (x->size, y->size);
  r = r != 0 ? r : compare (x->thread, y->thread);
  r = r != 0 ? r : compare (x->has_exited, y->has_exited);
  return r != 0 ? r : compare (x->span, y->span);
}

static int
add_samples (ProfSampleWriter *writer, ProfHeapRows *rows, ProfProfileMakerStats *ret_stats)
{
  Rest of_live = { 0 }, of_freed = { 0 };
  int r = prof_sample_writer_begin (writer, rows->rows.n, N_LABELS, ret_stats);
  if (rows->rows.n > 0)
    qsort (rows->rows.items, rows->rows.n, sizeof *rows->rows.items, compare_rows);
  prof_vec_foreach (row, &rows->rows) {
    if (r < 0)
      return r;
    r = add_sample (writer, rows, row, is_freed (row) ? &of_freed : &of_live);
  }
  return r;
}

static int
fill (ProfProfile *profile,
      const ProfHeapSnapshot *snapshot,
      const ProfHeapProfileConfig *config,
      ProfHeapRows *rows,
      ProfProfileMakerStats *ret_stats)
{
  const ProfHeapStoreConfig *store = &snapshot->store.config;
  int r = add_value_types (profile, store->tracks_frees);
  if (r >= 0)
    r = prof_profile_set_period (profile, "space", "bytes", (int64_t)store->rate_bytes);
  if (r < 0)
    return r;
  ProfSampleWriter writer = {
    .tables = &snapshot->tables,
    .symbol_cache = config->symbol_cache,
    .profile = profile,
    .has_thread_names = config->has_thread_names,
    .has_thread_ids = config->has_thread_ids,
    .start_monotonic_ns = config->start_monotonic_ns,
    .start_unix_ns = config->start_unix_ns,
    .default_link = config->default_link,
  };
  r = add_samples (&writer, rows, ret_stats);
  prof_sample_writer_finish (&writer);
  return r;
}

static int
add_session (ProfProfile *profile,
             const ProfHeapSnapshot *snapshot,
             const ProfHeapProfileConfig *config,
             const ProfHeapRows *rows)
{
  ProfSession session = config->session;
  ProfSessionNotes notes = { 0 };
  int r = prof_session_notes_begin (&notes, &session,
                                    snapshot->tables.n_without_span + rows->n_without_span);
  prof_session_set_notes (&session, &notes);
  session.start_ns = config->start_unix_ns;
  session.start_monotonic_ns = config->start_monotonic_ns;
  session.duration_ns = config->duration_ns;
  session.timestamp_resolution_ns = UINT64_C (1) << rows->bucket_bits;
  if (r >= 0)
    r = prof_profile_add_stack_session (profile, &snapshot->tables, &session);
  prof_session_notes_finish (&notes);
  return r;
}

int
prof_heap_profile_make (const ProfHeapSnapshot *snapshot,
                        const ProfHeapProfileConfig *config,
                        ProfProfile **ret,
                        ProfProfileMakerStats *ret_stats)
{
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  ProfHeapRows rows;
  int r = prof_profile_new (&profile);
  if (r < 0 || (r = prof_heap_store_snapshot_sum (&snapshot->store, &rows)) < 0)
    return r;
  r = fill (profile, snapshot, config, &rows, ret_stats);
  if (r >= 0)
    r = add_session (profile, snapshot, config, &rows);
  prof_heap_rows_finish (&rows);
  if (r < 0)
    return r;
  *ret = steal (&profile);
  return 0;
}
