/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

/* Numbers for people: three or four digits and a unit. Returned by value, so that a call can stand
 * among printf's arguments. */
typedef struct {
  char text[32];
} Figure;

Figure format_ns (double ns);       /* 12.3 ms */
Figure format_bytes (double bytes); /* 12.3 MiB */
Figure format_count (double count); /* 12,345, then 12.3 M */
/* "12.3%"; "-" if the whole is 0. */
Figure format_percent (double part, double whole);
/* A value of a sample type, by the name of its unit in the profile. */
Figure format_value (double value, const char *unit);
