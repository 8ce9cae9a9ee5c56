/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What this user may not record here, each with what helps and, where Pyrograph can do that itself,
 * a button; invisible if there is nothing. It asks prof by itself, at first and after each remedy.
 *
 * Signal: failed (const char *message)   a sentence for a toast */
#define PYRO_TYPE_LIMITS_GROUP (pyro_limits_group_get_type ())
G_DECLARE_FINAL_TYPE (PyroLimitsGroup, pyro_limits_group, PYRO, LIMITS_GROUP, AdwBin)

/* `answer`: of "prof doctor --json", see pyro_json_read. */
void pyro_limits_group_show (PyroLimitsGroup *self, GVariant *answer);

G_END_DECLS
