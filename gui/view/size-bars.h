/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "layout/size-histogram.h"

G_BEGIN_DECLS

/* Blocks by their sizes: a bar for the bytes of each class, with its numbers. */
#define PYRO_TYPE_SIZE_BARS (pyro_size_bars_get_type ())
G_DECLARE_FINAL_TYPE (PyroSizeBars, pyro_size_bars, PYRO, SIZE_BARS, AdwBin)

/* NULL: nothing is shown. */
void pyro_size_bars_show (PyroSizeBars *self, const PyroSizeHistogram *histogram);

G_END_DECLS
