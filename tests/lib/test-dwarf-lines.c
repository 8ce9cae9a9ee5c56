/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/dwarf-lines.h"

#include <dwarf.h>
#include <limits.h>

#include "tests.h"

/* From min_instruction_length to the lengths of the standard opcodes; line_base is -5, line_range
 * 14, opcode_base 13. */
#define PARAMETERS 1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1
#define SET_ADDRESS(low, high) 0, 9, DW_LNE_set_address, low, high, 0, 0, 0, 0, 0, 0
#define END_SEQUENCE 0, 1, DW_LNE_end_sequence
/* Moves on and adds a row. */
#define SPECIAL(n_lines, n_bytes) (uint8_t) ((n_lines) + 5 + 14 * (n_bytes) + 13)

typedef struct {
  uint8_t bytes[512];
  ProfDwarfSections sections;
  ProfLines lines;
  ProfNames names;
} Table;

/* Puts the lengths before the parts of a table. */
static int
read_table (Table *table,
            uint8_t version,
            const uint8_t *header,
            size_t n_header,
            const uint8_t *program,
            size_t n_program)
{
  uint8_t *p = table->bytes + 4;
  *p++ = version;
  *p++ = 0;
  if (version >= 5) {
    *p++ = 8;
    *p++ = 0;
  }
  *p = (uint8_t)n_header;
  p += 4;
  if (n_header > 0)
    memcpy (p, header, n_header);
  if (n_program > 0)
    memcpy (p + n_header, program, n_program);
  size_t n = (size_t)(p - table->bytes) + n_header + n_program;
  table->bytes[0] = (uint8_t)(n - 4);
  table->sections.line.bytes = table->bytes;
  table->sections.line.n_bytes = n;
  return prof_lines_read (&table->lines, &table->sections, 0, "/src", 0x100);
}

static void
finish (Table *table)
{
  prof_lines_finish (&table->lines);
  prof_names_finish (&table->names);
}

static void
assert_place (Table *table, uint64_t address, const char *path, uint32_t line, uint32_t column)
{
  const ProfLineRow *row = prof_lines_find (&table->lines, address);
  assert_non_null (row);
  assert_string_equal (prof_lines_get_path (&table->lines, &table->names, row->file), path);
  assert_int_equal (row->line, line);
  assert_int_equal (row->column, column);
}

static const uint8_t header_4[] = {
  PARAMETERS, 's', 'u', 'b', 0, '/', 'a', 'b', 's', 0,   0,   'a', '.', 'c', 0, 0, 0,
  0,          'b', '.', 'h', 0, 1,   0,   0,   'c', '.', 'h', 0,   2,   0,   0, 0,
};

static void
test_every_kind_of_step (void **state)
{
  (void)state;
  const uint8_t program[] = {
    SET_ADDRESS (0x00, 0x10),
    DW_LNS_advance_line,
    9,
    DW_LNS_copy,
    SPECIAL (2, 4),
    DW_LNS_set_file,
    2,
    DW_LNS_set_column,
    7,
    DW_LNS_advance_pc,
    4,
    DW_LNS_copy,
    DW_LNS_set_file,
    3,
    DW_LNS_const_add_pc, /* (255 - 13) / 14 = 17 */
    SPECIAL (-1, 0),
    DW_LNS_fixed_advance_pc,
    0x00,
    0x01,
    DW_LNS_negate_stmt,
    DW_LNS_set_isa,
    1,
    END_SEQUENCE,
  };
  Table table = { 0 };
  assert_int_equal (read_table (&table, 4, header_4, sizeof header_4, program, sizeof program), 0);
  assert_null (prof_lines_find (&table.lines, 0xfff));
  assert_place (&table, 0x1000, "/src/a.c", 10, 0);
  assert_place (&table, 0x1003, "/src/a.c", 10, 0);
  assert_place (&table, 0x1004, "/src/a.c", 12, 0);
  assert_place (&table, 0x1008, "/src/sub/b.h", 12, 7);
  assert_place (&table, 0x1019, "/abs/c.h", 11, 7);
  assert_place (&table, 0x1118, "/abs/c.h", 11, 7);
  assert_null (prof_lines_find (&table.lines, 0x1119));
  finish (&table);
}

static void
test_sequences_in_any_order_and_dropped_ones (void **state)
{
  (void)state;
  const uint8_t program[] = {
    SET_ADDRESS (0x00, 0x20), SPECIAL (1, 0), SPECIAL (1, 8), END_SEQUENCE,
    SET_ADDRESS (0x00, 0x00), SPECIAL (8, 0), SPECIAL (1, 8), END_SEQUENCE,
    SET_ADDRESS (0x00, 0x10), SPECIAL (4, 0), SPECIAL (1, 8), END_SEQUENCE,
    SET_ADDRESS (0x00, 0x30), SPECIAL (4, 0), /* without an end */
  };
  Table table = { 0 };
  assert_int_equal (read_table (&table, 4, header_4, sizeof header_4, program, sizeof program), 0);
  assert_place (&table, 0x1007, "/src/a.c", 5, 0);
  assert_place (&table, 0x2007, "/src/a.c", 2, 0);
  assert_null (prof_lines_find (&table.lines, 0x1008));
  assert_null (prof_lines_find (&table.lines, 0x0004));
  assert_null (prof_lines_find (&table.lines, 0x3000));
  assert_int_equal (table.lines.sequences.n, 2);
  finish (&table);
}

static void
test_the_last_of_several_rows_counts (void **state)
{
  (void)state;
  const uint8_t program[] = {
    SET_ADDRESS (0x00, 0x10), SPECIAL (1, 0), SPECIAL (1, 0),
    SPECIAL (1, 0),           SPECIAL (1, 4), END_SEQUENCE,
  };
  Table table = { 0 };
  assert_int_equal (read_table (&table, 4, header_4, sizeof header_4, program, sizeof program), 0);
  assert_place (&table, 0x1000, "/src/a.c", 4, 0);
  finish (&table);
}

/* INT64_MAX as a signed LEB128. */
#define MOST_LINES 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00

static void
test_lines_go_around_the_end (void **state)
{
  (void)state;
  const uint8_t program[] = {
    SET_ADDRESS (0x00, 0x10), DW_LNS_advance_line, MOST_LINES,     SPECIAL (8, 0), SPECIAL (8, 4),
    DW_LNS_advance_line,      MOST_LINES,          SPECIAL (1, 4), SPECIAL (0, 4), END_SEQUENCE,
  };
  Table table = { 0 };
  assert_int_equal (read_table (&table, 4, header_4, sizeof header_4, program, sizeof program), 0);
  assert_place (&table, 0x1004, "/src/a.c", 0, 0);
  assert_place (&table, 0x1008, "/src/a.c", 16, 0); /* 1 + 2^64 - 2 + 8 + 8 + 1 */
  finish (&table);
}

static void
test_lists_of_version_5 (void **state)
{
  (void)state;
  static const char line_strings[] = "\0/build\0main.c\0inc";
  const uint8_t header[] = {
    PARAMETERS,
    1, /* directories */
    DW_LNCT_path,
    DW_FORM_line_strp,
    2,
    1,
    0,
    0,
    0,
    15,
    0,
    0,
    0,
    3, /* files */
    DW_LNCT_path,
    DW_FORM_string,
    DW_LNCT_directory_index,
    DW_FORM_udata,
    DW_LNCT_MD5,
    DW_FORM_data16,
    2,
    'm',
    0,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    'n',
    0,
    1,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
  };
  const uint8_t program[] = { SET_ADDRESS (0x00, 0x10), SPECIAL (1, 0), DW_LNS_set_file, 0,
                              SPECIAL (1, 4),           SPECIAL (1, 4), END_SEQUENCE };
  Table table = { 0 };
  table.sections.line_str.bytes = (const uint8_t *)line_strings;
  table.sections.line_str.n_bytes = sizeof line_strings;
  assert_int_equal (read_table (&table, 5, header, sizeof header, program, sizeof program), 0);
  assert_place (&table, 0x1000, "/build/inc/n", 2, 0);
  assert_place (&table, 0x1004, "/build/m", 3, 0);
  finish (&table);
}

static void
test_damaged_headers (void **state)
{
  (void)state;
  uint8_t no_line_range[sizeof header_4];
  memcpy (no_line_range, header_4, sizeof header_4);
  no_line_range[4] = 0;
  const uint8_t too_many_files[]
      = { PARAMETERS, 0, 0, 1, DW_LNCT_path, DW_FORM_implicit_const, 0xff, 0xff, 0xff, 0xff, 0x7f };
  const uint8_t too_many_formats[] = { PARAMETERS, 200, 1, 8, 1 };
  const struct {
    uint8_t version;
    const uint8_t *header;
    size_t n_header;
  } cases[] = {
    { 1, header_4, sizeof header_4 },
    { 6, header_4, sizeof header_4 },
    { 4, header_4, sizeof header_4 - 1 },
    { 4, header_4, 10 },
    { 4, no_line_range, sizeof no_line_range },
    { 5, too_many_files, sizeof too_many_files },
    { 5, too_many_formats, sizeof too_many_formats },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Table table = { 0 };
    assert_int_equal (read_table (&table, cases[i].version, cases[i].header, cases[i].n_header,
                                  NULL, 0),
                      -EBADMSG);
    finish (&table);
  }
}

static void
test_paths_that_no_file_can_have (void **state)
{
  (void)state;
  static char long_directory[PATH_MAX + 10];
  memset (long_directory, 'x', sizeof long_directory - 1);
  long_directory[0] = '/';
  ProfNames names = { 0 };
  ProfLines lines = { 0 };
  assert_int_equal (prof_vec_push (&lines.directories, long_directory), 0);
  assert_int_equal (prof_vec_push (&lines.files, (ProfLineFile){ "a", 0, NULL }), 0);
  assert_int_equal (prof_vec_push (&lines.files, (ProfLineFile){ "a", 9, NULL }), 0);
  assert_string_equal (prof_lines_get_path (&lines, &names, 0), "");
  assert_string_equal (prof_lines_get_path (&lines, &names, 1), "a");
  assert_string_equal (prof_lines_get_path (&lines, &names, 2), "");
  prof_lines_finish (&lines);
  prof_names_finish (&names);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_every_kind_of_step),
    cmocka_unit_test (test_sequences_in_any_order_and_dropped_ones),
    cmocka_unit_test (test_the_last_of_several_rows_counts),
    cmocka_unit_test (test_lines_go_around_the_end),
    cmocka_unit_test (test_lists_of_version_5),
    cmocka_unit_test (test_damaged_headers),
    cmocka_unit_test (test_paths_that_no_file_can_have),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
