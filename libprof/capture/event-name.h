/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>

/* The length of "skl::" in "skl::INST_RETIRED:ANY_P", or 0. */
size_t prof_event_name_measure_pmu (const char *name);
/* The length of "INST_RETIRED" there; of "cycles" in "cycles:u". */
size_t prof_event_name_measure_base (const char *name);
/* The length of "group:name", or 0 if that is not the form; "cycels:u" is taken for a mistyped
 * event with a modifier. */
size_t prof_event_name_measure_tracepoint (const char *name);
