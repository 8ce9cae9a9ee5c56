/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>
#include <prof/error.h>

G_BEGIN_DECLS

/* The sentence of libprof as a GError of the domain G_IO_ERROR. Always FALSE. */
gboolean pyro_set_error (GError **error, const ProfError *reason);

G_END_DECLS
