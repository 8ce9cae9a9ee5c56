/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/sample-join.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/saturate.h"

static bool
equals_sample (const ProfOtlpMessage *a,
               const ProfOtlpSample *x,
               const ProfOtlpMessage *b,
               const ProfOtlpSample *y)
{
  return x->stack == y->stack && x->link == y->link && x->time_ns == y->time_ns
         && x->n_attributes == y->n_attributes
         && (x->n_attributes == 0
             || memcmp (a->sample_attributes.items + x->first_attribute,
                        b->sample_attributes.items + y->first_attribute,
                        x->n_attributes * sizeof (uint32_t))
                    == 0);
}

bool
prof_otlp_has_equal_samples (const ProfOtlpMessage *a, const ProfOtlpMessage *b)
{
  bool are_equal = a->samples.n == b->samples.n;
  for (size_t i = 0; are_equal && i < a->samples.n; i++)
    are_equal = equals_sample (a, &a->samples.items[i], b, &b->samples.items[i]);
  return are_equal;
}

static int
add_row (ProfOtlpJoin *join, ProfOtlpJoinedRow row)
{
  if (prof_vec_reserve (&join->values, join->n_messages) < 0
      || prof_vec_push (&join->rows, row) < 0)
    return -ENOMEM;
  memset (join->values.items + join->values.n, 0, join->n_messages * sizeof (int64_t));
  join->values.n += join->n_messages;
  return 0;
}

static bool
is_row (const void *table, uint32_t number, const void *key)
{
  const ProfOtlpJoin *join = table;
  const ProfOtlpJoinedRow *other = key;
  ProfOtlpJoinedRow row = join->rows.items[number];
  return equals_sample (&join->messages[row.message], prof_otlp_join_get_sample (join, row),
                        &join->messages[other->message], prof_otlp_join_get_sample (join, *other));
}

static uint64_t
hash_sample (const ProfOtlpMessage *message, const ProfOtlpSample *sample)
{
  uint64_t hash = prof_hash_word (sample->stack, sample->link);
  hash = prof_hash_word (hash, (uint64_t)sample->time_ns);
  for (uint32_t i = 0; i < sample->n_attributes; i++)
    hash = prof_hash_word (hash, message->sample_attributes.items[sample->first_attribute + i]);
  return hash;
}

static int
find_row (ProfOtlpJoin *join, ProfOtlpJoinedRow row, uint32_t *ret)
{
  uint64_t hash = hash_sample (&join->messages[row.message], prof_otlp_join_get_sample (join, row));
  *ret = prof_hash_index_find (&join->index, hash, is_row, join, &row);
  if (*ret != PROF_HASH_INDEX_NONE)
    return 0;
  *ret = (uint32_t)join->rows.n;
  int r = add_row (join, row);
  return r < 0 ? r : prof_hash_index_add (&join->index, hash, *ret);
}

static bool
have_equal_samples (const ProfOtlpJoin *join)
{
  for (size_t i = 1; i < join->n_messages; i++)
    if (!prof_otlp_has_equal_samples (&join->messages[0], &join->messages[i]))
      return false;
  return true;
}

int
prof_otlp_join_init (ProfOtlpJoin *join, const ProfOtlpMessage *messages, size_t n)
{
  *join = (ProfOtlpJoin){ .messages = messages, .n_messages = n };
  bool are_equal = have_equal_samples (join);
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t k = 0; k < messages[i].samples.n; k++) {
      ProfOtlpJoinedRow row = { i, k };
      uint32_t number = k;
      int r = 0;
      if (!are_equal)
        r = find_row (join, row, &number);
      else if (i == 0)
        r = add_row (join, row);
      if (r < 0)
        return r;
      int64_t *value = &join->values.items[number * n + i];
      *value = prof_add_saturated (*value, messages[i].samples.items[k].value);
    }
  return 0;
}

void
prof_otlp_join_finish (ProfOtlpJoin *join)
{
  prof_vec_clear (&join->rows);
  prof_vec_clear (&join->values);
  prof_hash_index_clear (&join->index);
}
