/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gtk/gtk.h>

#include "layout/flame-colour.h"
#include "layout/heap-stack.h"

G_BEGIN_DECLS

/* Bands of memory over time.
 *
 * Signals: chosen (uint band): it was clicked; pointed (string or NULL): what is under the pointer.
 */
#define PYRO_TYPE_HEAP_STACK_CHART (pyro_heap_stack_chart_get_type ())
G_DECLARE_FINAL_TYPE (PyroHeapStackChart, pyro_heap_stack_chart, PYRO, HEAP_STACK_CHART, GtkWidget)

/* `stack` is the chart's; NULL: nothing is shown. zero_ns: what times are counted from. */
void pyro_heap_stack_chart_set_stack (PyroHeapStackChart *self,
                                      PyroHeapStack *stack,
                                      gint64 zero_ns);
const PyroHeapStack *pyro_heap_stack_chart_get_stack (PyroHeapStackChart *self);
/* The others fade; G_MAXUINT: none does. */
void pyro_heap_stack_chart_set_highlight (PyroHeapStackChart *self, guint band);

/* As people read it. Free with g_free. */
char *pyro_heap_stack_name_band (const PyroHeapStack *stack, guint band);
PyroFlameColour pyro_heap_stack_colour_band (const PyroHeapStack *stack, guint band);

G_END_DECLS
