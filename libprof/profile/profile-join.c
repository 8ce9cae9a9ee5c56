/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/profile.h>

#include "base/error.h"
#include "base/saturate.h"
#include "profile/profile-remap.h"
#include "profile/session-join.h"

/* One of the two: its values are those of the sample types from number first_type on. */
typedef struct {
  ProfRemap remap;
  size_t first_type;
  PROF_VEC (uint32_t) stack;
  PROF_VEC (int64_t) values;
} Part;

static inline void
part_finish_p (Part *part)
{
  prof_remap_finish (&part->remap);
  prof_vec_clear (&part->stack);
  prof_vec_clear (&part->values);
}

static int
part_init (Part *part, const ProfProfile *from, ProfProfile *to, size_t n_types)
{
  int r = prof_remap_init (&part->remap, from, to);
  if (r == 0)
    r = prof_vec_reserve (&part->values, n_types);
  if (r < 0)
    return r;
  for (size_t i = 0; i < n_types; i++)
    part->values.items[i] = 0;
  part->values.n = n_types;
  return 0;
}

static int
gather_stack (Part *part, const ProfSample *sample)
{
  const ProfProfile *from = part->remap.from;
  part->stack.n = 0;
  if (prof_vec_reserve (&part->stack, sample->n_locations) < 0)
    return -ENOMEM;
  for (uint32_t i = 0; i < sample->n_locations; i++) {
    int location
        = prof_remap_location (&part->remap, from->stacks.items[sample->first_location + i]);
    if (location < 0)
      return location;
    part->stack.items[part->stack.n++] = (uint32_t)location;
  }
  return 0;
}

static int
copy_samples (Part *part)
{
  const ProfProfile *from = part->remap.from;
  size_t n_types = from->value_types.n;
  for (size_t row = 0; row < from->samples.n; row++) {
    const ProfSample *sample = &from->samples.items[row];
    int r = gather_stack (part, sample);
    if (r < 0)
      return r;
    memcpy (part->values.items + part->first_type, from->values.items + row * n_types,
            n_types * sizeof (int64_t));
    r = prof_profile_add_sample (part->remap.to, part->stack.items, part->stack.n,
                                 part->values.items);
    if (r >= 0)
      r = prof_remap_labels (&part->remap, sample);
    if (r < 0)
      return r;
  }
  return 0;
}

/* ---- the header ---- */

static int
set_default_type (ProfProfile *to, const ProfProfile *from)
{
  int type = prof_profile_get_default_value_type (from);
  if (type < 0)
    return 0;
  const char *name = prof_profile_get_string (from, from->value_types.items[type].type);
  return prof_profile_set_default_sample_type (to, name);
}

/* From the earlier start to the later end. */
static void
set_time (ProfProfile *to, const ProfProfile *a, const ProfProfile *b)
{
  if (a->time_ns == 0 || b->time_ns == 0) {
    const ProfProfile *known = a->time_ns != 0 ? a : b;
    prof_profile_set_time (to, known->time_ns, known->duration_ns);
    return;
  }
  int64_t start = a->time_ns < b->time_ns ? a->time_ns : b->time_ns;
  int64_t a_end = prof_add_saturated (a->time_ns, a->duration_ns);
  int64_t b_end = prof_add_saturated (b->time_ns, b->duration_ns);
  int64_t end = a_end > b_end ? a_end : b_end;
  prof_profile_set_time (to, start, prof_add_saturated (end, prof_negate_saturated (start)));
}

static int
make_header (Part *first, Part *second)
{
  ProfProfile *to = first->remap.to;
  const ProfProfile *a = first->remap.from, *b = second->remap.from;
  int r = prof_remap_add_value_types (&first->remap);
  if (r == 0)
    r = prof_remap_add_value_types (&second->remap);
  if (r == 0)
    r = set_default_type (to, a);
  if (r == 0)
    r = prof_remap_copy_description (&first->remap);
  if (r == 0)
    r = prof_remap_add_comments (&first->remap);
  if (r == 0)
    r = prof_remap_add_comments (&second->remap);
  set_time (to, a, b);
  return r == 0 ? prof_join_sessions (to, a, b) : r;
}

static int
join (const ProfProfile *a, const ProfProfile *b, ProfProfile *to)
{
  size_t n_types = a->value_types.n + b->value_types.n;
  cleanup (part_finish) Part first = { .first_type = 0 };
  cleanup (part_finish) Part second = { .first_type = a->value_types.n };
  int r = part_init (&first, a, to, n_types);
  if (r == 0)
    r = part_init (&second, b, to, n_types);
  if (r == 0)
    r = make_header (&first, &second);
  if (r == 0)
    r = copy_samples (&first);
  return r == 0 ? copy_samples (&second) : r;
}

/* NULL: none is in both. */
static const char *
find_common_type (const ProfProfile *a, const ProfProfile *b)
{
  prof_vec_foreach (type, &a->value_types) {
    const char *name = prof_profile_get_string (a, type->type);
    if (prof_profile_find_value_type (b, name) >= 0)
      return name;
  }
  return NULL;
}

int
prof_profile_join (const ProfProfile *profile,
                   const ProfProfile *other,
                   ProfProfile **ret,
                   ProfError *reterr)
{
  if (profile == NULL || other == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_profile_join: NULL argument.");
  const char *common = find_common_type (profile, other);
  if (common != NULL)
    return prof_error_set (reterr, -EINVAL,
                           "Can't join the profiles: both have the sample type '%s'; profiles of "
                           "the same sample types can be merged.",
                           common);
  cleanup (prof_profile_unref) ProfProfile *to = NULL;
  int r = prof_profile_new (&to);
  if (r == 0)
    r = join (profile, other, to);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't join the profiles: %s.", strerror (-r));
  *ret = steal (&to);
  return 0;
}
