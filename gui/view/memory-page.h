/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The memory of the machine and of its processes, each second while it is shown. */
#define PYRO_TYPE_MEMORY_PAGE (pyro_memory_page_get_type ())
G_DECLARE_FINAL_TYPE (PyroMemoryPage, pyro_memory_page, PYRO, MEMORY_PAGE, AdwBin)

GtkWidget *pyro_memory_page_new (void);

G_END_DECLS
