/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

#include "model/tally.h"

G_BEGIN_DECLS

typedef enum {
  PYRO_COST_SELF,
  PYRO_COST_TOTAL,
} PyroCostKind;

/* What became of the cost of a function. */
typedef struct {
  double base, current; /* the base is scaled */
  double deviation;     /* of their difference, by chance */
  double chance;        /* that chance alone makes such a difference */
  gboolean is_beyond;   /* chance, that is; FALSE as well where that can't be judged */
} PyroChange;

typedef struct {
  const PyroFlameFunction *function;
  PyroChange changes[2]; /* by PyroCostKind */
} PyroFunctionChange;

/* What is different between two profiles, of one sample type: for every function, and as a profile
 * to make a flame graph of. Never changed once made. */
#define PYRO_TYPE_DIFFERENCE (pyro_difference_get_type ())
G_DECLARE_FINAL_TYPE (PyroDifference, pyro_difference, PYRO, DIFFERENCE, GObject)

/* For workers. `profile` is the result of prof_profile_diff; of the tallies, the base is multiplied
 * by `scale`, to have the other's whole if `is_by_total`. References are taken. */
PyroDifference *pyro_difference_new (ProfProfile *profile,
                                     unsigned value_type,
                                     PyroTally *base,
                                     PyroTally *current,
                                     double scale,
                                     gboolean is_by_total);

ProfProfile *pyro_difference_get_profile (PyroDifference *self);
unsigned pyro_difference_get_value_type (PyroDifference *self);
const char *pyro_difference_get_unit (PyroDifference *self);
double pyro_difference_get_scale (PyroDifference *self);      /* of the base */
double pyro_difference_get_base_whole (PyroDifference *self); /* scaled */
double pyro_difference_get_whole (PyroDifference *self);
/* What tells functions apart: self, but of a heap, where that is of allocators, the total. */
PyroCostKind pyro_difference_get_leading_kind (PyroDifference *self);
/* Whether the profiles say how many samples they are made of. */
gboolean pyro_difference_is_judged (PyroDifference *self);
/* The greatest difference in self first. Borrowed. */
const PyroFunctionChange *pyro_difference_get_functions (PyroDifference *self, gsize *ret_n);
/* Those whose cost of that kind is not 0 in both, the greatest difference in it first; g_free. */
const PyroFunctionChange **pyro_difference_sort_functions (PyroDifference *self,
                                                           PyroCostKind kind,
                                                           gsize *ret_n);

/* For people; g_free. "Base 1.20 s (scaled by 2), new 1.32 s: +120 ms (+10.0%)" */
char *pyro_difference_describe_whole (PyroDifference *self);
/* Whether functions differ by more than chance makes them, and which one by the most. */
char *pyro_difference_describe_noise (PyroDifference *self);
/* "+41.0 ms"; "±0" */
char *pyro_difference_format_change (PyroDifference *self, const PyroChange *change);
/* Of the base: "+4.1%"; "new" and "gone" where there was none, or is none. */
char *pyro_difference_format_share (const PyroChange *change);
/* Where the difference is in 95 of 100 repetitions: "+29.0 ms … +53.0 ms". */
char *pyro_difference_format_range (PyroDifference *self, const PyroChange *change);

G_END_DECLS
