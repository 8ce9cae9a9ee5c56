/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/tally.h"

#include <math.h>

typedef enum {
  GAUGE_NONE,   /* nothing tells how many samples there are */
  GAUGE_COUNTS, /* another sample type does */
  GAUGE_PERIOD, /* each has the same weight */
  GAUGE_BLOCKS, /* each has the weight of its size */
} GaugeKind;

typedef struct {
  GaugeKind kind;
  gsize count_type;
  double period;
  gboolean is_of_bytes; /* GAUGE_BLOCKS: a block counts as its size, else as one */
  guint32 bytes_key;    /* the label that has the size */
} Gauge;

typedef struct {
  PyroTally *tally;
  ProfProfile *profile;
  const ProfSample *samples;
  const guint32 *stacks;
  const gint64 *values;
  const ProfLabel *labels;
  gsize n_samples, n_types;
  unsigned value_type;
  Gauge gauge;
  guint32 *last_sample; /* by function: the last one (plus 1) that counted for its total */
} Adder;

/* ---- how many samples ---- */

static gboolean
is_type (ProfProfile *profile, ProfValueType type, const char *name, const char *unit)
{
  return g_str_equal (prof_profile_get_string (profile, type.type), name)
         && g_str_equal (prof_profile_get_string (profile, type.unit), unit);
}

static gboolean
is_of_heap (ProfProfile *profile, ProfValueType type)
{
  static const char *const names[][2] = {
    { "alloc_objects", "count" }, { "alloc_space", "bytes" }, { "inuse_objects", "count" },
    { "inuse_space", "bytes" },   { "objects", "count" },     { "space", "bytes" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (is_type (profile, type, names[i][0], names[i][1]))
      return TRUE;
  return FALSE;
}

static guint32
find_string (ProfProfile *profile, const char *text)
{
  gsize n = prof_profile_get_n_strings (profile);
  for (guint32 i = 1; i < n; i++)
    if (g_str_equal (prof_profile_get_string (profile, i), text))
      return i;
  return 0;
}

static gint64
find_size (const ProfLabel *labels, const ProfSample *sample, guint32 bytes_key)
{
  for (guint32 i = sample->first_label; i < sample->first_label + sample->n_labels; i++)
    if (labels[i].key == bytes_key && labels[i].string == 0)
      return labels[i].number;
  return -1;
}

/* The rate by which one sampled block of `size` bytes stands for `bytes`: these are
 * size / (1 - exp (-size / rate)), which grows with the rate. */
static double
solve_rate (double size, double bytes)
{
  double low = 0, high = bytes;
  for (guint i = 0; i < 60; i++) {
    double rate = (low + high) / 2;
    if (size / -expm1 (-size / rate) < bytes)
      low = rate;
    else
      high = rate;
  }
  return high;
}

/* Of a profile that has another period (processor and heap together) the rate follows from the
 * sample that stands for the least bytes, which is taken to be one block. If it is more, the noise
 * is overrated: then too little is taken for a finding, never too much. 0: there is no sample. */
static double
infer_rate (ProfProfile *profile, gsize n_types, guint32 bytes_key)
{
  gsize n_samples, n;
  const ProfSample *samples = prof_profile_get_samples (profile, &n_samples);
  const gint64 *values = prof_profile_get_values (profile, &n);
  const ProfLabel *labels = prof_profile_get_labels (profile, &n);
  int type = prof_profile_find_value_type (profile, "alloc_space");
  gint64 least = G_MAXINT64, least_size = 0;
  for (gsize i = 0; type >= 0 && i < n_samples; i++) {
    gint64 bytes = values[i * n_types + (gsize)type];
    gint64 size = find_size (labels, &samples[i], bytes_key);
    if (bytes <= 0 || bytes >= least || size <= 0)
      continue;
    least = bytes;
    least_size = size;
  }
  return least_size > 0 ? solve_rate ((double)least_size, (double)least) : 0;
}

static Gauge
choose_heap_gauge (ProfProfile *profile, gsize n_types, ProfValueType type)
{
  Gauge gauge = {
    .bytes_key = find_string (profile, "bytes"),
    .is_of_bytes = g_str_equal (prof_profile_get_string (profile, type.unit), "bytes"),
  };
  if (is_type (profile, prof_profile_get_period_type (profile), "space", "bytes"))
    gauge.period = (double)prof_profile_get_period (profile);
  else
    gauge.period = infer_rate (profile, n_types, gauge.bytes_key);
  gauge.kind = gauge.period > 0 ? GAUGE_BLOCKS : GAUGE_NONE;
  return gauge;
}

static Gauge
choose_gauge (ProfProfile *profile, const ProfValueType *types, gsize n_types, unsigned value_type)
{
  ProfValueType type = types[value_type], period_type = prof_profile_get_period_type (profile);
  Gauge gauge = { .period = (double)prof_profile_get_period (profile) };
  if (is_of_heap (profile, type))
    return choose_heap_gauge (profile, n_types, type);
  for (gauge.count_type = 0; gauge.count_type < n_types; gauge.count_type++)
    if (is_type (profile, types[gauge.count_type], "samples", "count")) {
      gauge.kind = GAUGE_COUNTS;
      return gauge;
    }
  if (gauge.period > 0 && period_type.type == type.type && period_type.unit == type.unit)
    gauge.kind = GAUGE_PERIOD;
  return gauge;
}

/* Horvitz and Thompson: each block that was seen stands for 1 / chance ones. */
static double
get_variance_of_blocks (const Adder *adder, const ProfSample *sample, double value)
{
  gint64 size = find_size (adder->labels, sample, adder->gauge.bytes_key);
  if (size < 0)
    return -1;
  double bytes = fmax (1, (double)size);
  double chance = -expm1 (-bytes / adder->gauge.period);
  return value * (adder->gauge.is_of_bytes ? bytes : 1) * (1 - chance) / chance;
}

/* Less than 0: it is not known. */
static double
get_variance (const Adder *adder, gsize row, double value)
{
  if (value < 0)
    return -1;
  gint64 count;
  switch (adder->gauge.kind) {
  case GAUGE_COUNTS:
    count = adder->values[row * adder->n_types + adder->gauge.count_type];
    return count > 0 ? value * value / (double)count : -1;
  case GAUGE_PERIOD:
    return value * adder->gauge.period;
  case GAUGE_BLOCKS:
    return get_variance_of_blocks (adder, &adder->samples[row], value);
  case GAUGE_NONE:
    break;
  }
  return -1;
}

/* ---- sums ---- */

static void
add (PyroEstimate *sum, PyroEstimate part)
{
  sum->value += part.value;
  sum->variance += part.variance;
}

/* Recursion counts once in a total. */
static void
add_location (Adder *adder, guint32 location, gsize row, PyroEstimate part, gboolean is_leaf)
{
  const PyroFlameFunctions *functions = &adder->tally->functions;
  for (guint32 i = functions->starts[location]; i < functions->starts[location + 1]; i++) {
    guint32 function = functions->frames[i];
    if (is_leaf && i == functions->starts[location])
      add (&adder->tally->costs[function].self, part);
    if (adder->last_sample[function] == row + 1)
      continue;
    adder->last_sample[function] = (guint32)row + 1;
    add (&adder->tally->costs[function].total, part);
  }
}

static void
add_sample (Adder *adder, gsize row)
{
  const ProfSample *sample = &adder->samples[row];
  double value = (double)adder->values[row * adder->n_types + adder->value_type];
  if (value == 0)
    return;
  double variance = get_variance (adder, row, value);
  adder->tally->has_variance &= variance >= 0;
  PyroEstimate part = { value, MAX (variance, 0) };
  add (&adder->tally->whole, part);
  for (guint32 i = 0; i < sample->n_locations; i++)
    add_location (adder, adder->stacks[sample->first_location + i], row, part, i == 0);
}

static void
add_all (Adder *adder)
{
  gsize n;
  adder->samples = prof_profile_get_samples (adder->profile, &adder->n_samples);
  adder->stacks = prof_profile_get_stacks (adder->profile, &n);
  adder->values = prof_profile_get_values (adder->profile, &n);
  adder->labels = prof_profile_get_labels (adder->profile, &n);
  adder->last_sample = g_new0 (guint32, adder->tally->functions.n);
  adder->tally->costs = g_new0 (PyroCost, adder->tally->functions.n);
  for (gsize i = 0; i < adder->n_samples; i++)
    add_sample (adder, i);
  g_free (adder->last_sample);
}

/* ---- life ---- */

PyroTally *
pyro_tally_new (ProfProfile *profile, unsigned value_type)
{
  Adder adder = { .profile = profile, .value_type = value_type };
  const ProfValueType *types = prof_profile_get_value_types (profile, &adder.n_types);
  if (value_type >= adder.n_types)
    return NULL;
  PyroFlameFunctions functions;
  if (pyro_flame_functions_init (&functions, profile) < 0)
    return NULL;
  adder.gauge = choose_gauge (profile, types, adder.n_types, value_type);
  adder.tally = g_atomic_rc_box_new0 (PyroTally);
  adder.tally->functions = functions;
  adder.tally->has_variance = TRUE;
  adder.tally->is_of_heap = is_of_heap (profile, types[value_type]);
  add_all (&adder);
  return adder.tally;
}

PyroTally *
pyro_tally_ref (PyroTally *tally)
{
  return g_atomic_rc_box_acquire (tally);
}

static void
clear (gpointer data)
{
  PyroTally *tally = data;
  pyro_flame_functions_finish (&tally->functions);
  g_free (tally->costs);
}

void
pyro_tally_unref (PyroTally *tally)
{
  g_atomic_rc_box_release_full (tally, clear);
}
