/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "handles.h"

/* A function, or the stack that a node of the tree stands for, in both of two profiles. */
typedef struct {
  uint32_t index; /* row of the functions, or node */
  int64_t base_self, new_self;
  int64_t base_total, new_total;
} ComparisonRow;

/* Two profiles side by side, made from their difference. */
typedef struct {
  ProfReport *change;                  /* new less base */
  ProfReport *base;                    /* values are negative; NULL when functions were compared */
  const ProfReportFunction *functions; /* of `change`, that is of either profile */
  size_t n_functions;
  const ProfReportNode *nodes; /* …; NULL when functions were compared */
  size_t n_nodes;
  int64_t base_total, new_total;
  ComparisonRow *rows; /* the greatest change of self first */
  size_t n_rows;
} Comparison;

/* `difference`: of prof_profile_diff. 0, or -1 after a message. */
int comparison_init_functions (Comparison *comparison,
                               ProfProfile *difference,
                               unsigned value_type);
int comparison_init_stacks (Comparison *comparison, ProfProfile *difference, unsigned value_type);
void comparison_finish (Comparison *comparison);

static inline void
comparison_finish_p (Comparison *comparison)
{
  comparison_finish (comparison);
}
