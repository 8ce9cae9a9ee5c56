/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

/* Ten milliseconds of a heap from HEAP_START_NS on:
 *   1 ms  build allocates 100 bytes, never freed
 *   2 ms  burst allocates 10 blocks of 100 bytes, freed at 2.5 ms
 *   3 ms  build allocates 300 bytes, freed at 8 ms
 * Both are called by main. Most is in use from 2 ms on: 1100 bytes. */
#define HEAP_START_NS 1000000000

ProfProfile *make_heap_profile (void);
