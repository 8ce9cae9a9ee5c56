/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/cpu.h>
#include <prof/memory.h>

#include "cleanup.h"
#include "option.h"
#include "parse.h"

typedef enum {
  HELPER_AUTO,    /* when refused and on a terminal */
  HELPER_REFUSED, /* … and anywhere */
  HELPER_ALWAYS,
  HELPER_NEVER,
} HelperUse;

/* Whether prof-helper opens the events; `fd`: a socket to one that runs, or -1. */
typedef struct {
  HelperUse use;
  int fd;
} HelperChoice;

/* As given on the command line. */
typedef struct {
  StringList events;
  unsigned frequency;
  uint64_t period;
  ProfUnwindMode unwind;
  uint64_t stack_bytes;
  unsigned max_depth;
  const char *output, *export_url;
  uint64_t duration_ns, delay_ns;
  bool no_inherit;
  ProfAttach attach;
  const char *directory;
  StringList environment;
  ProfSampling *sampling;
  bool no_thread_names, no_thread_ids, no_timestamps;
  bool exclude_kernel;
  bool quiet, control;
  PidList pids;
  bool system;
  bool cpu, heap;
  uint64_t heap_rate, heap_min_size;
  bool no_frees;
  const char *symbol_cache;
  bool no_symbol_cache;
  HelperChoice helper;
} RecordOptions;

/* As the library wants it; the heap's is used with --heap only. */
typedef struct {
  ProfCpuConfig cpu;
  ProfMemoryConfig heap;
} RecordConfig;

extern const Option record_options[];
extern const RecordOptions record_defaults;

/* The options and the command as the library wants them; borrows from both. STATUS_OK, or
 * STATUS_USAGE after a message. */
int record_options_get (const RecordOptions *chosen, char **command, RecordConfig *ret);
void record_options_clear (void *values);

/* The file to write when none is named: prof-WHAT-DATE-TIME.pb.gz, which does not exist yet. To be
 * freed; NULL: out of memory. */
char *choose_record_name (const RecordOptions *chosen, char **command);
