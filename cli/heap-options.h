/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include "option.h"
#include "parse.h"

typedef enum { HEAP_AT_NOTHING, HEAP_AT_TIME, HEAP_AT_PEAK, HEAP_AT_END } HeapMoment;

typedef struct {
  HeapMoment moment;
  uint64_t time_ns; /* after the start */
} HeapAt;

typedef struct {
  bool is_wanted;
  uint64_t bound_ns;
} HeapTemporary;

typedef struct {
  HeapAt at;
  TimeRange range;
  bool allocated, stayed, leaks;
  HeapTemporary temporary;
  bool sizes, sites_over_time;
  unsigned timeline; /* points; 0: not wanted */
  StringList suppressions, allocators;
  bool tree, stacks, verbose, json;
  unsigned limit;
  const char *output;
} HeapOptions;

enum { HEAP_LIMIT_UNSET = INT32_MAX };

extern const Option heap_options[];
extern const HeapOptions heap_option_defaults;
