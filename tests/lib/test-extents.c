/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol-program.h"
#include "symbol/module-symbols.h"

enum { MAX_SYMBOLS = 64, MAX_BYTES = 200000 };

typedef struct {
  ProfSymbolContext context;
  ProfModule *module;
  ProfModuleSymbols *symbols;
} Fixture;

static void
set_up (Fixture *fixture, const char *path)
{
  fixture->context = (ProfSymbolContext){
    .wants_lines = true,
    .debug_directory = "/nonexistent",
    .cache = { .fd = -1 },
  };
  fixture->module = open_file (path);
  assert_int_equal (prof_module_symbols_new (fixture->module, &fixture->context, &fixture->symbols),
                    0);
  assert_int_equal (prof_module_symbols_read (fixture->symbols), 0);
}

static void
tear_down (Fixture *fixture)
{
  prof_module_symbols_free (fixture->symbols);
  prof_names_finish (&fixture->context.names);
  prof_module_unref (fixture->module);
}

/* Names and paths are kept once: equal ones are the same. */
static bool
is_same (const ProfSymbol *a, const ProfSymbol *b)
{
  return a->name == b->name && a->system_name == b->system_name && a->filename == b->filename
         && a->line == b->line && a->column == b->column && a->start_line == b->start_line;
}

/* Every address of the extent, looked up by itself, gives the extent's answer. Returns its end. */
static uint64_t
check_extent (Fixture *fixture, uint64_t address)
{
  ProfSymbol first[MAX_SYMBOLS], other[MAX_SYMBOLS];
  ProfExtent extent, again;
  int n
      = prof_module_symbols_lookup_extent (fixture->symbols, address, first, MAX_SYMBOLS, &extent);
  assert_true (n >= 0 && extent.start <= address && address < extent.end);
  for (uint64_t at = extent.start; at < extent.end; at++) {
    assert_int_equal (prof_module_symbols_lookup_extent (fixture->symbols, at, other, MAX_SYMBOLS,
                                                         &again),
                      n);
    assert_int_equal (again.start, extent.start);
    assert_int_equal (again.end, extent.end);
    for (int i = 0; i < n; i++)
      assert_true (is_same (&first[i], &other[i]));
  }
  return extent.end;
}

/* Returns how many extents there are. */
static size_t
check_all (const char *path)
{
  Fixture fixture;
  size_t n_extents = 0, n_bytes = 0;
  set_up (&fixture, path);
  prof_vec_foreach (segment, &fixture.module->segments) {
    uint64_t end = segment->offset + (segment->is_executable ? segment->n_file_bytes : 0);
    for (uint64_t at = segment->offset; at < end && n_bytes < MAX_BYTES; n_extents++) {
      uint64_t next = check_extent (&fixture, at);
      n_bytes += next - at;
      at = next;
    }
  }
  tear_down (&fixture);
  return n_extents;
}

static void
test_addresses_of_an_extent_have_one_answer (void **state)
{
  (void)state;
  assert_true (check_all (find_program ("inlined")) > 30);
  assert_true (check_all (find_program ("inlined-stripped")) > 1);
  assert_true (check_all ("/proc/self/exe") > 1000);
}

static void
test_a_function_is_found_whole (void **state)
{
  (void)state;
  Fixture fixture;
  set_up (&fixture, find_program ("inlined"));
  uint64_t start = find_offset (fixture.module, find_label ("inlined", "main"));
  ProfExtent first = prof_module_symbols_get_function (fixture.symbols, start);
  assert_int_equal (first.start, start);
  assert_true (first.end > start + 16);
  ProfExtent last = prof_module_symbols_get_function (fixture.symbols, first.end - 1);
  assert_int_equal (last.start, first.start);
  assert_int_equal (last.end, first.end);
  ProfExtent header = prof_module_symbols_get_function (fixture.symbols, 0);
  assert_int_equal (header.start, 0);
  assert_int_equal (header.end, 1);
  tear_down (&fixture);
}

static void
test_cutting (void **state)
{
  (void)state;
  ProfExtent extent = { 0, 100 };
  prof_extent_cut (&extent, 50, 10, 90);
  assert_int_equal (extent.start, 10);
  assert_int_equal (extent.end, 90);
  prof_extent_cut (&extent, 50, 20, 50);
  assert_int_equal (extent.start, 50);
  prof_extent_cut (&extent, 50, 51, 60);
  assert_int_equal (extent.end, 51);
  prof_extent_cut (&extent, 50, 0, UINT64_MAX);
  assert_int_equal (extent.start, 50);
  assert_int_equal (extent.end, 51);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_addresses_of_an_extent_have_one_answer),
    cmocka_unit_test (test_a_function_is_found_whole),
    cmocka_unit_test (test_cutting),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
