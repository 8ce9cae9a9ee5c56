/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-unwind.h"

#include <string.h>

#include "symbol/elf-section.h"

enum { TABLE_HEADER_BYTES = 12, ENTRY_BYTES = 8, FRAME_BYTES = 16 };

static int32_t
read_number (const uint8_t *bytes)
{
  int32_t number;
  memcpy (&number, bytes, sizeof number);
  return number;
}

void
prof_unwind_functions_read (ProfUnwindFunctions *functions, Elf *elf)
{
  /* Version 1; then the encodings that all linkers write: an offset to .eh_frame, a 32-bit count,
   * and pairs of 32-bit offsets from the start of the table. */
  static const uint8_t usual_header[] = { 1, 0x1b, 0x03, 0x3b };
  GElf_Shdr table_header, frames_header;
  Elf_Scn *table_section = prof_elf_find_section (elf, ".eh_frame_hdr", &table_header);
  Elf_Scn *frames_section = prof_elf_find_section (elf, ".eh_frame", &frames_header);
  if (table_section == NULL || frames_section == NULL)
    return;
  const Elf_Data *table = elf_rawdata (table_section, NULL);
  const Elf_Data *frames = elf_rawdata (frames_section, NULL);
  if (table == NULL || table->d_buf == NULL || table->d_size < TABLE_HEADER_BYTES
      || memcmp (table->d_buf, usual_header, sizeof usual_header) != 0 || frames == NULL
      || frames->d_buf == NULL)
    return;
  const uint8_t *bytes = table->d_buf;
  size_t n_entries = (uint32_t)read_number (bytes + 8);
  size_t max_entries = (table->d_size - TABLE_HEADER_BYTES) / ENTRY_BYTES;
  *functions = (ProfUnwindFunctions){
    .table_address = table_header.sh_addr,
    .frames_address = frames_header.sh_addr,
    .table = bytes,
    .frames = frames->d_buf,
    .n_entries = n_entries < max_entries ? n_entries : max_entries,
    .n_frame_bytes = frames->d_size,
  };
}

static const uint8_t *
get_entry (const ProfUnwindFunctions *functions, size_t i)
{
  return functions->table + TABLE_HEADER_BYTES + i * ENTRY_BYTES;
}

/* How many functions begin at or before the address. */
static size_t
count_until (const ProfUnwindFunctions *functions, uint64_t address)
{
  int64_t offset = (int64_t)(address - functions->table_address);
  size_t low = 0, high = functions->n_entries;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (read_number (get_entry (functions, middle)) <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* An FDE has its length, its CIE, where the function begins (an offset from this field) and how
 * long it is. The table's word for the begin tells an FDE that is encoded in another way. */
static bool
get_function_size (const ProfUnwindFunctions *functions,
                   uint64_t frame_address,
                   uint64_t start,
                   uint32_t *ret_size)
{
  uint64_t at = frame_address - functions->frames_address;
  if (functions->n_frame_bytes < FRAME_BYTES || at > functions->n_frame_bytes - FRAME_BYTES)
    return false;
  const uint8_t *begin = functions->frames + at + 8;
  if (frame_address + 8 + (uint64_t)(int64_t)read_number (begin) != start)
    return false;
  *ret_size = (uint32_t)read_number (begin + 4);
  return true;
}

bool
prof_unwind_functions_find (const ProfUnwindFunctions *functions,
                            uint64_t address,
                            uint64_t *ret_start)
{
  size_t n = count_until (functions, address);
  if (n == 0)
    return false;
  const uint8_t *entry = get_entry (functions, n - 1);
  uint64_t start = functions->table_address + (uint64_t)(int64_t)read_number (entry);
  uint64_t frame = functions->table_address + (uint64_t)(int64_t)read_number (entry + 4);
  uint32_t size;
  if (!get_function_size (functions, frame, start, &size) || address - start >= size)
    return false;
  *ret_start = start;
  return true;
}
