/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/symbolizer.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbol-program.h"

/* The build ID that tests/symbols/meson.build gives. */
#define BUILD_ID_DIRECTORY "01"
#define BUILD_ID_REST "23456789abcdef0123456789abcdef01234567"

static ProfSymbolizer *
new_symbolizer (bool wants_lines, const char *debug_directory)
{
  ProfSymbolizerConfig config = { .wants_lines = wants_lines, .debug_directory = debug_directory };
  ProfSymbolizer *symbolizer;
  assert_int_equal (prof_symbolizer_new (&config, &symbolizer), 0);
  return symbolizer;
}

/* The innermost frame at the label in_add of `module`, a stripped or whole "inlined". How many
 * there are. */
static int
look_up (ProfSymbolizer *symbolizer, const ProfModule *module, ProfSymbol ret[8])
{
  uint64_t offset = find_offset (module, find_label ("inlined", "in_add"));
  return prof_symbolizer_lookup (symbolizer, module, offset, ret, 8);
}

/* A directory with a debug file of the program's build ID. */
static void
make_debug_directory (const char *debug_file, char root[64])
{
  char path[256];
  strcpy (root, "/tmp/test-symbolizer-XXXXXX");
  assert_non_null (mkdtemp (root));
  snprintf (path, sizeof path, "%s/.build-id", root);
  assert_int_equal (mkdir (path, 0700), 0);
  strcat (path, "/" BUILD_ID_DIRECTORY);
  assert_int_equal (mkdir (path, 0700), 0);
  strcat (path, "/" BUILD_ID_REST ".debug");
  assert_int_equal (symlink (find_program (debug_file), path), 0);
}

static void
remove_debug_directory (const char *root)
{
  char path[256];
  snprintf (path, sizeof path, "%s/.build-id/" BUILD_ID_DIRECTORY "/" BUILD_ID_REST ".debug", root);
  assert_int_equal (unlink (path), 0);
  for (int i = 0; i < 3; i++) {
    *strrchr (path, '/') = '\0';
    assert_int_equal (rmdir (path), 0);
  }
}

static void
assert_all_frames (const ProfSymbol *symbols, int n)
{
  assert_int_equal (n, 4);
  assert_string_equal (symbols[0].name, "shape::Counter::add(int)");
  assert_string_equal (symbols[0].system_name, "_ZN5shape7Counter3addEi");
  assert_int_equal (symbols[0].line, 507);
  assert_string_equal (symbols[3].name, "main");
  assert_int_equal (symbols[3].line, 308);
}

/* Of main, into which all is inlined, only the place where it begins is known. */
static void
assert_named_by_place (const ProfSymbol *symbols, int n, const ProfModule *module)
{
  char expected[64];
  snprintf (expected, sizeof expected, "%s+0x%" PRIx64, strrchr (module->path, '/') + 1,
            find_offset (module, find_label ("inlined", "main")));
  assert_int_equal (n, 1);
  assert_string_equal (symbols[0].name, expected);
  assert_string_equal (symbols[0].system_name, expected);
  assert_string_equal (symbols[0].filename, "");
}

static void
test_a_file_with_everything (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined");
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8], again[8];
  assert_all_frames (symbols, look_up (symbolizer, module, symbols));
  assert_int_equal (prof_symbolizer_get_level (symbolizer, module), PROF_SYMBOLS_LINES);
  assert_all_frames (again, look_up (symbolizer, module, again));
  assert_ptr_equal (again[0].name, symbols[0].name);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_no_lines_wanted (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined");
  ProfSymbolizer *symbolizer = new_symbolizer (false, "/nonexistent");
  ProfSymbol symbols[8];
  assert_int_equal (look_up (symbolizer, module, symbols), 1);
  assert_string_equal (symbols[0].name, "main");
  assert_string_equal (symbols[0].filename, "");
  assert_int_equal (symbols[0].line, 0);
  assert_int_equal (prof_symbolizer_get_level (symbolizer, module), PROF_SYMBOLS_TABLE);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_a_stripped_file (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined-stripped");
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8];
  assert_named_by_place (symbols, look_up (symbolizer, module, symbols), module);
  uint64_t start = find_offset (module, find_label ("inlined", "main"));
  int n = prof_symbolizer_lookup (symbolizer, module, start, symbols, 8);
  assert_named_by_place (symbols, n, module);
  assert_int_equal (prof_symbolizer_get_level (symbolizer, module), PROF_SYMBOLS_EXPORTED);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_a_debug_file_by_build_id (void **state)
{
  (void)state;
  char directory[64];
  make_debug_directory ("inlined.debug", directory);
  ProfModule *module = open_program ("inlined-stripped");
  ProfSymbolizer *symbolizer = new_symbolizer (true, directory);
  ProfSymbol symbols[8];
  int n = look_up (symbolizer, module, symbols);
  remove_debug_directory (directory);
  assert_all_frames (symbols, n);
  assert_int_equal (prof_symbolizer_get_level (symbolizer, module), PROF_SYMBOLS_LINES);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_a_debug_file_in_the_root_of_the_process (void **state)
{
  (void)state;
  char directory[64];
  make_debug_directory ("inlined.debug", directory);
  ProfModule *module = open_program ("inlined-stripped");
  module->pid = getpid ();
  ProfSymbolizer *symbolizer = new_symbolizer (true, directory);
  ProfSymbol symbols[8];
  int n = look_up (symbolizer, module, symbols);
  remove_debug_directory (directory);
  assert_all_frames (symbols, n);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_a_debug_file_of_another_build (void **state)
{
  (void)state;
  char directory[64];
  make_debug_directory ("other-build", directory);
  ProfModule *module = open_program ("inlined-stripped");
  ProfSymbolizer *symbolizer = new_symbolizer (true, directory);
  ProfSymbol symbols[8];
  int n = look_up (symbolizer, module, symbols);
  remove_debug_directory (directory);
  assert_named_by_place (symbols, n, module);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_a_debug_file_by_link (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined-debuglink");
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8];
  assert_all_frames (symbols, look_up (symbolizer, module, symbols));
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

/* Without a build ID the checksum decides. */
static void
test_a_debug_file_by_checksum (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined-no-id-debuglink");
  assert_null (module->build_id);
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8];
  assert_all_frames (symbols, look_up (symbolizer, module, symbols));
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
copy (const char *from, const char *to, size_t n_cut)
{
  static char bytes[1 << 20];
  FILE *in = fopen (from, "rb"), *out = fopen (to, "wb");
  assert_true (in != NULL && out != NULL);
  size_t n = fread (bytes, 1, sizeof bytes, in);
  assert_true (n > n_cut && n < sizeof bytes);
  assert_int_equal (fwrite (bytes, 1, n - n_cut, out), n - n_cut);
  fclose (in);
  assert_int_equal (fclose (out), 0);
}

static void
test_a_debug_file_with_another_checksum (void **state)
{
  (void)state;
  char directory[] = "/tmp/test-symbolizer-XXXXXX", program[256], debug[256];
  assert_non_null (mkdtemp (directory));
  snprintf (program, sizeof program, "%s/program", directory);
  snprintf (debug, sizeof debug, "%s/inlined-no-id.debug", directory);
  copy (find_program ("inlined-no-id-debuglink"), program, 0);
  copy (find_program ("inlined-no-id.debug"), debug, 1);
  ProfModule *module = open_file (program);
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8];
  int n = look_up (symbolizer, module, symbols);
  unlink (program);
  unlink (debug);
  rmdir (directory);
  assert_named_by_place (symbols, n, module);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

/* dwz moved what two programs share into a third file. */
static void
test_debugging_information_in_a_shared_file (void **state)
{
  (void)state;
  if (access (find_program ("inlined-dwz"), R_OK) < 0) {
    print_message ("no dwz when the test was built\n");
    skip ();
  }
  ProfModule *module = open_program ("inlined-dwz");
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8];
  uint64_t offset = find_offset (module, find_label ("inlined-dwz", "in_add"));
  int n = prof_symbolizer_lookup (symbolizer, module, offset, symbols, 8);
  assert_all_frames (symbols, n);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

static void
test_a_module_without_a_file (void **state)
{
  (void)state;
  ProfModule *module = calloc (1, sizeof *module);
  assert_non_null (module);
  *module = (ProfModule){ .n_refs = 1, .fd = -1, .open_errno = ENOENT };
  ProfSymbolizer *symbolizer = new_symbolizer (true, NULL);
  ProfSymbol symbols[8];
  assert_int_equal (prof_symbolizer_lookup (symbolizer, module, 0x1000, symbols, 8), 0);
  assert_int_equal (prof_symbolizer_get_level (symbolizer, module), PROF_SYMBOLS_NONE);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

/* Every function of the vDSO is named "clock_gettime", "__vdso_getcpu" or so: one of them is found
 * somewhere in its code. */
static void
test_the_vdso (void **state)
{
  (void)state;
  ProfModuleCache cache;
  prof_module_cache_init (&cache);
  ProfModule *vdso;
  assert_int_equal (prof_module_cache_get_vdso (&cache, &vdso), 0);
  ProfSymbolizer *symbolizer = new_symbolizer (true, NULL);
  bool is_found = false;
  for (uint64_t offset = 0; offset < vdso->n_image_bytes && !is_found; offset++) {
    ProfSymbol symbol;
    int n = prof_symbolizer_lookup (symbolizer, vdso, offset, &symbol, 1);
    assert_true (n >= 0);
    is_found = n == 1 && strstr (symbol.name, "clock_gettime") != NULL;
  }
  assert_true (is_found);
  assert_int_equal (prof_symbolizer_get_level (symbolizer, vdso), PROF_SYMBOLS_EXPORTED);
  prof_symbolizer_free (symbolizer);
  prof_module_cache_finish (&cache);
}

static void
test_the_code_of_a_compiler_at_run_time (void **state)
{
  (void)state;
  char path[64];
  snprintf (path, sizeof path, "/tmp/perf-%d.map", (int)getpid ());
  FILE *file = fopen (path, "w");
  assert_non_null (file);
  fputs ("5000 10 _ZN3foo3barEi\n", file);
  fclose (file);
  ProfModuleCache cache;
  prof_module_cache_init (&cache);
  ProfModule *module;
  assert_int_equal (prof_module_cache_get_anonymous (&cache, getpid (), &module), 0);
  ProfSymbolizer *symbolizer = new_symbolizer (true, NULL);
  ProfSymbol symbol;
  int n = prof_symbolizer_lookup (symbolizer, module, 0x5008, &symbol, 1);
  unlink (path);
  assert_int_equal (n, 1);
  assert_string_equal (symbol.name, "foo::bar(int)");
  assert_string_equal (symbol.system_name, "_ZN3foo3barEi");
  assert_int_equal (prof_symbolizer_lookup (symbolizer, module, 0x5010, &symbol, 1), 0);
  assert_int_equal (prof_symbolizer_get_level (symbolizer, module), PROF_SYMBOLS_TABLE);
  prof_symbolizer_free (symbolizer);
  prof_module_cache_finish (&cache);
}

static void
test_files_that_nobody_asks_about_are_closed (void **state)
{
  (void)state;
  ProfSymbolizerConfig config = { .wants_lines = true, .max_bytes = 1 };
  ProfSymbolizer *symbolizer;
  assert_int_equal (prof_symbolizer_new (&config, &symbolizer), 0);
  ProfModule *module = open_program ("inlined"), *other = open_program ("inlined-stripped");
  other->id = 1;
  ProfSymbol symbols[8];
  assert_all_frames (symbols, look_up (symbolizer, module, symbols));
  assert_named_by_place (symbols, look_up (symbolizer, other, symbols), other);
  prof_symbolizer_refresh (symbolizer);
  assert_int_equal (module->n_refs, 2);
  assert_int_equal (other->n_refs, 2);
  assert_named_by_place (symbols, look_up (symbolizer, other, symbols), other);
  prof_symbolizer_refresh (symbolizer);
  assert_int_equal (module->n_refs, 1);
  assert_int_equal (other->n_refs, 2);
  assert_all_frames (symbols, look_up (symbolizer, module, symbols));
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
  prof_module_unref (other);
}

static void
test_files_stay_open_while_there_is_room (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined");
  ProfSymbolizer *symbolizer = new_symbolizer (true, "/nonexistent");
  ProfSymbol symbols[8];
  assert_all_frames (symbols, look_up (symbolizer, module, symbols));
  prof_symbolizer_refresh (symbolizer);
  prof_symbolizer_refresh (symbolizer);
  assert_int_equal (module->n_refs, 2);
  prof_symbolizer_free (symbolizer);
  prof_module_unref (module);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_a_file_with_everything),
    cmocka_unit_test (test_no_lines_wanted),
    cmocka_unit_test (test_a_stripped_file),
    cmocka_unit_test (test_a_debug_file_by_build_id),
    cmocka_unit_test (test_a_debug_file_in_the_root_of_the_process),
    cmocka_unit_test (test_a_debug_file_of_another_build),
    cmocka_unit_test (test_a_debug_file_by_link),
    cmocka_unit_test (test_a_debug_file_by_checksum),
    cmocka_unit_test (test_a_debug_file_with_another_checksum),
    cmocka_unit_test (test_debugging_information_in_a_shared_file),
    cmocka_unit_test (test_a_module_without_a_file),
    cmocka_unit_test (test_the_vdso),
    cmocka_unit_test (test_the_code_of_a_compiler_at_run_time),
    cmocka_unit_test (test_files_that_nobody_asks_about_are_closed),
    cmocka_unit_test (test_files_stay_open_while_there_is_room),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
