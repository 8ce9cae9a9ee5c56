/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the functions of a file begin, by the search table of its unwind data (Linux Standard Base
 * Core, ".eh_frame_hdr"), which is left in a stripped file. Zero-initialized is empty. The bytes
 * belong to the Elf that they were read from, which must live as long. */
typedef struct {
  uint64_t table_address, frames_address;
  const uint8_t *table, *frames;
  size_t n_entries, n_frame_bytes;
} ProfUnwindFunctions;

void prof_unwind_functions_read (ProfUnwindFunctions *functions, Elf *elf);

/* False: no function of the table covers this address of the file's own. */
bool prof_unwind_functions_find (const ProfUnwindFunctions *functions,
                                 uint64_t address,
                                 uint64_t *ret_start);
