/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/cfi-check.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/vec.h"
#include "unwind/byte-reader.h"

enum {
  MAX_REGISTER = 255,
  MAX_REMEMBERED = 64,
  MAX_PROGRAM_BYTES = 1 << 20,
  ENTRY_ALIGN = 4,
};

/* System V psABI and LSB: .eh_frame is CIEs and the FDEs that point back to them. */
typedef struct {
  size_t offset;
  uint8_t pointer_encoding; /* of its FDEs */
  bool has_augmentation_size;
} Cie;

typedef struct {
  const ProfSection *section;
  PROF_VEC (Cie) cies; /* by offset */
  uint8_t *is_fde;     /* a bit for each ENTRY_ALIGN bytes */
} Check;

/* 0: not an encoding of fixed size. */
static size_t
encoded_size (uint8_t encoding)
{
  if ((encoding & 0x70) == DW_EH_PE_aligned)
    return 0;
  switch (encoding & 0x0f) {
  case DW_EH_PE_absptr:
  case DW_EH_PE_udata8:
  case DW_EH_PE_sdata8:
    return 8;
  case DW_EH_PE_udata4:
  case DW_EH_PE_sdata4:
    return 4;
  case DW_EH_PE_udata2:
  case DW_EH_PE_sdata2:
    return 2;
  default:
    return 0;
  }
}

static void
check_register (ProfByteReader *reader)
{
  if (prof_reader_uleb (reader) > MAX_REGISTER)
    reader->is_bad = true;
}

static void
check_register_and_leb (ProfByteReader *reader)
{
  check_register (reader);
  prof_reader_uleb (reader);
}

static void
skip_block (ProfByteReader *reader)
{
  prof_reader_skip (reader, prof_reader_uleb (reader));
}

/* Steps over the operands of an instruction whose opcode has no operand in it (DWARF 5, 6.4.2).
 * What is not known to us stops libdw too. */
static void
check_operands (ProfByteReader *reader, uint8_t opcode, uint8_t pointer_encoding)
{
  switch (opcode) {
  case DW_CFA_nop:
  case DW_CFA_GNU_window_save:
  case DW_CFA_remember_state:
  case DW_CFA_restore_state:
    break;
  case DW_CFA_set_loc:
    prof_reader_skip (reader, encoded_size (pointer_encoding));
    break;
  case DW_CFA_advance_loc1:
    prof_reader_skip (reader, 1);
    break;
  case DW_CFA_advance_loc2:
    prof_reader_skip (reader, 2);
    break;
  case DW_CFA_advance_loc4:
    prof_reader_skip (reader, 4);
    break;
  case DW_CFA_MIPS_advance_loc8:
    prof_reader_skip (reader, 8);
    break;
  case DW_CFA_def_cfa_offset:
  case DW_CFA_def_cfa_offset_sf:
  case DW_CFA_GNU_args_size:
    prof_reader_uleb (reader);
    break;
  case DW_CFA_def_cfa_register:
  case DW_CFA_restore_extended:
  case DW_CFA_undefined:
  case DW_CFA_same_value:
    check_register (reader);
    break;
  case DW_CFA_def_cfa:
  case DW_CFA_def_cfa_sf:
  case DW_CFA_offset_extended:
  case DW_CFA_offset_extended_sf:
  case DW_CFA_GNU_negative_offset_extended:
  case DW_CFA_val_offset:
  case DW_CFA_val_offset_sf:
  case DW_CFA_register:
    check_register_and_leb (reader);
    break;
  case DW_CFA_def_cfa_expression:
    skip_block (reader);
    break;
  case DW_CFA_expression:
  case DW_CFA_val_expression:
    check_register (reader);
    skip_block (reader);
    break;
  default:
    reader->next = reader->end;
  }
}

static void
check_instruction (ProfByteReader *reader, uint8_t pointer_encoding, int *n_remembered)
{
  uint8_t opcode = prof_reader_u8 (reader);
  if ((opcode & 0xc0) == DW_CFA_offset)
    prof_reader_uleb (reader);
  else if ((opcode & 0xc0) == 0)
    check_operands (reader, opcode, pointer_encoding);
  *n_remembered += (opcode == DW_CFA_remember_state) - (opcode == DW_CFA_restore_state);
}

static bool
is_program_sound (ProfByteReader *reader, uint8_t pointer_encoding)
{
  int n_remembered = 0;
  if (reader->end - reader->next > MAX_PROGRAM_BYTES)
    return false;
  while (reader->next < reader->end && !reader->is_bad && n_remembered <= MAX_REMEMBERED)
    check_instruction (reader, pointer_encoding, &n_remembered);
  return !reader->is_bad && n_remembered <= MAX_REMEMBERED;
}

/* The data that the letters of an augmentation string announce. */
static bool
check_augmentation (ProfByteReader *reader, const char *letters, Cie *cie)
{
  uint64_t n_bytes = prof_reader_uleb (reader);
  ProfByteReader data = *reader;
  prof_reader_skip (reader, n_bytes);
  data.end = reader->next;
  for (; *letters != '\0'; letters++) {
    if (*letters == 'R' || *letters == 'L' || *letters == 'P') {
      uint8_t encoding = prof_reader_u8 (&data);
      if (*letters == 'R')
        cie->pointer_encoding = encoding & ~DW_EH_PE_indirect;
      if (encoding != DW_EH_PE_omit && encoded_size (encoding) == 0)
        return false;
      if (*letters == 'P')
        prof_reader_skip (&data, encoded_size (encoding));
    } else if (*letters != 'S' && *letters != 'B') {
      return false;
    }
  }
  return !data.is_bad && !reader->is_bad;
}

static bool
check_cie (Check *check, ProfByteReader *reader, size_t offset)
{
  Cie cie = { .offset = offset, .pointer_encoding = DW_EH_PE_absptr };
  uint8_t version = prof_reader_u8 (reader);
  const char *augmentation = (const char *)reader->next;
  while (prof_reader_u8 (reader) != '\0') {
  }
  if (reader->is_bad || (version != 1 && version != 3))
    return false;
  prof_reader_uleb (reader); /* code alignment */
  prof_reader_uleb (reader); /* data alignment */
  if (version == 1)
    prof_reader_u8 (reader);
  else
    check_register (reader);
  if (augmentation[0] == 'z') {
    cie.has_augmentation_size = true;
    if (!check_augmentation (reader, augmentation + 1, &cie))
      return false;
  } else if (augmentation[0] != '\0') {
    return false;
  }
  return encoded_size (cie.pointer_encoding) > 0 && is_program_sound (reader, cie.pointer_encoding)
         && prof_vec_push (&check->cies, cie) == 0;
}

static const Cie *
find_cie (const Check *check, size_t offset)
{
  size_t low = 0, high = check->cies.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (check->cies.items[middle].offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  bool is_found = low < check->cies.n && check->cies.items[low].offset == offset;
  return is_found ? &check->cies.items[low] : NULL;
}

static bool
check_fde (Check *check, ProfByteReader *reader, size_t offset, size_t cie_offset)
{
  const Cie *cie = find_cie (check, cie_offset);
  if (cie == NULL)
    return false;
  prof_reader_skip (reader, 2 * encoded_size (cie->pointer_encoding));
  if (cie->has_augmentation_size)
    skip_block (reader);
  check->is_fde[offset / ENTRY_ALIGN / 8] |= (uint8_t)(1 << offset / ENTRY_ALIGN % 8);
  return !reader->is_bad && is_program_sound (reader, cie->pointer_encoding);
}

/* Lengths of 0 end the parts that came from different object files. */
static bool
check_entries (Check *check)
{
  const uint8_t *bytes = check->section->bytes;
  ProfByteReader reader = { .next = bytes, .end = bytes + check->section->n_bytes };
  while (reader.next < reader.end) {
    size_t offset = (size_t)(reader.next - bytes);
    uint32_t length = prof_reader_u32 (&reader);
    ProfByteReader entry = reader;
    prof_reader_skip (&reader, length);
    if (reader.is_bad || length % ENTRY_ALIGN != 0)
      return false;
    if (length == 0)
      continue;
    entry.end = reader.next;
    uint32_t back = prof_reader_u32 (&entry);
    if (back == 0 ? !check_cie (check, &entry, offset)
                  : back > offset + 4 || !check_fde (check, &entry, offset, offset + 4 - back))
      return false;
  }
  return true;
}

static bool
leads_to_fde (const Check *check, uint64_t vaddr)
{
  uint64_t offset = vaddr - check->section->vaddr;
  return offset < check->section->n_bytes && offset % ENTRY_ALIGN == 0
         && check->is_fde[offset / ENTRY_ALIGN / 8] >> (offset / ENTRY_ALIGN % 8) & 1;
}

/* LSB 10.6.2; linkers write no other encodings, and no table if they could not sort the FDEs. */
static bool
check_table (const Check *check, const ProfSection *hdr)
{
  ProfByteReader reader = { .next = hdr->bytes, .end = hdr->bytes + hdr->n_bytes };
  uint8_t version = prof_reader_u8 (&reader), pointer_encoding = prof_reader_u8 (&reader);
  uint8_t count_encoding = prof_reader_u8 (&reader), table_encoding = prof_reader_u8 (&reader);
  uint64_t section = hdr->vaddr + 4 + (uint64_t)(int32_t)prof_reader_u32 (&reader);
  if (reader.is_bad || version != 1 || pointer_encoding != (DW_EH_PE_pcrel | DW_EH_PE_sdata4)
      || section != check->section->vaddr)
    return false;
  if (count_encoding == DW_EH_PE_omit)
    return true;
  if (count_encoding != DW_EH_PE_udata4 || table_encoding != (DW_EH_PE_datarel | DW_EH_PE_sdata4))
    return false;
  for (uint32_t n = prof_reader_u32 (&reader); n > 0; n--) {
    prof_reader_skip (&reader, 4); /* the code's address */
    uint64_t fde = hdr->vaddr + (uint64_t)(int32_t)prof_reader_u32 (&reader);
    if (reader.is_bad || !leads_to_fde (check, fde))
      return false;
  }
  return !reader.is_bad;
}

bool
prof_cfi_is_sound (const ProfSection *eh_frame, const ProfSection *eh_frame_hdr)
{
  Check check = { .section = eh_frame };
  check.is_fde = calloc (eh_frame->n_bytes / ENTRY_ALIGN / 8 + 1, 1);
  bool is_sound = check.is_fde != NULL && check_entries (&check)
                  && (eh_frame_hdr->bytes == NULL || check_table (&check, eh_frame_hdr));
  prof_vec_clear (&check.cies);
  free (check.is_fde);
  return is_sound;
}
