/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-forms.h"

#include <dwarf.h>

uint32_t
prof_dwarf_form_size (const ProfDwarfEncoding *encoding, unsigned form)
{
  switch (form) {
  case DW_FORM_flag_present:
  case DW_FORM_implicit_const:
    return 0;
  case DW_FORM_data1:
  case DW_FORM_ref1:
  case DW_FORM_flag:
  case DW_FORM_strx1:
  case DW_FORM_addrx1:
    return 1;
  case DW_FORM_data2:
  case DW_FORM_ref2:
  case DW_FORM_strx2:
  case DW_FORM_addrx2:
    return 2;
  case DW_FORM_strx3:
  case DW_FORM_addrx3:
    return 3;
  case DW_FORM_data4:
  case DW_FORM_ref4:
  case DW_FORM_ref_sup4:
  case DW_FORM_strx4:
  case DW_FORM_addrx4:
    return 4;
  case DW_FORM_data8:
  case DW_FORM_ref8:
  case DW_FORM_ref_sig8:
  case DW_FORM_ref_sup8:
    return 8;
  case DW_FORM_data16:
    return 16;
  case DW_FORM_addr:
    return encoding->address_size;
  case DW_FORM_ref_addr:
    return encoding->version <= 2 ? encoding->address_size : encoding->offset_size;
  case DW_FORM_strp:
  case DW_FORM_line_strp:
  case DW_FORM_sec_offset:
  case DW_FORM_strp_sup:
  case DW_FORM_GNU_strp_alt:
  case DW_FORM_GNU_ref_alt:
    return encoding->offset_size;
  default:
    return PROF_DWARF_SIZE_VARIES;
  }
}

static uint64_t
read_varying (ProfByteReader *reader, unsigned form)
{
  switch (form) {
  case DW_FORM_sdata:
    return (uint64_t)prof_byte_reader_sleb128 (reader);
  case DW_FORM_udata:
  case DW_FORM_ref_udata:
  case DW_FORM_strx:
  case DW_FORM_addrx:
  case DW_FORM_loclistx:
  case DW_FORM_rnglistx:
  case DW_FORM_GNU_str_index:
  case DW_FORM_GNU_addr_index:
    return prof_byte_reader_uleb128 (reader);
  case DW_FORM_string:
    prof_byte_reader_string (reader);
    return 0;
  case DW_FORM_block1:
    prof_byte_reader_skip (reader, prof_byte_reader_number (reader, 1));
    return 0;
  case DW_FORM_block2:
    prof_byte_reader_skip (reader, prof_byte_reader_number (reader, 2));
    return 0;
  case DW_FORM_block4:
    prof_byte_reader_skip (reader, prof_byte_reader_number (reader, 4));
    return 0;
  case DW_FORM_block:
  case DW_FORM_exprloc:
    prof_byte_reader_skip (reader, prof_byte_reader_uleb128 (reader));
    return 0;
  default:
    prof_byte_reader_fail (reader);
    return 0;
  }
}

uint64_t
prof_dwarf_form_read (ProfByteReader *reader, const ProfDwarfEncoding *encoding, unsigned form)
{
  if (form == DW_FORM_indirect)
    form = (unsigned)prof_byte_reader_uleb128 (reader);
  uint32_t size = prof_dwarf_form_size (encoding, form);
  if (size == PROF_DWARF_SIZE_VARIES)
    return read_varying (reader, form);
  if (size > 0 && size <= sizeof (uint64_t))
    return prof_byte_reader_number (reader, size);
  prof_byte_reader_skip (reader, size);
  return 0;
}

void
prof_dwarf_form_skip (ProfByteReader *reader, const ProfDwarfEncoding *encoding, unsigned form)
{
  uint32_t size = prof_dwarf_form_size (encoding, form);
  if (size != PROF_DWARF_SIZE_VARIES)
    prof_byte_reader_skip (reader, size);
  else
    prof_dwarf_form_read (reader, encoding, form);
}
