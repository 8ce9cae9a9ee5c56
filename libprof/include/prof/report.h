/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sums over the samples of one sample type. Values are in that type's unit; sums stop at the ends
 * of int64_t. A frame is one line of a location: inlined calls count as frames. A location without
 * lines is a frame of its own, named by its mapping and address. Functions of one name in one file
 * are one function, or in one module if the file is not known. Recursion counts once in a total.
 *
 * In a diff (prof_profile_diff) all sums are differences, new less base. The base's part is also
 * kept apart, as it was before it was negated: new = self + base_self. */

/* A row of the flat list. */
typedef struct {
  uint32_t function; /* 0: not symbolized; then name is "module+0xOFFSET" or "0xADDRESS" */
  uint32_t mapping;  /* of the first location with the function; 0: none */
  const char *name, *filename, *module; /* never NULL; borrowed from the report */
  int64_t self, total;
  int64_t base_self, base_total; /* of samples with the label pprof::base; 0 if not a diff */
} ProfReportFunction;

/* The sums of one sample type. A report belongs to one thread. */
typedef struct ProfReport ProfReport;

/* Holds a reference to `profile` until it is freed. -EINVAL: no such sample type; -ENOMEM. */
PROF_API int prof_report_new (ProfProfile *profile,
                              unsigned value_type,
                              ProfReport **ret,
                              ProfError *reterr);
/* Returns NULL, which it takes as well. */
PROF_API ProfReport *prof_report_free (ProfReport *report);
/* The sum of all samples. */
PROF_API int64_t prof_report_get_total (const ProfReport *report);
/* The sum of the base of a diff, as it was before it was negated. */
PROF_API int64_t prof_report_get_base_total (const ProfReport *report);
/* Sorted by self, the greatest magnitude first; ties by total, then by name. Borrowed. */
PROF_API const ProfReportFunction *prof_report_get_functions (const ProfReport *report,
                                                              size_t *ret_n);

/* A caller or a callee. */
typedef struct {
  uint32_t function; /* row of prof_report_get_functions */
  int64_t value;     /* of the samples that went this way */
} ProfReportEdge;

/* Direct callers of the function at `row`, the greatest magnitude first, ties by row.
 * A sample counts once for each of them. Walks all samples. Free *ret with free(). 0, -EINVAL (no
 * such row), -ENOMEM. */
PROF_API int prof_report_get_callers (const ProfReport *report,
                                      uint32_t row,
                                      ProfReportEdge **ret,
                                      size_t *ret_n);
/* Direct callees, in the same way. */
PROF_API int prof_report_get_callees (const ProfReport *report,
                                      uint32_t row,
                                      ProfReportEdge **ret,
                                      size_t *ret_n);

/* A source line of a function. */
typedef struct {
  int64_t line;        /* 0: not known */
  int64_t self, total; /* of a call: the line that it is in */
} ProfReportLine;

/* The lines of the function at `row` that are in stacks, in their order. A sample counts once for
 * each of them. Walks all samples. Free *ret with free(). 0, -EINVAL (no such row), -ENOMEM. */
PROF_API int prof_report_get_lines (const ProfReport *report,
                                    uint32_t row,
                                    ProfReportLine **ret,
                                    size_t *ret_n);

/* The call tree. Node 0 is the root and is no frame. Children of a node are contiguous, sorted by
 * the magnitude of total, ties by function, and come after their parent. Self is of the samples
 * whose stacks end at the node. */
typedef struct {
  uint32_t function; /* row of prof_report_get_functions; unused in node 0 */
  uint32_t parent;
  uint32_t first_child, n_children;
  int64_t self, total;
} ProfReportNode;

/* Which end of the stacks is the root. */
typedef enum {
  PROF_TREE_TOP_DOWN,  /* what was called first: main, start_thread */
  PROF_TREE_BOTTOM_UP, /* roots are the leaves of the stacks */
} ProfTreeDirection;

/* Built at the first call for each direction, then borrowed from the report. 0, -EINVAL, -ENOMEM.
 */
PROF_API int prof_report_get_tree (ProfReport *report,
                                   ProfTreeDirection direction,
                                   const ProfReportNode **ret,
                                   size_t *ret_n);

#ifdef __cplusplus
}
#endif
