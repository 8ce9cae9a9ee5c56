/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-entries.h"

#include <dwarf.h>

/* Compilers stay below 40. Attributes may take no bytes, so this bounds the work per byte. */
enum { MAX_ATTRIBUTES = 128 };

static int
read_attributes (ProfAbbrevs *abbrevs, ProfByteReader *reader)
{
  for (int i = 0; i <= MAX_ATTRIBUTES; i++) {
    ProfAttribute attribute = { 0 };
    uint64_t name = prof_byte_reader_uleb128 (reader), form = prof_byte_reader_uleb128 (reader);
    if (form == DW_FORM_implicit_const)
      attribute.implicit = prof_byte_reader_sleb128 (reader);
    if (reader->has_failed || name > UINT16_MAX || form > UINT16_MAX)
      return -EBADMSG;
    if (name == 0 && form == 0)
      return 0;
    attribute.name = (uint16_t)name;
    attribute.form = (uint16_t)form;
    if (prof_vec_push (&abbrevs->attributes, attribute) < 0)
      return -ENOMEM;
  }
  return -EBADMSG;
}

static uint32_t
sum_sizes (const ProfAbbrevs *abbrevs, const ProfAbbrev *abbrev)
{
  uint32_t sum = 0;
  for (uint32_t i = 0; i < abbrev->n_attributes; i++) {
    unsigned form = abbrevs->attributes.items[abbrev->first_attribute + i].form;
    uint32_t size = prof_dwarf_form_size (&abbrevs->encoding, form);
    if (size == PROF_DWARF_SIZE_VARIES)
      return PROF_DWARF_SIZE_VARIES;
    sum += size;
  }
  return sum;
}

static bool
has_code (const ProfAbbrevs *abbrevs, const ProfAbbrev *abbrev)
{
  for (uint32_t i = 0; i < abbrev->n_attributes; i++) {
    unsigned name = abbrevs->attributes.items[abbrev->first_attribute + i].name;
    if (name == DW_AT_low_pc || name == DW_AT_ranges)
      return true;
  }
  return false;
}

static int
compare (const void *pa, const void *pb)
{
  const ProfAbbrev *a = pa, *b = pb;
  return a->code < b->code ? -1 : a->code > b->code;
}

int
prof_abbrevs_read (ProfAbbrevs *abbrevs, ProfDwarfEncoding encoding, ProfByteReader reader)
{
  abbrevs->encoding = encoding;
  uint64_t last_code = 0;
  bool is_sorted = true;
  for (uint64_t code; (code = prof_byte_reader_uleb128 (&reader)) != 0; last_code = code) {
    ProfAbbrev abbrev = { .code = code };
    uint64_t tag = prof_byte_reader_uleb128 (&reader);
    abbrev.tag = tag <= UINT16_MAX ? (uint16_t)tag : UINT16_MAX;
    abbrev.has_children = prof_byte_reader_number (&reader, 1) != 0;
    abbrev.first_attribute = (uint32_t)abbrevs->attributes.n;
    int r = read_attributes (abbrevs, &reader);
    if (r < 0)
      return r;
    abbrev.n_attributes = (uint32_t)abbrevs->attributes.n - abbrev.first_attribute;
    abbrev.size = sum_sizes (abbrevs, &abbrev);
    abbrev.has_code = has_code (abbrevs, &abbrev);
    if (prof_vec_push (&abbrevs->abbrevs, abbrev) < 0)
      return -ENOMEM;
    is_sorted = is_sorted && code > last_code;
  }
  if (!is_sorted)
    qsort (abbrevs->abbrevs.items, abbrevs->abbrevs.n, sizeof *abbrevs->abbrevs.items, compare);
  return reader.has_failed ? -EBADMSG : 0;
}

void
prof_abbrevs_finish (ProfAbbrevs *abbrevs)
{
  prof_vec_clear (&abbrevs->abbrevs);
  prof_vec_clear (&abbrevs->attributes);
}

/* Compilers number them from 1 without gaps. */
static const ProfAbbrev *
find_abbrev (const ProfAbbrevs *abbrevs, uint64_t code)
{
  if (code - 1 < abbrevs->abbrevs.n && abbrevs->abbrevs.items[code - 1].code == code)
    return &abbrevs->abbrevs.items[code - 1];
  ProfAbbrev key = { .code = code };
  return abbrevs->abbrevs.n == 0
             ? NULL
             : bsearch (&key, abbrevs->abbrevs.items, abbrevs->abbrevs.n, sizeof key, compare);
}

static void
skip_attributes (ProfEntryCursor *cursor, const ProfAbbrev *abbrev)
{
  if (abbrev->size != PROF_DWARF_SIZE_VARIES) {
    prof_byte_reader_skip (&cursor->reader, abbrev->size);
    return;
  }
  const ProfDwarfEncoding *encoding = &cursor->abbrevs->encoding;
  const ProfAttribute *attribute = cursor->abbrevs->attributes.items + abbrev->first_attribute;
  for (uint32_t i = 0; i < abbrev->n_attributes && !cursor->reader.has_failed; i++)
    prof_dwarf_form_skip (&cursor->reader, encoding, attribute[i].form);
}

/* A reference counts from the unit or from the section; those into other files and by signature are
 * left to libdw, starting from the entry itself. */
static void
set_origin (const ProfEntryCursor *cursor, unsigned form, uint64_t value, ProfEntry *entry)
{
  switch (form) {
  case DW_FORM_ref1:
  case DW_FORM_ref2:
  case DW_FORM_ref4:
  case DW_FORM_ref8:
  case DW_FORM_ref_udata:
    entry->origin = cursor->unit_offset + value;
    break;
  case DW_FORM_ref_addr:
    entry->origin = value;
    break;
  default:
    break;
  }
}

static void
set_attribute (const ProfEntryCursor *cursor,
               const ProfAttribute *attribute,
               uint64_t value,
               ProfEntry *entry)
{
  switch (attribute->name) {
  case DW_AT_ranges:
    entry->has_ranges = true;
    break;
  case DW_AT_abstract_origin:
    set_origin (cursor, attribute->form, value, entry);
    break;
  case DW_AT_call_file:
    entry->call_file = (uint32_t)value;
    break;
  case DW_AT_call_line:
    entry->call_line = (uint32_t)value;
    break;
  case DW_AT_call_column:
    entry->call_column = (uint32_t)value;
    break;
  default:
    break;
  }
}

static bool
is_address_index (unsigned form)
{
  return form == DW_FORM_addrx || (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4)
         || form == DW_FORM_GNU_addr_index;
}

/* DW_AT_high_pc as a constant counts from DW_AT_low_pc (DWARF 5, 2.17.2). Addresses that are
 * numbers of .debug_addr are left to libdw. */
static void
set_addresses (unsigned low_form, unsigned high_form, ProfEntry *entry)
{
  if (low_form == 0 || high_form == 0)
    return;
  if (is_address_index (low_form) || is_address_index (high_form))
    entry->has_ranges = true;
  if (high_form != DW_FORM_addr)
    entry->high += entry->low;
  entry->has_addresses = !entry->has_ranges;
}

static void
read_attributes_of (ProfEntryCursor *cursor, const ProfAbbrev *abbrev, ProfEntry *entry)
{
  const ProfAttribute *attribute = cursor->abbrevs->attributes.items + abbrev->first_attribute;
  unsigned low_form = 0, high_form = 0;
  for (uint32_t i = 0; i < abbrev->n_attributes && !cursor->reader.has_failed; i++, attribute++) {
    uint64_t value
        = prof_dwarf_form_read (&cursor->reader, &cursor->abbrevs->encoding, attribute->form);
    if (attribute->form == DW_FORM_implicit_const)
      value = (uint64_t)attribute->implicit;
    if (attribute->name == DW_AT_low_pc) {
      entry->low = value;
      low_form = attribute->form;
    } else if (attribute->name == DW_AT_high_pc) {
      entry->high = value;
      high_form = attribute->form;
    } else
      set_attribute (cursor, attribute, value, entry);
  }
  set_addresses (low_form, high_form, entry);
}

bool
prof_entry_cursor_next (ProfEntryCursor *cursor, ProfEntry *ret)
{
  if (cursor->reader.at >= cursor->reader.end)
    return false;
  uint64_t offset = (uint64_t)(cursor->reader.at - cursor->section);
  *ret = (ProfEntry){ .offset = offset, .origin = offset };
  uint64_t code = prof_byte_reader_uleb128 (&cursor->reader);
  if (code == 0)
    return !cursor->reader.has_failed;
  const ProfAbbrev *abbrev = find_abbrev (cursor->abbrevs, code);
  if (abbrev == NULL)
    return false;
  ret->tag = abbrev->tag;
  ret->has_children = abbrev->has_children;
  if (abbrev->has_code
      && (abbrev->tag == DW_TAG_subprogram
          || (abbrev->tag == DW_TAG_inlined_subroutine && cursor->wants_inlined)))
    read_attributes_of (cursor, abbrev, ret);
  else
    skip_attributes (cursor, abbrev);
  return !cursor->reader.has_failed;
}
