/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/answer-file.h"

#include <errno.h>

#include "tests.h"

static const ProfSymbol inner = { "add(int)", "_Z3addi", "/src/add.c", 7, 3, 5 };
static const ProfSymbol outer = { "main", "main", "/src/main.c", 20, 0, 18 };

typedef struct {
  char *bytes;
  size_t n_bytes;
} Encoded;

/* At 0x100 two functions, at 0x200 to 0x20f one, at 0x300 nothing. */
static Encoded
encode (void)
{
  Encoded encoded;
  ProfAnswerWriter writer;
  const ProfSymbol both[] = { inner, outer };
  assert_int_equal (prof_answer_writer_init (&writer), 0);
  assert_int_equal (prof_answer_writer_add (&writer, 0x300, 1, NULL, 0), 0);
  assert_int_equal (prof_answer_writer_add (&writer, 0x200, 16, &outer, 1), 0);
  assert_int_equal (prof_answer_writer_add (&writer, 0x20f, 1, both, 2), 0);
  assert_int_equal (prof_answer_writer_add (&writer, 0x100, 1, both, 2), 0);
  assert_int_equal (prof_answer_writer_add (&writer, 0x100, 1, both, 2), 0);
  assert_int_equal (prof_answer_writer_encode (&writer, "key", PROF_SYMBOLS_LINES, &encoded.bytes,
                                               &encoded.n_bytes),
                    0);
  prof_answer_writer_finish (&writer);
  return encoded;
}

static void
assert_symbol (const ProfSymbol *symbol, const ProfSymbol *expected)
{
  assert_string_equal (symbol->name, expected->name);
  assert_string_equal (symbol->system_name, expected->system_name);
  assert_string_equal (symbol->filename, expected->filename);
  assert_int_equal (symbol->line, expected->line);
  assert_int_equal (symbol->column, expected->column);
  assert_int_equal (symbol->start_line, expected->start_line);
}

static void
assert_answers (const ProfAnswerFile *file)
{
  ProfSymbol found[4];
  assert_int_equal (file->n_answers, 3);
  assert_int_equal (file->level, PROF_SYMBOLS_LINES);
  assert_int_equal (prof_answer_file_find (file, 0xff, found, 4), -ENOENT);
  assert_int_equal (prof_answer_file_find (file, 0x100, found, 4), 2);
  assert_symbol (&found[0], &inner);
  assert_symbol (&found[1], &outer);
  assert_int_equal (prof_answer_file_find (file, 0x100, found, 1), 1);
  assert_int_equal (prof_answer_file_find (file, 0x101, found, 4), -ENOENT);
  for (uint64_t address = 0x200; address < 0x210; address++) {
    assert_int_equal (prof_answer_file_find (file, address, found, 4), 1);
    assert_symbol (&found[0], &outer);
  }
  assert_int_equal (prof_answer_file_find (file, 0x210, found, 4), -ENOENT);
  assert_int_equal (prof_answer_file_find (file, 0x300, found, 4), 0);
  assert_int_equal (prof_answer_file_find (file, UINT64_MAX, found, 4), -ENOENT);
}

static void
test_round_trip (void **state)
{
  (void)state;
  Encoded encoded = encode (), again;
  ProfAnswerFile file;
  assert_int_equal (prof_answer_file_decode (encoded.bytes, encoded.n_bytes, "key", &file), 0);
  assert_answers (&file);

  ProfAnswerWriter writer;
  assert_int_equal (prof_answer_writer_init (&writer), 0);
  assert_int_equal (prof_answer_writer_add_file (&writer, &file), 0);
  assert_int_equal (prof_answer_writer_encode (&writer, "longer key", PROF_SYMBOLS_LINES,
                                               &again.bytes, &again.n_bytes),
                    0);
  prof_answer_writer_finish (&writer);
  free (encoded.bytes);
  assert_int_equal (prof_answer_file_decode (again.bytes, again.n_bytes, "longer key", &file), 0);
  assert_answers (&file);
  free (again.bytes);
}

static void
test_another_key (void **state)
{
  (void)state;
  Encoded encoded = encode ();
  ProfAnswerFile file;
  const char *const keys[] = { "kez", "ke", "key ", "" };
  for (size_t i = 0; i < 4; i++)
    assert_int_equal (prof_answer_file_decode (encoded.bytes, encoded.n_bytes, keys[i], &file),
                      -ESTALE);
  free (encoded.bytes);
}

static void
test_nothing_is_known_of_an_empty_file (void **state)
{
  (void)state;
  ProfAnswerFile file = { 0 };
  ProfSymbol found;
  assert_int_equal (prof_answer_file_find (&file, 0x100, &found, 1), -ENOENT);
}

static void
test_cut_short (void **state)
{
  (void)state;
  Encoded encoded = encode ();
  ProfAnswerFile file;
  for (size_t n = 0; n < encoded.n_bytes; n++)
    assert_int_equal (prof_answer_file_decode (encoded.bytes, n, "key", &file), -EBADMSG);
  free (encoded.bytes);
}

/* Where the parts of a file with the key "key" are. */
static ProfStoredAnswer *
get_answers (const Encoded *encoded)
{
  return (ProfStoredAnswer *)(encoded->bytes + 6 * sizeof (uint32_t) + 8);
}

#define EXPECT_BAD(statement)                                                                      \
  do {                                                                                             \
    Encoded encoded = encode ();                                                                   \
    ProfStoredAnswer *answers = get_answers (&encoded);                                            \
    ProfStoredSymbol *symbols = (ProfStoredSymbol *)(answers + 3);                                 \
    ProfAnswerFile file;                                                                           \
    (void)symbols;                                                                                 \
    statement;                                                                                     \
    assert_int_equal (prof_answer_file_decode (encoded.bytes, encoded.n_bytes, "key", &file),      \
                      -EBADMSG);                                                                   \
    free (encoded.bytes);                                                                          \
  } while (0)

static void
test_damaged_parts (void **state)
{
  (void)state;
  EXPECT_BAD (answers[1].address = 0x100);
  EXPECT_BAD (answers[1].n_bytes = 0);
  EXPECT_BAD (answers[1].n_bytes = 0x101);
  EXPECT_BAD (answers[2].n_bytes = UINT64_MAX - 0x2ff);
  EXPECT_BAD (answers[0].n_symbols = 129);
  EXPECT_BAD (answers[0].first_symbol = UINT32_MAX);
  EXPECT_BAD (answers[0].first_symbol = 100);
  EXPECT_BAD (symbols[0].name = 10000);
  EXPECT_BAD (symbols[0].system_name = UINT32_MAX);
  EXPECT_BAD (symbols[1].filename = 10000);
  EXPECT_BAD (encoded.bytes[encoded.n_bytes - 1] = 'x');
  EXPECT_BAD (((uint32_t *)encoded.bytes)[4] = 9);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_round_trip),
    cmocka_unit_test (test_another_key),
    cmocka_unit_test (test_nothing_is_known_of_an_empty_file),
    cmocka_unit_test (test_cut_short),
    cmocka_unit_test (test_damaged_parts),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
