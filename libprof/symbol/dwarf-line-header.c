/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-line-header.h"

#include <dwarf.h>

/* Pairs of content and form (DWARF 5, 6.2.4). */
enum { MAX_FORMATS = 32 };

typedef struct {
  uint8_t n;
  struct {
    uint64_t content, form;
  } items[MAX_FORMATS];
} Format;

int
prof_lines_add_file (ProfLines *lines, const char *name, uint64_t directory)
{
  if (lines->files.n >= UINT32_MAX)
    return -EBADMSG;
  return prof_vec_push (&lines->files, (ProfLineFile){ name, directory, NULL });
}

/* Up to version 4: strings up to an empty one, then files of name, directory, time and size up to
 * an empty name. Both count from 1. */
static int
read_old_lists (ProfLines *lines, ProfByteReader *reader, const char *directory)
{
  int r = prof_vec_push (&lines->directories, directory);
  const char *name;
  while (r == 0 && *(name = prof_byte_reader_string (reader)) != '\0')
    r = prof_vec_push (&lines->directories, name);
  if (r == 0)
    r = prof_lines_add_file (lines, "", 0);
  while (r == 0 && *(name = prof_byte_reader_string (reader)) != '\0') {
    uint64_t file_directory = prof_byte_reader_uleb128 (reader);
    prof_byte_reader_uleb128 (reader);
    prof_byte_reader_uleb128 (reader);
    r = prof_lines_add_file (lines, name, file_directory);
  }
  return r;
}

static bool
read_format (ProfByteReader *reader, Format *ret)
{
  ret->n = (uint8_t)prof_byte_reader_number (reader, 1);
  if (ret->n > MAX_FORMATS)
    return false;
  for (uint8_t i = 0; i < ret->n; i++) {
    ret->items[i].content = prof_byte_reader_uleb128 (reader);
    ret->items[i].form = prof_byte_reader_uleb128 (reader);
  }
  return !reader->has_failed;
}

static const char *
read_name (const ProfDwarfSections *sections,
           ProfByteReader *reader,
           const ProfDwarfEncoding *encoding,
           uint64_t form)
{
  if (form == DW_FORM_string)
    return prof_byte_reader_string (reader);
  uint64_t value = prof_dwarf_form_read (reader, encoding, (unsigned)form);
  if (form != DW_FORM_line_strp && form != DW_FORM_strp)
    return "";
  ProfByteReader strings
      = prof_dwarf_section_read (form == DW_FORM_strp ? &sections->str : &sections->line_str,
                                 value);
  return strings.has_failed ? "" : prof_byte_reader_string (&strings);
}

static void
read_item (const ProfLines *lines,
           const ProfDwarfSections *sections,
           ProfByteReader *reader,
           const Format *format,
           const char **ret_name,
           uint64_t *ret_directory)
{
  *ret_name = "";
  *ret_directory = 0;
  for (uint8_t i = 0; i < format->n; i++) {
    uint64_t content = format->items[i].content, form = format->items[i].form;
    if (content == DW_LNCT_path)
      *ret_name = read_name (sections, reader, &lines->encoding, form);
    else if (content == DW_LNCT_directory_index)
      *ret_directory = prof_dwarf_form_read (reader, &lines->encoding, (unsigned)form);
    else
      prof_dwarf_form_skip (reader, &lines->encoding, (unsigned)form);
  }
}

/* An item takes at least a byte, else a count could ask for any number of them. */
static int
read_new_list (ProfLines *lines,
               const ProfDwarfSections *sections,
               ProfByteReader *reader,
               bool is_files)
{
  Format format;
  if (!read_format (reader, &format))
    return -EBADMSG;
  uint64_t n = prof_byte_reader_uleb128 (reader);
  if (n > prof_byte_reader_n_left (reader))
    return -EBADMSG;
  for (int r; n > 0; n--) {
    const char *name;
    uint64_t directory;
    read_item (lines, sections, reader, &format, &name, &directory);
    if (reader->has_failed)
      return -EBADMSG;
    if (is_files)
      r = prof_lines_add_file (lines, name, directory);
    else
      r = prof_vec_push (&lines->directories, name);
    if (r < 0)
      return r;
  }
  return 0;
}

static int
read_lists (ProfLines *lines,
            const ProfDwarfSections *sections,
            ProfByteReader *reader,
            const char *directory)
{
  if (lines->encoding.version < 5)
    return read_old_lists (lines, reader, directory);
  int r = read_new_list (lines, sections, reader, false);
  return r < 0 ? r : read_new_list (lines, sections, reader, true);
}

int
prof_line_header_read (ProfLines *lines,
                       const ProfDwarfSections *sections,
                       ProfByteReader *reader,
                       const char *directory,
                       ProfLineHeader *ret)
{
  ProfDwarfEncoding *encoding = &lines->encoding;
  encoding->offset_size = prof_byte_reader_enter_unit (reader);
  encoding->version = (uint16_t)prof_byte_reader_number (reader, 2);
  if (encoding->version < 2 || encoding->version > 5)
    return -EBADMSG;
  encoding->address_size = sizeof (uint64_t);
  if (encoding->version >= 5) {
    encoding->address_size = (uint8_t)prof_byte_reader_number (reader, 1);
    prof_byte_reader_skip (reader, 1);
  }
  uint64_t length = prof_byte_reader_number (reader, encoding->offset_size);
  ProfByteReader program = *reader;
  prof_byte_reader_skip (&program, length);
  ret->min_instruction_length = (uint8_t)prof_byte_reader_number (reader, 1);
  ret->max_operations = encoding->version >= 4 ? (uint8_t)prof_byte_reader_number (reader, 1) : 1;
  prof_byte_reader_skip (reader, 1);
  ret->line_base = (int8_t)prof_byte_reader_number (reader, 1);
  ret->line_range = (uint8_t)prof_byte_reader_number (reader, 1);
  ret->opcode_base = (uint8_t)prof_byte_reader_number (reader, 1);
  ret->operand_counts = reader->at;
  if (ret->opcode_base == 0 || ret->line_range == 0 || ret->max_operations == 0)
    return -EBADMSG;
  prof_byte_reader_skip (reader, ret->opcode_base - 1u);
  int r = read_lists (lines, sections, reader, directory);
  if (r == 0 && (reader->has_failed || program.has_failed))
    r = -EBADMSG;
  *reader = program;
  return r;
}
