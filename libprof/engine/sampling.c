/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/sampling.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/sized.h"

struct ProfSampling {
  atomic_uint n_refs;
  ProfSamplingOps ops;
  void *self;
  int (*update) (void *self, double load); /* NULL: not adaptive */
  const char *name;
  double weight;
  atomic_ullong seen, taken;
};

int
prof_sampling_new_named (const char *name,
                         const ProfSamplingOps *ops,
                         void *self,
                         int (*update) (void *self, double load),
                         ProfSampling **ret)
{
  ProfSampling *sampling = calloc (1, sizeof *sampling);
  if (sampling == NULL) {
    if (ops->free != NULL)
      ops->free (self);
    return -ENOMEM;
  }
  sampling->n_refs = 1;
  sampling->ops = *ops;
  sampling->self = self;
  sampling->update = update;
  sampling->name = name;
  sampling->weight = 1;
  *ret = sampling;
  return 0;
}

int
prof_sampling_new_custom (const ProfSamplingOps *ops, void *self, ProfSampling **ret)
{
  ProfSamplingOps whole = PROF_SAMPLING_OPS_INIT;
  if (prof_sized_is_valid (ops, sizeof whole))
    memcpy (&whole, ops, ops->size);
  if (whole.should_sample == NULL || ret == NULL)
    return -EINVAL;
  return prof_sampling_new_named ("custom", &whole, self, NULL, ret);
}

ProfSampling *
prof_sampling_ref (ProfSampling *sampling)
{
  atomic_fetch_add (&sampling->n_refs, 1);
  return sampling;
}

ProfSampling *
prof_sampling_unref (ProfSampling *sampling)
{
  if (sampling == NULL || atomic_fetch_sub (&sampling->n_refs, 1) > 1)
    return NULL;
  if (sampling->ops.free != NULL)
    sampling->ops.free (sampling->self);
  free (sampling);
  return NULL;
}

static double
get_probability (const ProfSampling *sampling)
{
  if (sampling->ops.get_probability == NULL)
    return 1;
  return sampling->ops.get_probability (sampling->self);
}

bool
prof_sampling_should_sample (ProfSampling *sampling, uint64_t now_ns)
{
  atomic_fetch_add_explicit (&sampling->seen, 1, memory_order_relaxed);
  if (!sampling->ops.should_sample (sampling->self, now_ns))
    return false;
  atomic_fetch_add_explicit (&sampling->taken, 1, memory_order_relaxed);
  double probability = get_probability (sampling);
  sampling->weight = probability > 0 && probability < 1 ? 1 / probability : 1;
  return true;
}

const char *
prof_sampling_get_name (const ProfSampling *sampling)
{
  return sampling->name;
}

double
prof_sampling_get_weight (const ProfSampling *sampling)
{
  return sampling->weight;
}

void
prof_sampling_reset (ProfSampling *sampling)
{
  atomic_store (&sampling->seen, 0);
  atomic_store (&sampling->taken, 0);
  sampling->weight = 1;
  if (sampling->ops.reset != NULL)
    sampling->ops.reset (sampling->self);
}

int
prof_sampling_get_stats (ProfSampling *sampling, ProfSamplingStats *ret)
{
  const ProfSamplingStats stats = {
    .seen = atomic_load (&sampling->seen),
    .taken = atomic_load (&sampling->taken),
    .probability = get_probability (sampling),
  };
  return prof_sized_fill (ret, &stats, sizeof stats);
}

int
prof_sampling_update_probability (ProfSampling *sampling, double load)
{
  if (sampling->update == NULL)
    return -EOPNOTSUPP;
  if (!(load >= 0))
    return -EINVAL;
  return sampling->update (sampling->self, load);
}
