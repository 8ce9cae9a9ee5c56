/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "handles.h"

/* How far stacks and names of a profile can be trusted, module by module. */

/* As the recorder names them (ProfSessionStackEnd). */
typedef enum {
  END_ROOT,
  END_DEPTH_LIMIT,
  END_SLICE,
  END_NO_UNWIND_DATA,
  END_BAD_READ,
  END_LOOP,
  END_OTHER,
  N_ENDS,
} StackEnd;

const char *get_end_name (StackEnd end);

typedef enum {
  SYMBOLS_NONE,
  SYMBOLS_NAMES, /* functions, from a symbol table */
  SYMBOLS_LINES, /* functions, files and lines, from debugging information */
} SymbolSource;

const char *get_source_name (SymbolSource source);

/* Strings are the profile's or the sessions'. */
typedef struct {
  const char *module, *build_id;
  SymbolSource symbols;      /* the best of its frames */
  uint64_t samples;          /* whose innermost frame is there */
  uint64_t frames, nameless; /* of all samples; without a function's name */
  uint64_t ends[N_ENDS];     /* of stacks whose last frame is there */
} ModuleQuality;

typedef struct {
  ModuleQuality *modules; /* those with most samples first */
  size_t n_modules;
  uint64_t samples, frames, nameless, stacks;
  uint64_t ends[N_ENDS];
  ProfSession **sessions; /* owned: the modules' names may be theirs */
  size_t n_sessions;
} Quality;

/* Of all recordings in the profile. -1: out of memory. */
int measure_quality (ProfProfile *profile, Quality *ret);
void clear_quality (Quality *quality);

/* Stacks that did not reach their root; one that is as deep as was asked for is not broken. */
uint64_t get_n_broken (const uint64_t ends[N_ENDS]);
