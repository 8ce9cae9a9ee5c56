/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <dirent.h>
#include <sys/stat.h>

#include "symbol-program.h"
#include "symbol/answer-file.h"
#include "symbol/answer-key.h"
#include "symbol/cache-directory.h"
#include "symbol/symbolizer.h"

static int
make_directory (void **state)
{
  static char path[64];
  strcpy (path, "/tmp/test-symbol-cache-XXXXXX");
  *state = mkdtemp (path);
  return *state != NULL ? 0 : -1;
}

static int
remove_directory (void **state)
{
  DIR *directory = opendir (*state);
  struct dirent *entry;
  while (directory != NULL && (entry = readdir (directory)) != NULL)
    unlinkat (dirfd (directory), entry->d_name, 0);
  closedir (directory);
  return rmdir (*state);
}

/* What a recording of its own finds at the label in_add of "inlined". */
static int
look_up (const char *cache, const ProfModule *module, char names[4][64], ProfSymbolLevel *level)
{
  ProfSymbolizerConfig config
      = { .wants_lines = true, .debug_directory = "/nonexistent", .cache_directory = cache };
  ProfSymbolizer *symbolizer;
  assert_int_equal (prof_symbolizer_new (&config, &symbolizer), 0);
  ProfSymbol symbols[4];
  uint64_t offset = find_offset (module, find_label ("inlined", "in_add"));
  int n = prof_symbolizer_lookup (symbolizer, module, offset, symbols, 4);
  for (int i = 0; i < n; i++)
    snprintf (names[i], 64, "%s %s:%u", symbols[i].name, strrchr (symbols[i].filename, '/') + 1,
              symbols[i].line);
  *level = prof_symbolizer_get_level (symbolizer, module);
  prof_symbolizer_free (symbolizer);
  return n;
}

static void
assert_right (const char *cache, const ProfModule *module)
{
  char names[4][64];
  ProfSymbolLevel level;
  assert_int_equal (look_up (cache, module, names, &level), 4);
  assert_string_equal (names[0], "shape::Counter::add(int) inlined.h:507");
  assert_string_equal (names[3], "main inlined.cpp:308");
  assert_int_equal (level, PROF_SYMBOLS_LINES);
}

static char *
get_key (const ProfModule *module)
{
  char *key;
  assert_int_equal (prof_answer_key_of_files (module, -1, -1, true, &key), 0);
  return key;
}

static void
write_file (const char *path, const ProfModule *module, const char *bytes, size_t n_bytes)
{
  ProfCacheDirectory cache;
  char name[PROF_ANSWER_KEY_NAME_BYTES], *key = get_key (module);
  prof_answer_key_get_name (key, name);
  assert_int_equal (prof_cache_directory_open (&cache, path), 0);
  assert_int_equal (prof_cache_directory_write (&cache, name, bytes, n_bytes), 0);
  prof_cache_directory_close (&cache);
  free (key);
}

/* Puts another answer into the cache. */
static void
forge (const char *path, const ProfModule *module, const char *key)
{
  const ProfSymbol forged = { "forged", "forged", "/x/forged.c", 1, 0, 1 };
  ProfAnswerWriter writer;
  char *bytes;
  size_t n_bytes;
  uint64_t offset = find_offset (module, find_label ("inlined", "in_add"));
  assert_int_equal (prof_answer_writer_init (&writer), 0);
  assert_int_equal (prof_answer_writer_add (&writer, offset, 1, &forged, 1), 0);
  assert_int_equal (prof_answer_writer_encode (&writer, key, PROF_SYMBOLS_TABLE, &bytes, &n_bytes),
                    0);
  prof_answer_writer_finish (&writer);
  write_file (path, module, bytes, n_bytes);
  free (bytes);
}

static void
test_answers_are_kept (void **state)
{
  ProfModule *module = open_program ("inlined");
  assert_right (*state, module);
  assert_right (*state, module);
  prof_module_unref (module);
}

/* So the second recording of the test above read the cache, and not the program. */
static void
test_the_cache_is_believed (void **state)
{
  ProfModule *module = open_program ("inlined");
  char names[4][64], *key = get_key (module);
  ProfSymbolLevel level;
  forge (*state, module, key);
  assert_int_equal (look_up (*state, module, names, &level), 1);
  assert_string_equal (names[0], "forged forged.c:1");
  assert_int_equal (level, PROF_SYMBOLS_TABLE);
  free (key);
  prof_module_unref (module);
}

static void
test_what_is_damaged_or_of_another_file_is_replaced (void **state)
{
  ProfModule *module = open_program ("inlined");
  write_file (*state, module, "no answers", 10);
  assert_right (*state, module);
  forge (*state, module, "another key");
  assert_right (*state, module);
  assert_right (*state, module);
  prof_module_unref (module);
}

static void
test_later_answers_join_the_earlier (void **state)
{
  ProfModule *module = open_program ("inlined");
  ProfSymbolizerConfig config = { .wants_lines = true, .cache_directory = *state };
  ProfAnswerFile file;
  ProfSymbol symbols[4];
  uint64_t offsets[] = { find_offset (module, find_label ("inlined", "main")),
                         find_offset (module, find_label ("inlined", "_start")) };
  for (int i = 0; i < 2; i++) {
    ProfSymbolizer *symbolizer;
    assert_int_equal (prof_symbolizer_new (&config, &symbolizer), 0);
    assert_true (prof_symbolizer_lookup (symbolizer, module, offsets[i], symbols, 4) > 0);
    prof_symbolizer_free (symbolizer);
  }
  char name[PROF_ANSWER_KEY_NAME_BYTES], *key = get_key (module), *bytes;
  size_t n_bytes;
  ProfCacheDirectory cache;
  prof_answer_key_get_name (key, name);
  assert_int_equal (prof_cache_directory_open (&cache, *state), 0);
  assert_int_equal (prof_cache_directory_read (&cache, name, &bytes, &n_bytes), 0);
  assert_int_equal (prof_answer_file_decode (bytes, n_bytes, key, &file), 0);
  /* Of the whole of each function. */
  for (uint64_t i = 0; i < 2 * 16; i++)
    assert_true (prof_answer_file_find (&file, offsets[i / 16] + i % 16, symbols, 4) > 0);
  assert_int_equal (prof_answer_file_find (&file, offsets[1] - 1, symbols, 4), -ENOENT);
  prof_cache_directory_close (&cache);
  free (bytes);
  free (key);
  prof_module_unref (module);
}

static void
test_a_debug_file_that_comes_later (void **state)
{
  char directory[] = "/tmp/test-symbol-cache-XXXXXX";
  assert_non_null (mkdtemp (directory));
  ProfModule *module = open_program ("inlined-stripped");
  ProfSymbolizerConfig config = { true, directory, *state };
  ProfSymbol symbols[8];
  uint64_t offset = find_offset (module, find_label ("inlined", "in_add"));
  char build_id[256], path[512];
  snprintf (build_id, sizeof build_id, "%s/.build-id/%.2s", directory, module->build_id);
  snprintf (path, sizeof path, "mkdir -p %s", build_id);
  assert_int_equal (system (path), 0);
  for (int n_files = 0; n_files < 2; n_files++) {
    ProfSymbolizer *symbolizer;
    assert_int_equal (prof_symbolizer_new (&config, &symbolizer), 0);
    int n = prof_symbolizer_lookup (symbolizer, module, offset, symbols, 8);
    assert_int_equal (n, n_files == 0 ? 1 : 4);
    prof_symbolizer_free (symbolizer);
    snprintf (path, sizeof path, "%s/%s.debug", build_id, module->build_id + 2);
    if (n_files == 0)
      assert_int_equal (symlink (find_program ("inlined.debug"), path), 0);
  }
  snprintf (path, sizeof path, "rm -r %s", directory);
  assert_int_equal (system (path), 0);
  prof_module_unref (module);
}

static void
test_no_place_for_a_cache (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined");
  assert_right ("/dev/null/cache", module);
  prof_module_unref (module);
}

/* 0: this user may not see addresses. */
static uint64_t
find_schedule (void)
{
  FILE *kallsyms = fopen ("/proc/kallsyms", "re");
  char line[512];
  unsigned long address = 0;
  assert_non_null (kallsyms);
  while (fgets (line, sizeof line, kallsyms) != NULL)
    if (strcmp (line + strcspn (line, " "), " T schedule\n") == 0)
      address = strtoul (line, NULL, 16);
  fclose (kallsyms);
  return address;
}

/* What another recording kept is enough for the kernel's own functions. */
static void
test_the_kernel (void **state)
{
  ProfModuleCache modules;
  ProfModule *kernel;
  uint64_t address = find_schedule ();
  prof_module_cache_init (&modules);
  assert_int_equal (prof_module_cache_get_kernel (&modules, &kernel), 0);
  for (int i = 0; i < 2; i++) {
    ProfSymbolizerConfig config = { .cache_directory = *state };
    ProfSymbolizer *symbolizer;
    ProfSymbol symbol = { .name = "schedule" };
    assert_int_equal (prof_symbolizer_new (&config, &symbolizer), 0);
    assert_int_equal (prof_symbolizer_lookup (symbolizer, kernel, address, &symbol, 1),
                      address != 0);
    assert_string_equal (symbol.name, "schedule");
    assert_int_equal (prof_symbolizer_get_level (symbolizer, kernel),
                      address != 0 ? PROF_SYMBOLS_TABLE : PROF_SYMBOLS_NONE);
    prof_symbolizer_free (symbolizer);
  }
  prof_module_cache_finish (&modules);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (test_answers_are_kept, make_directory, remove_directory),
    cmocka_unit_test_setup_teardown (test_the_cache_is_believed, make_directory, remove_directory),
    cmocka_unit_test_setup_teardown (test_what_is_damaged_or_of_another_file_is_replaced,
                                     make_directory, remove_directory),
    cmocka_unit_test_setup_teardown (test_later_answers_join_the_earlier, make_directory,
                                     remove_directory),
    cmocka_unit_test_setup_teardown (test_a_debug_file_that_comes_later, make_directory,
                                     remove_directory),
    cmocka_unit_test (test_no_place_for_a_cache),
    cmocka_unit_test_setup_teardown (test_the_kernel, make_directory, remove_directory),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
