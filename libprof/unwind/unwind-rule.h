/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/register-map.h"
#include "unwind/unwind.h"

/* Compiles a CFI row; PROF_RULE_SLOW if it needs prof_frame_step. */
ProfRule prof_rule_compile (const ProfRegisterMap *map, Dwarf_Frame *frame);

/* Steps by evaluating the row's expressions: pc, sp, fp, and the others if they were known. False:
 * could not. */
bool prof_frame_step (const ProfRegisterMap *map,
                      Dwarf_Frame *frame,
                      const ProfStackSlice *slice,
                      ProfUnwindRegisters *registers);
