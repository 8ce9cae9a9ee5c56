/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/profile-merge.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/saturate.h"
#include "base/text.h"
#include "profile/profile-remap.h"
#include "profile/profile-rows.h"

typedef struct {
  ProfRemap remap;
  const ProfMergeChange *change;
  ProfLabel label; /* of `to`; key 0: none */
  PROF_VEC (uint32_t) stack;
  PROF_VEC (int64_t) values;
  double *carries; /* by sample type: what rounding took from the samples before */
} Merge;

static int
init (Merge *merge, ProfProfile *to, const ProfProfile *from, const ProfMergeChange *change)
{
  *merge = (Merge){ .change = change };
  int r = prof_remap_init (&merge->remap, from, to);
  if (r < 0)
    return r;
  merge->remap.unites_modules = true;
  merge->carries = calloc (from->value_types.n + 1, sizeof *merge->carries);
  if (merge->carries == NULL)
    return -ENOMEM;
  if (change->label == NULL)
    return 0;
  int key = prof_profile_add_string (to, change->label);
  int value = prof_profile_add_string (to, "true");
  if (key < 0 || value < 0)
    return key < 0 ? key : value;
  merge->label = (ProfLabel){ .key = (uint32_t)key, .string = (uint32_t)value };
  return 0;
}

static void
finish (Merge *merge)
{
  prof_remap_finish (&merge->remap);
  prof_vec_clear (&merge->stack);
  prof_vec_clear (&merge->values);
  free (merge->carries);
}

static int
gather_stack (Merge *merge, const ProfSample *sample)
{
  merge->stack.n = 0;
  if (prof_vec_reserve (&merge->stack, sample->n_locations) < 0)
    return -ENOMEM;
  for (uint32_t i = 0; i < sample->n_locations; i++) {
    uint32_t row = merge->remap.from->stacks.items[sample->first_location + i];
    int location = prof_remap_location (&merge->remap, row);
    if (location < 0)
      return location;
    merge->stack.items[merge->stack.n++] = (uint32_t)location;
  }
  return 0;
}

/* Most samples of a recording count 1: rounded one by one, they would all stay or all be gone. */
static int64_t
scale (Merge *merge, size_t value_type, int64_t value)
{
  double exact = (double)value * merge->change->ratios[value_type] + merge->carries[value_type];
  int64_t scaled = prof_round_saturated (exact);
  double rest = exact - (double)scaled;
  merge->carries[value_type] = fabs (rest) <= 0.5 ? rest : 0;
  return scaled;
}

static int
gather_values (Merge *merge, const int64_t *values, size_t n)
{
  merge->values.n = 0;
  if (prof_vec_reserve (&merge->values, n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++) {
    int64_t value = values[i];
    if (value != 0 && merge->change->ratios != NULL && merge->change->ratios[i] != 1)
      value = scale (merge, i, value);
    if (merge->change->negates)
      value = prof_negate_saturated (value);
    merge->values.items[merge->values.n++] = value;
  }
  return 0;
}

static bool
are_zero (const Merge *merge)
{
  prof_vec_foreach (value, &merge->values)
    if (*value != 0)
      return false;
  return true;
}

static int
append_labels (Merge *merge, const ProfSample *sample)
{
  int r = prof_remap_labels (&merge->remap, sample);
  if (r == 0 && merge->label.key != 0)
    r = prof_profile_append_label (merge->remap.to, &merge->label);
  return r;
}

/* Adds the values of the newest sample to those of an equal one and takes it back. Its stack has no
 * entries of its own. */
static void
give_up_newest (ProfProfile *profile, uint32_t found)
{
  size_t n_types = profile->value_types.n, newest = profile->samples.n - 1;
  int64_t *sums = profile->values.items + found * n_types;
  const int64_t *values = profile->values.items + newest * n_types;
  for (size_t i = 0; i < n_types; i++)
    sums[i] = prof_add_saturated (sums[i], values[i]);
  profile->labels.n = profile->samples.items[newest].first_label;
  profile->values.n -= n_types;
  profile->samples.n--;
  profile->stack_index.n_indexed = (uint32_t)newest;
}

static int
merge_sample (Merge *merge, uint32_t row)
{
  ProfProfile *to = merge->remap.to;
  const ProfProfile *from = merge->remap.from;
  const ProfSample *sample = &from->samples.items[row];
  size_t n_types = from->value_types.n;
  int r = gather_values (merge, from->values.items + row * n_types, n_types);
  if (r < 0 || (merge->change->drops_zeros && are_zero (merge)))
    return r;
  r = gather_stack (merge, sample);
  if (r < 0)
    return r;
  int newest
      = prof_profile_add_sample (to, merge->stack.items, merge->stack.n, merge->values.items);
  if (newest < 0)
    return newest;
  r = append_labels (merge, sample);
  if (r < 0)
    return r;
  int found = prof_row_index_intern (&to->sample_index, to, &prof_sample_kind, (uint32_t)newest);
  if (found < 0)
    return found;
  if (found != newest)
    give_up_newest (to, (uint32_t)found);
  prof_remap_set_sample (&merge->remap, row, (uint32_t)found);
  return 0;
}

static bool
is_empty (const ProfProfile *profile)
{
  return profile->value_types.n == 0;
}

static int
merge_all (Merge *merge)
{
  ProfRemap *remap = &merge->remap;
  int r = is_empty (remap->to) ? prof_remap_copy_header (remap) : prof_remap_merge_header (remap);
  for (uint32_t row = 0; r == 0 && row < remap->from->samples.n; row++)
    r = merge_sample (merge, row);
  return r == 0 ? prof_remap_unknown_fields (remap) : r;
}

/* ---- what can be merged ---- */

static bool
value_types_equal (const ProfProfile *a,
                   const ProfProfile *b,
                   const ProfValueType *a_type,
                   const ProfValueType *b_type)
{
  const char *(*get) (const ProfProfile *, uint32_t) = prof_profile_get_string;
  return strcmp (get (a, a_type->type), get (b, b_type->type)) == 0
         && strcmp (get (a, a_type->unit), get (b, b_type->unit)) == 0;
}

static bool
are_of_one_kind (const ProfProfile *a, const ProfProfile *b)
{
  if (a->value_types.n != b->value_types.n
      || !value_types_equal (a, b, &a->period_type, &b->period_type))
    return false;
  for (size_t i = 0; i < a->value_types.n; i++)
    if (!value_types_equal (a, b, &a->value_types.items[i], &b->value_types.items[i]))
      return false;
  return true;
}

static size_t
describe_type (const ProfProfile *profile,
               const ProfValueType *type,
               const char *before,
               char *text,
               size_t size)
{
  int n = snprintf (text, size, "%s%s/%s", before, prof_profile_get_string (profile, type->type),
                    prof_profile_get_string (profile, type->unit));
  return n < 0 || (size_t)n >= size ? size - 1 : (size_t)n;
}

/* "samples/count cpu/nanoseconds per cpu/nanoseconds", cut where the text is full. */
static void
describe_kind (const ProfProfile *profile, char *text, size_t size)
{
  const ProfValueType *period = &profile->period_type;
  size_t n = (size_t)snprintf (text, size, "%s", is_empty (profile) ? _ ("no sample type") : "");
  for (size_t i = 0; i < profile->value_types.n; i++)
    n += describe_type (profile, &profile->value_types.items[i], i > 0 ? " " : "", text + n,
                        size - n);
  if (period->type != 0 || period->unit != 0)
    describe_type (profile, period, " per ", text + n, size - n);
}

int
prof_profile_check_kinds (const ProfProfile *a, const ProfProfile *b, ProfError *reterr)
{
  if (are_of_one_kind (a, b))
    return 0;
  char a_kind[160], b_kind[160];
  describe_kind (a, a_kind, sizeof a_kind);
  describe_kind (b, b_kind, sizeof b_kind);
  return prof_error_set (reterr, -EINVAL,
                         "Can't combine profiles of different kinds, '%s' and '%s': take profiles "
                         "with the same sample types and period type.",
                         a_kind, b_kind);
}

int
prof_profile_merge_changed (ProfProfile *profile,
                            const ProfProfile *other,
                            const ProfMergeChange *change,
                            ProfError *reterr)
{
  if (profile == NULL || other == NULL || profile == other)
    return prof_error_set (reterr, -EINVAL,
                           "Can't merge: two different profiles are needed, neither NULL.");
  int r = is_empty (profile) ? 0 : prof_profile_check_kinds (profile, other, reterr);
  if (r < 0)
    return r;
  Merge merge;
  r = init (&merge, profile, other, change);
  if (r == 0)
    r = merge_all (&merge);
  finish (&merge);
  if (r == -EOVERFLOW)
    prof_error_set (reterr, r, "Can't merge: the profiles together have too many rows.");
  else if (r < 0)
    prof_error_set (reterr, r, "Can't merge the profiles: %s.", strerror (-r));
  return r;
}

int
prof_profile_merge (ProfProfile *profile, const ProfProfile *other, ProfError *reterr)
{
  return prof_profile_merge_changed (profile, other, &(ProfMergeChange){ 0 }, reterr);
}
