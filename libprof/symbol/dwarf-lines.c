/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-lines.h"

#include <dwarf.h>
#include <limits.h>
#include <stdio.h>

#include "symbol/dwarf-line-header.h"

/* The registers of the machine that runs a line table's program (DWARF 5, 6.2.2). */
typedef struct {
  ProfLines *lines;
  ProfByteReader reader;
  ProfLineHeader header;
  uint64_t lowest_address;
  uint64_t address;
  uint64_t operation; /* in a VLIW instruction */
  uint32_t file, column;
  int64_t line;
  size_t first_row; /* of the sequence */
  int status;
} Machine;

static void
reset (Machine *machine)
{
  machine->address = 0;
  machine->operation = 0;
  machine->file = 1;
  machine->line = 1;
  machine->column = 0;
  machine->first_row = machine->lines->rows.n;
}

/* Of rows for one address the last one counts. A row that goes back is left out. */
static void
add_row (Machine *machine)
{
  ProfLines *lines = machine->lines;
  uint32_t line = machine->line > 0 && machine->line <= UINT32_MAX ? (uint32_t)machine->line : 0;
  ProfLineRow row = { machine->address, machine->file, line, machine->column };
  ProfLineRow *last
      = lines->rows.n > machine->first_row ? &lines->rows.items[lines->rows.n - 1] : NULL;
  if (last != NULL && row.address < last->address)
    return;
  if (last != NULL && row.address == last->address)
    *last = row;
  else if (prof_vec_push (&lines->rows, row) < 0)
    machine->status = -ENOMEM;
}

static void
end_sequence (Machine *machine)
{
  ProfLines *lines = machine->lines;
  ProfLineSequence sequence = { machine->first_row, lines->rows.n - machine->first_row };
  uint64_t start = sequence.n_rows > 0 ? lines->rows.items[sequence.first_row].address : 0;
  if (sequence.n_rows == 0 || start < machine->lowest_address || start >= machine->address) {
    lines->rows.n = machine->first_row;
  } else {
    machine->status
        = prof_range_map_add (&lines->map, start, machine->address, (uint32_t)lines->sequences.n);
    if (machine->status == 0)
      machine->status = prof_vec_push (&lines->sequences, sequence);
  }
  reset (machine);
}

static void
advance (Machine *machine, uint64_t n_operations)
{
  const ProfLineHeader *header = &machine->header;
  machine->operation += n_operations;
  machine->address
      += header->min_instruction_length * (machine->operation / header->max_operations);
  machine->operation %= header->max_operations;
}

/* Damaged ones may go around the end of the numbers. */
static void
advance_line (Machine *machine, int64_t n_lines)
{
  machine->line = (int64_t)((uint64_t)machine->line + (uint64_t)n_lines);
}

static void
run_special (Machine *machine, uint8_t opcode)
{
  const ProfLineHeader *header = &machine->header;
  uint8_t adjusted = opcode - header->opcode_base;
  advance (machine, adjusted / header->line_range);
  advance_line (machine, header->line_base + adjusted % header->line_range);
  add_row (machine);
}

static void
define_file (Machine *machine, ProfByteReader operands)
{
  const char *name = prof_byte_reader_string (&operands);
  uint64_t directory = prof_byte_reader_uleb128 (&operands);
  if (!operands.has_failed)
    machine->status = prof_lines_add_file (machine->lines, name, directory);
}

static void
run_extended (Machine *machine)
{
  uint64_t length = prof_byte_reader_uleb128 (&machine->reader);
  ProfByteReader operands = machine->reader;
  prof_byte_reader_skip (&machine->reader, length);
  if (machine->reader.has_failed)
    return;
  operands.end = machine->reader.at;
  switch (prof_byte_reader_number (&operands, 1)) {
  case DW_LNE_end_sequence:
    end_sequence (machine);
    break;
  case DW_LNE_set_address:
    machine->address = prof_byte_reader_number (&operands, prof_byte_reader_n_left (&operands));
    machine->operation = 0;
    break;
  case DW_LNE_define_file:
    define_file (machine, operands);
    break;
  default:
    break;
  }
}

static void
run_standard (Machine *machine, uint8_t opcode)
{
  ProfByteReader *reader = &machine->reader;
  switch (opcode) {
  case DW_LNS_copy:
    add_row (machine);
    break;
  case DW_LNS_advance_pc:
    advance (machine, prof_byte_reader_uleb128 (reader));
    break;
  case DW_LNS_advance_line:
    advance_line (machine, prof_byte_reader_sleb128 (reader));
    break;
  case DW_LNS_set_file:
    machine->file = (uint32_t)prof_byte_reader_uleb128 (reader);
    break;
  case DW_LNS_set_column:
    machine->column = (uint32_t)prof_byte_reader_uleb128 (reader);
    break;
  case DW_LNS_const_add_pc:
    advance (machine, (255 - machine->header.opcode_base) / machine->header.line_range);
    break;
  case DW_LNS_fixed_advance_pc:
    machine->address += prof_byte_reader_number (reader, 2);
    machine->operation = 0;
    break;
  default: /* of no matter here, or unknown */
    for (uint8_t i = machine->header.operand_counts[opcode - 1]; i > 0; i--)
      prof_byte_reader_uleb128 (reader);
    break;
  }
}

static int
run (Machine *machine)
{
  reset (machine);
  while (machine->reader.at < machine->reader.end && machine->status == 0) {
    uint8_t opcode = *machine->reader.at++;
    if (opcode >= machine->header.opcode_base)
      run_special (machine, opcode);
    else if (opcode == 0)
      run_extended (machine);
    else
      run_standard (machine, opcode);
  }
  machine->lines->rows.n = machine->first_row;
  return machine->status;
}

int
prof_lines_read (ProfLines *lines,
                 const ProfDwarfSections *sections,
                 uint64_t offset,
                 const char *directory,
                 uint64_t lowest_address)
{
  Machine machine = {
    .lines = lines,
    .reader = prof_dwarf_section_read (&sections->line, offset),
    .lowest_address = lowest_address,
  };
  int r = prof_line_header_read (lines, sections, &machine.reader, directory, &machine.header);
  if (r == 0)
    r = run (&machine);
  return r < 0 ? r : prof_range_map_finish (&lines->map);
}

void
prof_lines_finish (ProfLines *lines)
{
  prof_vec_clear (&lines->directories);
  prof_vec_clear (&lines->files);
  prof_vec_clear (&lines->rows);
  prof_vec_clear (&lines->sequences);
  prof_vec_clear (&lines->map.ranges);
}

/* The number of the first row of the sequence above the address. */
static size_t
find_above (const ProfLineRow *rows, size_t n_rows, uint64_t address)
{
  size_t low = 0, high = n_rows;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (rows[middle].address <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const ProfLineRow *
prof_lines_find (const ProfLines *lines, uint64_t address)
{
  uint32_t number = prof_range_map_find (&lines->map, address);
  if (number == PROF_RANGE_NONE)
    return NULL;
  const ProfLineSequence *sequence = &lines->sequences.items[number];
  const ProfLineRow *rows = lines->rows.items + sequence->first_row;
  size_t above = find_above (rows, sequence->n_rows, address);
  return above > 0 ? &rows[above - 1] : NULL;
}

void
prof_lines_cut (const ProfLines *lines, uint64_t address, ProfExtent *extent)
{
  prof_range_map_cut (&lines->map, address, extent);
  uint32_t number = prof_range_map_find (&lines->map, address);
  if (number == PROF_RANGE_NONE)
    return;
  const ProfLineSequence *sequence = &lines->sequences.items[number];
  const ProfLineRow *rows = lines->rows.items + sequence->first_row;
  size_t above = find_above (rows, sequence->n_rows, address);
  for (size_t i = above > 0 ? above - 1 : 0; i <= above && i < sequence->n_rows; i++)
    prof_extent_cut (extent, address, rows[i].address, rows[i].address);
}

/* A path longer than a file can have is not kept. */
static const char *
join (const ProfLines *lines, ProfNames *names, const ProfLineFile *file)
{
  const char *base = lines->directories.n > 0 ? lines->directories.items[0] : "";
  const char *directory
      = file->directory < lines->directories.n ? lines->directories.items[file->directory] : "";
  char path[PATH_MAX];
  int n;
  if (file->name[0] == '/' || file->name[0] == '\0' || directory[0] == '\0')
    n = snprintf (path, sizeof path, "%s", file->name);
  else if (directory[0] == '/' || directory == base || base[0] == '\0')
    n = snprintf (path, sizeof path, "%s/%s", directory, file->name);
  else
    n = snprintf (path, sizeof path, "%s/%s/%s", base, directory, file->name);
  return prof_names_intern (names, n >= 0 && n < (int)sizeof path ? path : "");
}

const char *
prof_lines_get_path (ProfLines *lines, ProfNames *names, uint32_t number)
{
  if (number >= lines->files.n)
    return "";
  ProfLineFile *file = &lines->files.items[number];
  if (file->path == NULL)
    file->path = join (lines, names, file);
  return file->path;
}
