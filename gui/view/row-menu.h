/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The context menu of a row: actions of PyroRowTable. */
GMenuModel *pyro_row_menu_new (gboolean can_sort);

G_END_DECLS
