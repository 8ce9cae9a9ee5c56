/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include "symbol/dwarf-file.h"
#include "symbol/names.h"

typedef struct {
  uint64_t origin;
  const char *name, *system_name; /* interned; "" if it has none */
  uint32_t line;                  /* of its declaration; 0: not known */
} ProfDwarfName;

/* The names of functions by the offset of their entry. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfDwarfName) names;
  ProfHashIndex index;
} ProfDwarfNames;

/* Follows the entry at `origin` to where its name is, in other units and files too. The result is
 * good until the next call. 0 or -ENOMEM. */
int prof_dwarf_names_get (ProfDwarfNames *dwarf_names,
                          const ProfDwarfFile *file,
                          ProfNames *names,
                          uint64_t origin,
                          const ProfDwarfName **ret);
void prof_dwarf_names_finish (ProfDwarfNames *dwarf_names);
