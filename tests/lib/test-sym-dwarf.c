/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-dwarf.h"

#include "symbol-program.h"
#include "symbol/elf-section.h"

typedef struct {
  const char *name, *file;
  uint32_t line, start_line;
} Expected;

static const char *const programs[] = {
  "inlined",
  "inlined-dwarf4",
  "inlined-compressed",
  "inlined-gnu-compressed",
};

static void
assert_frames (const ProfSymbol *symbols, int n, const Expected *expected, int n_expected)
{
  assert_int_equal (n, n_expected);
  for (int i = 0; i < n; i++) {
    assert_string_equal (symbols[i].name, expected[i].name);
    assert_int_equal (symbols[i].filename[0], '/');
    assert_string_equal (strrchr (symbols[i].filename, '/') + 1, expected[i].file);
    assert_int_equal (symbols[i].line, expected[i].line);
    assert_int_equal (symbols[i].start_line, expected[i].start_line);
  }
}

/* Looks a label up in all programs: they are the same but for the form of their DWARF data. */
static void
check_label (const char *label, const Expected *expected, int n_expected)
{
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    ProfModule *module = open_program (programs[i]);
    Elf *elf = prof_module_open_elf (module);
    ProfNames names = { 0 };
    ProfDwarf *dwarf;
    ProfSymbol symbols[8];
    assert_int_equal (prof_dwarf_new (elf, NULL, 1, &names, &dwarf), 0);
    int n = prof_dwarf_lookup (dwarf, find_label (programs[i], label), symbols, 8);
    assert_frames (symbols, n, expected, n_expected);
    prof_dwarf_free (dwarf);
    prof_names_finish (&names);
    elf_end (elf);
    prof_module_unref (module);
  }
}

#define FRAME_ADD(line)                                                                            \
  {                                                                                                \
    "shape::Counter::add(int)", "inlined.h", line, 505                                             \
  }
#define FRAME_MIDDLE(line)                                                                         \
  {                                                                                                \
    "middle(shape::Counter&, int)", "inlined.h", line, 601                                         \
  }
#define FRAME_OUTER(line)                                                                          \
  {                                                                                                \
    "outer<shape::Counter>(shape::Counter&, int)", "inlined.cpp", line, 102                        \
  }
#define FRAME_MAIN(line)                                                                           \
  {                                                                                                \
    "main", "inlined.cpp", line, 301                                                               \
  }

static void
test_three_inlined_functions (void **state)
{
  (void)state;
  const Expected expected[]
      = { FRAME_ADD (507), FRAME_MIDDLE (603), FRAME_OUTER (105), FRAME_MAIN (308) };
  check_label ("in_add", expected, 4);
}

static void
test_before_and_behind_a_deeper_one (void **state)
{
  (void)state;
  const Expected before[] = { FRAME_OUTER (104), FRAME_MAIN (308) };
  const Expected behind[] = { FRAME_OUTER (106), FRAME_MAIN (308) };
  check_label ("in_outer", before, 2);
  check_label ("behind_middle", behind, 2);
}

static void
test_functions_with_cold_parts (void **state)
{
  (void)state;
  const Expected in_main[] = { FRAME_MAIN (309) }, in_cold[] = { FRAME_MAIN (305) };
  const Expected complain[] = { { "complain()", "inlined.cpp", 203, 201 } };
  check_label ("in_main", in_main, 1);
  check_label ("in_cold_part", in_cold, 1);
  check_label ("in_complain", complain, 1);
}

static void
test_fewer_frames_than_there_are (void **state)
{
  (void)state;
  const Expected innermost[] = { FRAME_ADD (507), FRAME_MIDDLE (603) };
  ProfModule *module = open_program ("inlined");
  Elf *elf = prof_module_open_elf (module);
  ProfNames names = { 0 };
  ProfDwarf *dwarf;
  ProfSymbol symbols[2];
  assert_int_equal (prof_dwarf_new (elf, NULL, 1, &names, &dwarf), 0);
  assert_frames (symbols, prof_dwarf_lookup (dwarf, find_label ("inlined", "in_add"), symbols, 2),
                 innermost, 2);
  assert_int_equal (prof_dwarf_lookup (dwarf, 1, symbols, 2), 0);
  assert_int_equal (prof_dwarf_lookup (dwarf, UINT64_MAX, symbols, 2), 0);
  prof_dwarf_free (dwarf);
  prof_names_finish (&names);
  elf_end (elf);
  prof_module_unref (module);
}

/* So that libdw does not decompress them. */
static void
test_sections_that_nobody_reads_are_hidden (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined");
  Elf *elf = prof_module_open_elf (module);
  ProfNames names = { 0 };
  ProfDwarf *dwarf;
  GElf_Shdr header;
  assert_non_null (prof_elf_find_section (elf, ".debug_loclists", &header));
  assert_int_equal (header.sh_type, SHT_PROGBITS);
  assert_int_equal (prof_dwarf_new (elf, NULL, 1, &names, &dwarf), 0);
  assert_non_null (prof_elf_find_section (elf, ".debug_loclists", &header));
  assert_int_equal (header.sh_type, SHT_NOBITS);
  assert_non_null (prof_elf_find_section (elf, ".debug_rnglists", &header));
  assert_int_equal (header.sh_type, SHT_PROGBITS);
  prof_dwarf_free (dwarf);
  prof_names_finish (&names);
  elf_end (elf);
  prof_module_unref (module);
}

static void
test_a_file_without_dwarf (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined-stripped");
  Elf *elf = prof_module_open_elf (module);
  ProfNames names = { 0 };
  ProfDwarf *dwarf;
  assert_int_equal (prof_dwarf_new (elf, NULL, 1, &names, &dwarf), -ENODATA);
  elf_end (elf);
  prof_module_unref (module);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_three_inlined_functions),
    cmocka_unit_test (test_before_and_behind_a_deeper_one),
    cmocka_unit_test (test_functions_with_cold_parts),
    cmocka_unit_test (test_fewer_frames_than_there_are),
    cmocka_unit_test (test_sections_that_nobody_reads_are_hidden),
    cmocka_unit_test (test_a_file_without_dwarf),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
