/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A quantity that changes: its name, its value now and, if it has a chart, its latest values.
 *
 * Properties: title (string), has-chart (bool, construct only). */
#define PYRO_TYPE_METER (pyro_meter_get_type ())
G_DECLARE_FINAL_TYPE (PyroMeter, pyro_meter, PYRO, METER, AdwBin)

/* `text`: the value as people read it. */
void pyro_meter_show (PyroMeter *self, double value, const char *text);
/* What the chart's upper edge is; 0, as at first: the greatest value there is. */
void pyro_meter_set_top (PyroMeter *self, double top);

G_END_DECLS
