/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/source-sums.h"

/* Lines are found by the rows of the profile's line table. */
typedef struct {
  ProfProfile *profile;
  unsigned value_type;
  GArray *sums;
  guint32 *slots;         /* 1 + the place in `sums`; 0: another function's */
  gboolean *has_function; /* by location */
  guint32 *last_samples;  /* 1 + the last sample that counted, by place in `sums` */
} Work;

static guint32
get_name (ProfProfile *profile, const ProfFunction *function)
{
  return prof_profile_get_string_size (profile, function->name) > 0 ? function->name
                                                                    : function->system_name;
}

/* The same function may be in several rows, as its addresses are in several modules. */
static gboolean
is_same (ProfProfile *profile, const ProfFunction *a, const ProfFunction *b)
{
  return get_name (profile, a) == get_name (profile, b) && a->filename == b->filename;
}

static guint32
find_slot (Work *work, GHashTable *slots, gint64 line)
{
  gpointer slot = g_hash_table_lookup (slots, &line);
  if (slot == NULL) {
    g_array_append_val (work->sums, ((PyroSourceSum){ .line = line }));
    slot = GUINT_TO_POINTER (work->sums->len);
    g_hash_table_insert (slots, g_memdup2 (&line, sizeof line), slot);
  }
  return GPOINTER_TO_UINT (slot);
}

static void
find_lines (Work *work, guint32 function_row)
{
  size_t n_functions, n_lines, n_locations;
  const ProfFunction *functions = prof_profile_get_functions (work->profile, &n_functions);
  const ProfLine *lines = prof_profile_get_lines (work->profile, &n_lines);
  const ProfLocation *locations = prof_profile_get_locations (work->profile, &n_locations);
  g_autoptr (GHashTable) slots = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  work->slots = g_new0 (guint32, n_lines + 1);
  work->has_function = g_new0 (gboolean, n_locations + 1);
  for (size_t i = 0; i < n_locations; i++)
    for (guint32 row = locations[i].first_line;
         row < locations[i].first_line + locations[i].n_lines; row++)
      if (lines[row].line > 0
          && is_same (work->profile, &functions[lines[row].function], &functions[function_row])) {
        work->slots[row] = find_slot (work, slots, lines[row].line);
        work->has_function[i] = TRUE;
      }
  work->last_samples = g_new0 (guint32, work->sums->len + 1);
}

static gint64
add (gint64 a, gint64 b)
{
  gint64 sum;
  return __builtin_add_overflow (a, b, &sum) ? (b > 0 ? G_MAXINT64 : G_MININT64) : sum;
}

static void
count_location (
    Work *work, const ProfLocation *location, guint32 sample, gint64 value, gboolean is_leaf)
{
  for (guint32 i = 0; i < location->n_lines; i++) {
    guint32 slot = work->slots[location->first_line + i];
    if (slot == 0)
      continue;
    PyroSourceSum *sum = &g_array_index (work->sums, PyroSourceSum, slot - 1);
    if (is_leaf && i == 0)
      sum->self_value = add (sum->self_value, value);
    if (work->last_samples[slot - 1] == sample + 1)
      continue;
    work->last_samples[slot - 1] = sample + 1;
    sum->total_value = add (sum->total_value, value);
  }
}

/* FALSE if cancelled. */
static gboolean
count_samples (Work *work, GCancellable *cancellable)
{
  size_t n_samples, n_stacks, n_locations, n_values, n_types;
  const ProfSample *samples = prof_profile_get_samples (work->profile, &n_samples);
  const guint32 *stacks = prof_profile_get_stacks (work->profile, &n_stacks);
  const ProfLocation *locations = prof_profile_get_locations (work->profile, &n_locations);
  const gint64 *values = prof_profile_get_values (work->profile, &n_values);
  prof_profile_get_value_types (work->profile, &n_types);
  for (guint32 i = 0; i < n_samples; i++) {
    if (i % 65536 == 0 && g_cancellable_is_cancelled (cancellable))
      return FALSE;
    const guint32 *stack = stacks + samples[i].first_location;
    gint64 value = values[i * n_types + work->value_type];
    for (guint32 depth = 0; depth < samples[i].n_locations; depth++)
      if (work->has_function[stack[depth]])
        count_location (work, &locations[stack[depth]], i, value, depth == 0);
  }
  return TRUE;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const PyroSourceSum *x = a, *y = b;
  return x->line < y->line ? -1 : x->line > y->line;
}

GArray *
pyro_source_sums_new (PyroReport *report, guint32 function, GCancellable *cancellable)
{
  size_t n_functions;
  const ProfReportFunction *row = &pyro_report_get_functions (report, &n_functions)[function];
  Work work = {
    .profile = pyro_report_get_profile (report),
    .value_type = pyro_report_get_value_type (report),
    .sums = g_array_new (FALSE, FALSE, sizeof (PyroSourceSum)),
  };
  gboolean is_done = TRUE;
  if (row->function != 0) {
    find_lines (&work, row->function);
    is_done = count_samples (&work, cancellable);
  }
  g_array_sort (work.sums, compare_lines);
  g_free (work.slots);
  g_free (work.has_function);
  g_free (work.last_samples);
  if (!is_done)
    g_clear_pointer (&work.sums, g_array_unref);
  return work.sums;
}
