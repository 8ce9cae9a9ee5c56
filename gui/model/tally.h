/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "layout/flame-functions.h"
#include "model/noise.h"

G_BEGIN_DECLS

typedef struct {
  PyroEstimate self, total;
} PyroCost;

/* What each function of a profile cost, of one sample type, and how sure that is. Immutable once
 * made; counted references.
 *
 * Samples of the processor are taken to be independent of each other. How many they are says the
 * type samples/count, else the period, if it is of the same type. A block of a heap profile is
 * taken to be sampled with a chance of 1 - exp (-size / rate), whatever the others are: one that is
 * far greater than the rate is always seen, and has no noise. The rate is the period, or else
 * follows from the samples. */
typedef struct {
  PyroFlameFunctions functions;
  PyroCost *costs; /* by function */
  PyroEstimate whole;
  gboolean has_variance; /* FALSE: how many samples there are is not known */
  gboolean is_of_heap;   /* of blocks: the functions on top are allocators */
} PyroTally;

/* Takes as long as reading all samples: for workers. NULL: no such sample type, or no memory. */
PyroTally *pyro_tally_new (ProfProfile *profile, unsigned value_type);
PyroTally *pyro_tally_ref (PyroTally *tally);
void pyro_tally_unref (PyroTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroTally, pyro_tally_unref)

G_END_DECLS
