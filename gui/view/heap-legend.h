/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "layout/heap-stack.h"

G_BEGIN_DECLS

/* Which band is whose, and what it had at the peak. Signal: chosen (uint band). */
#define PYRO_TYPE_HEAP_LEGEND (pyro_heap_legend_get_type ())
G_DECLARE_FINAL_TYPE (PyroHeapLegend, pyro_heap_legend, PYRO, HEAP_LEGEND, AdwBin)

/* NULL: nothing is shown. Nothing of `stack` is kept. */
void pyro_heap_legend_show (PyroHeapLegend *self, const PyroHeapStack *stack);
/* Does not say so. */
void pyro_heap_legend_select (PyroHeapLegend *self, guint band);

G_END_DECLS
