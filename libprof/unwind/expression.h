/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/register-map.h"
#include "unwind/unwind.h"

/* What an expression may look at. */
typedef struct {
  const ProfRegisterMap *map;
  const ProfUnwindRegisters *registers;
  const ProfStackSlice *slice;
  uint64_t cfa; /* only asked for where there is one */
} ProfExpressionWorld;

/* Evaluates the DWARF expression of a CFI row without branches, on a small stack. *ret_is_value:
 * the result is the value itself, else the address where it is saved. False: it divides by zero,
 * leaves the stack, asks for a register that is not known, or uses an operation that CFI does not
 * need. */
bool prof_expression_evaluate (const ProfExpressionWorld *world,
                               const Dwarf_Op *ops,
                               size_t n_ops,
                               uint64_t *ret,
                               bool *ret_is_value);
