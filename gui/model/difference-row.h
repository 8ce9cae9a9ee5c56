/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

#include "model/difference.h"

G_BEGIN_DECLS

/* A function of a difference, as a row of a table. */
#define PYRO_TYPE_DIFFERENCE_ROW (pyro_difference_row_get_type ())
G_DECLARE_FINAL_TYPE (PyroDifferenceRow, pyro_difference_row, PYRO, DIFFERENCE_ROW, GObject)

/* What changed in what the function and its callees cost, or the function itself. */
const PyroChange *pyro_difference_row_get_change (PyroDifferenceRow *self);
PyroDifference *pyro_difference_row_get_difference (PyroDifferenceRow *self);
const char *pyro_difference_row_get_name (PyroDifferenceRow *self); /* valid UTF-8 */
const char *pyro_difference_row_get_module (
    PyroDifferenceRow *self); /* the base name, valid UTF-8 */
const char *pyro_difference_row_get_function (
    PyroDifferenceRow *self); /* as it is in the profile */
/* "yes" if chance hardly makes such a difference, else "no"; "–": it can't be judged. */
const char *pyro_difference_row_get_verdict (PyroDifferenceRow *self);
/* For a tooltip: what led to the verdict. */
char *pyro_difference_row_describe_verdict (PyroDifferenceRow *self);

/* Rows of all functions whose cost of that kind is not 0 in both, the greatest change first. */
GListModel *pyro_difference_row_list (PyroDifference *difference, PyroCostKind kind);

G_END_DECLS
