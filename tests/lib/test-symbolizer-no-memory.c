/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/symbolizer.h"

#include "base/cleanup.h"
#include "failing-allocations.h"
#include "symbol-program.h"
#include "symbol/sym-kernel.h"
#include "symbol/sym-perfmap.h"

/* An offset in a program. */
typedef struct {
  ProfModule *module;
  uint64_t offset;
} Place;

static int
look_up (void *user_data)
{
  Place *place = user_data;
  ProfSymbolizerConfig config = { .wants_lines = true, .debug_directory = "/nonexistent" };
  ProfSymbolizer *symbolizer;
  int r = prof_symbolizer_new (&config, &symbolizer);
  if (r < 0)
    return r;
  ProfSymbol symbols[8];
  r = prof_symbolizer_lookup (symbolizer, place->module, place->offset, symbols, 8);
  prof_symbolizer_free (symbolizer);
  return r;
}

static void
test_lookup (void **state)
{
  (void)state;
  uint64_t address = find_label ("inlined", "in_add");
  const char *programs[] = { "inlined", "inlined-debuglink" };
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    Place place = { .module = open_program (programs[i]) };
    place.offset = find_offset (place.module, address);
    assert_true (fail_each (look_up, &place) > 30);
    prof_module_unref (place.module);
  }
}

static int
parse_kernel_symbols (void *user_data)
{
  (void)user_data;
  static const char text[] = "ffffffff81000000 T one\nffffffff81000010 T two\n";
  ProfKernelSymbols symbols = { 0 };
  size_t n_used;
  int r = prof_kernel_symbols_add (&symbols, text, sizeof text - 1, &n_used);
  prof_kernel_symbols_finish (&symbols);
  return r;
}

static int
parse_perf_map (void *user_data)
{
  (void)user_data;
  static const char text[] = "1000 100 old\n1080 40 reused\n";
  ProfPerfMap map = { 0 };
  int r = prof_perf_map_parse (&map, strdup (text), sizeof text - 1);
  prof_perf_map_finish (&map);
  return r;
}

static void
test_texts (void **state)
{
  (void)state;
  assert_true (fail_each (parse_kernel_symbols, NULL) > 1);
  assert_true (fail_each (parse_perf_map, NULL) > 2);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_lookup),
    cmocka_unit_test (test_texts),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
