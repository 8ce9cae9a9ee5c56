/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

/* The readable form of a C++ (Itanium) or Rust (legacy and v0) name with its parameters and without
 * its return type; what follows a '@' (a version, "plt") stays. NULL in `ret`: not such a name.
 * Names whose readable form is longer than 64 KiB count as such. 0 or -ENOMEM; free(*ret). */
int prof_demangle (const char *name, char **ret);
