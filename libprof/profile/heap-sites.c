/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/saturate.h"
#include "profile/heap.h"

/* By row of the report's functions, and one row after them for stacks without frames. */
typedef struct {
  ProfHeapSum live;
  uint64_t greatest; /* magnitude at one of the points */
  uint32_t site;     /* row of the result */
  bool is_touched;   /* since the last point */
} Row;

typedef struct {
  const ProfHeap *heap;
  ProfHeapSweep sweep;
  uint32_t *block_rows; /* by block */
  Row *rows;
  size_t n_rows;
  uint32_t *touched;
  size_t n_touched;
  uint32_t *order; /* rows that have a value, the greatest first */
  size_t n_order;
} Work;

static inline void
finish_p (Work *work)
{
  free (work->block_rows);
  free (work->rows);
  free (work->touched);
  free (work->order);
}

static int
init (Work *work)
{
  const ProfHeap *heap = work->heap;
  work->n_rows = heap->report->functions.n + 1;
  work->block_rows = malloc ((heap->blocks.n + 1) * sizeof *work->block_rows);
  work->rows = calloc (work->n_rows, sizeof *work->rows);
  work->touched = malloc (work->n_rows * sizeof *work->touched);
  work->order = malloc (work->n_rows * sizeof *work->order);
  if (work->block_rows == NULL || work->rows == NULL || work->touched == NULL
      || work->order == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < heap->blocks.n; i++) {
    const ProfSample *sample = &heap->profile->samples.items[heap->blocks.items[i].sample];
    uint32_t function = prof_heap_find_start (heap, sample).function;
    work->block_rows[i] = function == UINT32_MAX ? (uint32_t)work->n_rows - 1 : function;
  }
  return 0;
}

static void
change (Work *work, uint32_t block, ProfHeapSum bytes)
{
  uint32_t row = work->block_rows[block];
  work->rows[row].live += bytes;
  if (work->rows[row].is_touched)
    return;
  work->rows[row].is_touched = true;
  work->touched[work->n_touched++] = row;
}

/* Brings the rows to a moment; those that changed are the touched ones. */
static void
go_to (Work *work, int64_t time_ns)
{
  const ProfHeap *heap = work->heap;
  const ProfHeapSweep before = work->sweep;
  for (size_t i = 0; i < work->n_touched; i++)
    work->rows[work->touched[i]].is_touched = false;
  work->n_touched = 0;
  prof_heap_sweep_to (&work->sweep, time_ns);
  if (!heap->summary.has_frees)
    return;
  for (size_t i = before.n_allocations; i < work->sweep.n_allocations; i++)
    change (work, (uint32_t)i, heap->blocks.items[i].bytes);
  for (size_t i = before.n_frees; i < work->sweep.n_frees; i++)
    change (work, heap->frees.items[i],
            -(ProfHeapSum)heap->blocks.items[heap->frees.items[i]].bytes);
}

static void
rewind_to_start (Work *work)
{
  work->sweep = (ProfHeapSweep){ .heap = work->heap };
  for (size_t i = 0; i < work->n_rows; i++)
    work->rows[i].live = 0;
}

/* ---- which sites ---- */

static int
compare_rows (const void *a, const void *b, void *user_data)
{
  const Row *rows = user_data;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  if (rows[x].greatest != rows[y].greatest)
    return rows[x].greatest > rows[y].greatest ? -1 : 1;
  return (x > y) - (x < y);
}

static void
choose_rows (Work *work, const int64_t *times_ns, size_t n_points)
{
  rewind_to_start (work);
  for (size_t i = 0; i < n_points; i++) {
    go_to (work, times_ns[i]);
    for (size_t j = 0; j < work->n_touched; j++) {
      Row *row = &work->rows[work->touched[j]];
      uint64_t value = prof_magnitude (prof_heap_clamp (row->live));
      row->greatest = value > row->greatest ? value : row->greatest;
    }
  }
  for (size_t i = 0; i < work->n_rows; i++)
    if (work->rows[i].greatest > 0)
      work->order[work->n_order++] = (uint32_t)i;
  qsort_r (work->order, work->n_order, sizeof *work->order, compare_rows, work->rows);
}

/* ---- the result ---- */

/* Its arrays lie behind it in the same block. */
static ProfHeapSites *
new_sites (size_t n_points, size_t n_sites)
{
  size_t n_values, n_bytes;
  if (__builtin_mul_overflow (n_points, n_sites, &n_values)
      || __builtin_mul_overflow (n_points + n_values, sizeof (int64_t), &n_bytes)
      || __builtin_add_overflow (n_bytes, n_sites * sizeof (ProfHeapSite) + sizeof (ProfHeapSites),
                                 &n_bytes))
    return NULL;
  ProfHeapSites *sites = calloc (1, n_bytes);
  if (sites == NULL)
    return NULL;
  ProfHeapSite *names = (ProfHeapSite *)(void *)(sites + 1);
  int64_t *times = (int64_t *)(void *)(names + n_sites);
  *sites = (ProfHeapSites){ .n_points = n_points,
                            .n_sites = n_sites,
                            .sites = names,
                            .times_ns = times,
                            .values = times + n_points };
  return sites;
}

static ProfHeapSite
name_site (const Work *work, uint32_t row)
{
  if (row == work->n_rows - 1)
    return (ProfHeapSite){ "", "", "" };
  const ProfReportFunction *function = &work->heap->report->functions.items[row];
  return (ProfHeapSite){ function->name, function->filename, function->module };
}

static void
fill_names (Work *work, size_t max_sites, ProfHeapSite *names)
{
  for (size_t i = 0; i < work->n_order; i++) {
    uint32_t row = work->order[i];
    work->rows[row].site = (uint32_t)(i < max_sites ? i : max_sites);
    names[work->rows[row].site]
        = i < max_sites ? name_site (work, row) : (ProfHeapSite){ "", "", "" };
  }
}

static int
fill_values (Work *work, const int64_t *times_ns, size_t n_points, size_t n_sites, int64_t *values)
{
  cleanup (prof_free) ProfHeapSum *live = calloc (n_sites + 1, sizeof *live);
  cleanup (prof_free) ProfHeapSum *last = calloc (work->n_rows, sizeof *last);
  if (live == NULL || last == NULL)
    return -ENOMEM;
  rewind_to_start (work);
  for (size_t i = 0; i < n_points; i++) {
    go_to (work, times_ns[i]);
    for (size_t j = 0; j < work->n_touched; j++) {
      uint32_t row = work->touched[j];
      if (work->rows[row].greatest > 0)
        live[work->rows[row].site] += work->rows[row].live - last[row];
      last[row] = work->rows[row].live;
    }
    for (size_t site = 0; site < n_sites; site++)
      values[i * n_sites + site] = prof_heap_clamp (live[site]);
  }
  return 0;
}

static int
make_sites (
    Work *work, const int64_t *times_ns, size_t n_points, size_t max_sites, ProfHeapSites **ret)
{
  choose_rows (work, times_ns, n_points);
  bool has_others = work->n_order > max_sites;
  cleanup (prof_free) ProfHeapSites *sites
      = new_sites (n_points, has_others ? max_sites + 1 : work->n_order);
  if (sites == NULL)
    return -ENOMEM;
  sites->has_others = has_others;
  ProfHeapSite *names = (ProfHeapSite *)(void *)(sites + 1);
  int64_t *times = (int64_t *)(void *)(names + sites->n_sites);
  memcpy (times, times_ns, n_points * sizeof *times);
  fill_names (work, max_sites, names);
  int r = fill_values (work, times_ns, n_points, sites->n_sites, times + n_points);
  if (r == 0)
    *ret = steal (&sites);
  return r;
}

/* ---- moments ---- */

typedef void (*ChooseMoments) (const ProfHeap *, int64_t, int64_t, size_t, int64_t *);

static void
choose_even (const ProfHeap *heap, int64_t start_ns, int64_t end_ns, size_t n, int64_t *times_ns)
{
  (void)heap;
  for (size_t i = 0; i < n; i++)
    times_ns[i] = prof_heap_get_point (start_ns, end_ns, i, n);
}

/* The moment up to end_ns at which most was live, of those at which that changed. */
static int64_t
find_highest (ProfHeapSweep *sweep, int64_t end_ns)
{
  int64_t highest_ns = end_ns, next_ns;
  ProfHeapSum highest = 0;
  for (bool is_first = true; prof_heap_sweep_peek (sweep, &next_ns) && next_ns <= end_ns;
       is_first = false) {
    prof_heap_sweep_to (sweep, next_ns);
    ProfHeapSum live = sweep->allocated_bytes - sweep->freed_bytes;
    if (is_first || live > highest) {
      highest = live;
      highest_ns = next_ns;
    }
  }
  return highest_ns;
}

static void
choose_highest (const ProfHeap *heap, int64_t start_ns, int64_t end_ns, size_t n, int64_t *times_ns)
{
  ProfHeapSweep sweep = { .heap = heap };
  times_ns[0] = start_ns;
  prof_heap_sweep_to (&sweep, start_ns);
  for (size_t i = 1; i < n; i++)
    times_ns[i] = find_highest (&sweep, prof_heap_get_point (start_ns, end_ns, i, n));
}

static int
get_sites (const ProfHeap *heap,
           int64_t start_ns,
           int64_t end_ns,
           size_t n_points,
           size_t max_sites,
           ChooseMoments choose,
           ProfHeapSites **ret)
{
  if (heap == NULL || ret == NULL || n_points < 2 || n_points > INT32_MAX || end_ns < start_ns)
    return -EINVAL;
  cleanup (finish) Work work = { .heap = heap };
  cleanup (prof_free) int64_t *times_ns = malloc (n_points * sizeof *times_ns);
  int r = times_ns == NULL ? -ENOMEM : init (&work);
  if (r < 0)
    return r;
  choose (heap, start_ns, end_ns, n_points, times_ns);
  return make_sites (&work, times_ns, n_points, max_sites, ret);
}

int
prof_heap_get_sites (const ProfHeap *heap,
                     int64_t start_ns,
                     int64_t end_ns,
                     size_t n_points,
                     size_t max_sites,
                     ProfHeapSites **ret)
{
  return get_sites (heap, start_ns, end_ns, n_points, max_sites, choose_even, ret);
}

int
prof_heap_get_site_peaks (const ProfHeap *heap,
                          int64_t start_ns,
                          int64_t end_ns,
                          size_t n_points,
                          size_t max_sites,
                          ProfHeapSites **ret)
{
  return get_sites (heap, start_ns, end_ns, n_points, max_sites, choose_highest, ret);
}
