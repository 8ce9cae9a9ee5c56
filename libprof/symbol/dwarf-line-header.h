/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "symbol/dwarf-lines.h"

/* What the program of a line table is to be run with. */
typedef struct {
  uint8_t min_instruction_length, max_operations, line_range, opcode_base;
  int8_t line_base;
  const uint8_t *operand_counts; /* of the standard opcodes from 1 */
} ProfLineHeader;

/* Reads the header into `ret` and the lists of directories and files into `lines`, and leaves
 * `reader` at the program, ending with the table. 0, -ENOMEM or -EBADMSG. */
int prof_line_header_read (ProfLines *lines,
                           const ProfDwarfSections *sections,
                           ProfByteReader *reader,
                           const char *directory,
                           ProfLineHeader *ret);

int prof_lines_add_file (ProfLines *lines, const char *name, uint64_t directory);
