/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-elf.h"

#include "symbol-program.h"
#include "symbol/elf-section.h"

typedef struct {
  ProfModule *module;
  Elf *elf;
  ProfNames names;
  ProfElfSymbols symbols;
} Program;

static Program
read_program (const char *name, unsigned table)
{
  Program program = { .module = open_program (name) };
  program.elf = prof_module_open_elf (program.module);
  assert_non_null (program.elf);
  assert_true (prof_elf_symbols_add_table (&program.symbols, program.elf, table) >= 0);
  return program;
}

static void
finish (Program *program)
{
  prof_elf_symbols_finish (&program->symbols);
  prof_names_finish (&program->names);
  elf_end (program->elf);
  prof_module_unref (program->module);
}

static void
assert_name (const Program *program, uint64_t address, const char *expected)
{
  const ProfElfSymbol *symbol = prof_elf_symbols_find (&program->symbols, address);
  if (expected == NULL) {
    assert_null (symbol);
    return;
  }
  assert_non_null (symbol);
  assert_string_equal (symbol->name, expected);
}

static void
test_sizes_and_gaps (void **state)
{
  (void)state;
  Program program = read_program ("liblabels.so", SHT_SYMTAB);
  assert_int_equal (prof_elf_symbols_finish_adding (&program.symbols), 0);
  uint64_t first = find_label ("liblabels.so", "first");
  assert_name (&program, first, "first");
  assert_name (&program, first + 15, "first");
  assert_name (&program, first + 16, NULL);
  assert_name (&program, first + 31, NULL);
  assert_name (&program, first + 32, "second");
  finish (&program);
}

static void
test_the_best_of_several_names (void **state)
{
  (void)state;
  Program program = read_program ("liblabels.so", SHT_SYMTAB);
  assert_int_equal (prof_elf_symbols_finish_adding (&program.symbols), 0);
  uint64_t address = find_label ("liblabels.so", "public_name");
  assert_name (&program, address, "public_name");
  assert_name (&program, address + 15, "public_name");
  finish (&program);
}

static void
test_labels_and_symbols_without_a_size (void **state)
{
  (void)state;
  Program program = read_program ("liblabels.so", SHT_SYMTAB);
  assert_int_equal (prof_elf_symbols_finish_adding (&program.symbols), 0);
  uint64_t address = find_label ("liblabels.so", "with_label");
  assert_name (&program, address + 8, "with_label");
  assert_name (&program, address + 15, "with_label");
  assert_name (&program, address + 16, "without_size");
  assert_name (&program, address + 31, "without_size");
  assert_name (&program, address + 32, "last_without_size");
  assert_name (&program, address + 48, "last_without_size");
  finish (&program);
}

static void
test_exported_names_only (void **state)
{
  (void)state;
  Program program = read_program ("liblabels.so", SHT_DYNSYM);
  assert_int_equal (prof_elf_symbols_finish_adding (&program.symbols), 0);
  assert_name (&program, find_label ("liblabels.so", "public_name"), "public_name");
  assert_name (&program, find_label ("liblabels.so", "with_label"), NULL);
  finish (&program);
}

static void
test_stubs_that_call_other_files (void **state)
{
  (void)state;
  Program program = read_program ("inlined-stripped", SHT_DYNSYM);
  GElf_Ehdr header;
  assert_non_null (gelf_getehdr (program.elf, &header));
  if (header.e_machine != EM_X86_64) {
    finish (&program);
    print_message ("stubs are only read on x86-64\n");
    skip ();
  }
  assert_true (prof_elf_symbols_add_plt (&program.symbols, program.elf, &program.names) > 0);
  assert_int_equal (prof_elf_symbols_finish_adding (&program.symbols), 0);
  GElf_Shdr section;
  if (prof_elf_find_section (program.elf, ".plt.sec", &section) == NULL)
    assert_non_null (prof_elf_find_section (program.elf, ".plt", &section));
  unsigned n_bytes_of_write = 0;
  for (uint64_t i = 0; i < section.sh_size; i++) {
    const ProfElfSymbol *symbol = prof_elf_symbols_find (&program.symbols, section.sh_addr + i);
    n_bytes_of_write += symbol != NULL && strcmp (symbol->name, "write@plt") == 0;
  }
  assert_int_equal (n_bytes_of_write, 16);
  finish (&program);
}

static void
test_minidebug_data (void **state)
{
  (void)state;
  if (access (find_program ("inlined-minidebug"), R_OK) < 0) {
    print_message ("no xz when the test was built\n");
    skip ();
  }
  Program program = read_program ("inlined-minidebug", SHT_DYNSYM);
  void *image;
  Elf *minidebug;
  assert_int_equal (prof_elf_open_minidebug (program.elf, &image, &minidebug), 0);
  assert_true (prof_elf_symbols_add_table (&program.symbols, minidebug, SHT_SYMTAB) > 0);
  assert_int_equal (prof_elf_symbols_finish_adding (&program.symbols), 0);
  assert_name (&program, find_label ("inlined", "in_complain"), "_Z8complainv");
  prof_elf_symbols_finish (&program.symbols);
  elf_end (minidebug);
  free (image);
  finish (&program);
}

static void
test_a_file_without_minidebug_data (void **state)
{
  (void)state;
  Program program = read_program ("inlined", SHT_SYMTAB);
  void *image;
  Elf *minidebug;
  assert_int_equal (prof_elf_open_minidebug (program.elf, &image, &minidebug), -ENOENT);
  finish (&program);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_sizes_and_gaps),
    cmocka_unit_test (test_the_best_of_several_names),
    cmocka_unit_test (test_labels_and_symbols_without_a_size),
    cmocka_unit_test (test_exported_names_only),
    cmocka_unit_test (test_stubs_that_call_other_files),
    cmocka_unit_test (test_minidebug_data),
    cmocka_unit_test (test_a_file_without_minidebug_data),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
