/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Values for people: three digits or so and a unit, in the user's language. Free with g_free. */
char *pyro_format_value (double value, const char *unit); /* as named in a profile */
char *pyro_format_count (double count);                   /* 12,345; 12.3 M */
char *pyro_format_duration (double ns);                   /* 12.3 ms */
char *pyro_format_bytes (double bytes);                   /* 12.3 MiB */
/* "12.3%"; "–" if the whole is 0. */
char *pyro_format_percent (double part, double whole);
/* What a sample type measures: "CPU time" for "cpu"; the name itself if it is not known. */
char *pyro_format_value_type (const char *type, const char *unit);

G_END_DECLS
