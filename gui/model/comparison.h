/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "model/difference.h"
#include "model/profile.h"

G_BEGIN_DECLS

/* Two profiles, and how they are compared. A change of any of it starts a worker; when it is done,
 * `difference` changes. Of several changes only the last one counts. Main thread only.
 *
 * Properties (each notifies):
 *   base, current  PyroProfile (rw)     what is compared with what; NULL: not chosen
 *   value-type     uint (rw)            of both
 *   normalize      uint (rw)            ProfNormalize: what the base is scaled to
 *   difference     PyroDifference       NULL: none could be made, or none yet
 *   busy           bool                 a difference is being made; the old one stays until then
 *   error          string               why there is no difference; NULL */
#define PYRO_TYPE_COMPARISON (pyro_comparison_get_type ())
G_DECLARE_FINAL_TYPE (PyroComparison, pyro_comparison, PYRO, COMPARISON, GObject)

PyroComparison *pyro_comparison_new (void);

PyroProfile *pyro_comparison_get_base (PyroComparison *self);
PyroProfile *pyro_comparison_get_current (PyroComparison *self);
void pyro_comparison_set_base (PyroComparison *self, PyroProfile *base);
void pyro_comparison_set_current (PyroComparison *self, PyroProfile *current);
void pyro_comparison_swap (PyroComparison *self);

guint pyro_comparison_get_value_type (PyroComparison *self);
void pyro_comparison_set_value_type (PyroComparison *self, guint value_type);

/* Until it is set, by the duration where both profiles have one, else by the total. */
ProfNormalize pyro_comparison_get_normalize (PyroComparison *self);
void pyro_comparison_set_normalize (PyroComparison *self, ProfNormalize normalize);
/* The profile that does not say how long it was recorded; NULL: both do, or none is chosen. */
PyroProfile *pyro_comparison_find_timeless (PyroComparison *self);

PyroDifference *pyro_comparison_get_difference (PyroComparison *self);
gboolean pyro_comparison_is_busy (PyroComparison *self);
const char *pyro_comparison_get_error (PyroComparison *self);

G_END_DECLS
