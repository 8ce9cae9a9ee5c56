/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <glib.h>
#include <prof/profile.h>

G_BEGIN_DECLS

/* What a person calls the sample types of a profile, in their order; ended by NULL. */
char **pyro_value_types_get_names (ProfProfile *profile);
/* All of them in one line; "" if there are none. */
char *pyro_value_types_join (ProfProfile *profile);

G_END_DECLS
