/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/report.h>

/* For each function of a report the row of the same function in another report, which has them all.
 * To be freed; NULL: out of memory. */
uint32_t *map_functions (const ProfReportFunction *from,
                         size_t n_from,
                         const ProfReportFunction *to,
                         size_t n_to);
