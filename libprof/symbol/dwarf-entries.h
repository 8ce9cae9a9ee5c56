/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/vec.h"
#include "symbol/dwarf-forms.h"

typedef struct {
  uint64_t code;
  uint16_t tag;
  bool has_children;
  bool has_code; /* addresses or ranges */
  uint32_t first_attribute, n_attributes;
  uint32_t size; /* of an entry's attributes, or PROF_DWARF_SIZE_VARIES */
} ProfAbbrev;

typedef struct {
  uint16_t name, form;
  int64_t implicit;
} ProfAttribute;

/* A table of abbreviations (DWARF 5, 7.5.3): how the entries of the units that use it are laid out.
 * Zero-initialized is empty. */
typedef struct {
  ProfDwarfEncoding encoding;
  PROF_VEC (ProfAbbrev) abbrevs; /* by code */
  PROF_VEC (ProfAttribute) attributes;
} ProfAbbrevs;

/* Reads up to the end mark, for units of this encoding. 0, -ENOMEM or -EBADMSG. */
int prof_abbrevs_read (ProfAbbrevs *abbrevs, ProfDwarfEncoding encoding, ProfByteReader reader);
void prof_abbrevs_finish (ProfAbbrevs *abbrevs);

/* Goes over the entries of a unit in the order of their bytes. */
typedef struct {
  ProfByteReader reader;
  const uint8_t *section; /* .debug_info, from which offsets count */
  uint64_t unit_offset;
  const ProfAbbrevs *abbrevs;
  bool wants_inlined;
} ProfEntryCursor;

/* What is wanted of a function or an inlined one that has code. */
typedef struct {
  uint64_t offset; /* in .debug_info */
  uint16_t tag;    /* 0: the end of a list of children */
  bool has_children;
  bool has_addresses; /* low and high are good */
  bool has_ranges;    /* ask libdw for them */
  uint64_t low, high;
  uint64_t origin; /* the offset of the abstract entry, or of this one */
  uint32_t call_file, call_line, call_column;
} ProfEntry;

/* Reads the next entry; of one that is neither a function with code nor a wanted inlined one only
 * its offset, tag and has_children. False at the end of the unit, or where its bytes make no sense.
 */
bool prof_entry_cursor_next (ProfEntryCursor *cursor, ProfEntry *ret);
