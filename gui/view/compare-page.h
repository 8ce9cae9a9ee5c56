/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

#include "model/comparison.h"

G_BEGIN_DECLS

/* Two profiles and what is different between them.
 *
 * Property: title (string): of both. Actions of the widget: page.view (s), page.search, page.tell
 * (s: a sentence for a toast), compare.swap. */
#define PYRO_TYPE_COMPARE_PAGE (pyro_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroComparePage, pyro_compare_page, PYRO, COMPARE_PAGE, AdwBin)

GtkWidget *pyro_compare_page_new (void);
PyroComparison *pyro_compare_page_get_comparison (PyroComparePage *self);
/* Which PyroProfile are open: they are offered first. */
void pyro_compare_page_set_open (PyroComparePage *self, GListModel *profiles);
/* Reads both. */
void pyro_compare_page_load (PyroComparePage *self, GFile *base, GFile *current);

G_END_DECLS
