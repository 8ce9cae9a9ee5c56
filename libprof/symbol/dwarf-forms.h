/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/byte-reader.h"

/* What the size of a form depends on. */
typedef struct {
  uint16_t version;
  uint8_t address_size, offset_size;
} ProfDwarfEncoding;

/* The bytes a form takes, or PROF_DWARF_SIZE_VARIES. */
#define PROF_DWARF_SIZE_VARIES UINT32_MAX
uint32_t prof_dwarf_form_size (const ProfDwarfEncoding *encoding, unsigned form);

/* Reads a number, reference or offset and goes behind it; of strings and blocks it goes behind them
 * only, and gives 0. An unknown form fails the reader. */
uint64_t prof_dwarf_form_read (ProfByteReader *reader,
                               const ProfDwarfEncoding *encoding,
                               unsigned form);

void prof_dwarf_form_skip (ProfByteReader *reader,
                           const ProfDwarfEncoding *encoding,
                           unsigned form);
