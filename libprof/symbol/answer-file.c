/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/answer-file.h"

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/sort.h"

enum { MAX_SYMBOLS_OF_ANSWER = 128, ALIGNMENT = 8 };

/* The key, with its NUL and padding, the answers, the symbols and the strings follow. */
typedef struct {
  uint32_t n_key_bytes, n_answers, n_symbols, n_string_bytes, level, zero;
} Header;

static size_t
pad (size_t n_bytes)
{
  return (n_bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* ---- reading ---- */

static bool
has_good_answers (const ProfAnswerFile *file)
{
  uint64_t end = 0;
  for (size_t i = 0; i < file->n_answers; i++) {
    const ProfStoredAnswer *answer = &file->answers[i];
    if (answer->address < end || answer->n_bytes == 0
        || __builtin_add_overflow (answer->address, answer->n_bytes, &end)
        || answer->n_symbols > MAX_SYMBOLS_OF_ANSWER || answer->n_symbols > file->n_symbols
        || answer->first_symbol > file->n_symbols - answer->n_symbols)
      return false;
  }
  return true;
}

static bool
has_good_symbols (const ProfAnswerFile *file)
{
  for (size_t i = 0; i < file->n_symbols; i++) {
    const ProfStoredSymbol *symbol = &file->symbols[i];
    if (symbol->name >= file->n_string_bytes || symbol->system_name >= file->n_string_bytes
        || symbol->filename >= file->n_string_bytes)
      return false;
  }
  return file->n_string_bytes == 0 || file->strings[file->n_string_bytes - 1] == '\0';
}

static bool
is_key (const char *bytes, size_t n_bytes, const char *key)
{
  return strlen (key) + 1 == n_bytes && memcmp (bytes, key, n_bytes) == 0;
}

int
prof_answer_file_decode (const char *bytes, size_t n_bytes, const char *key, ProfAnswerFile *ret)
{
  Header header;
  if (n_bytes < sizeof header || (uintptr_t)bytes % ALIGNMENT != 0)
    return -EBADMSG;
  memcpy (&header, bytes, sizeof header);
  const char *at = bytes + sizeof header;
  size_t n_answer_bytes = header.n_answers * sizeof (ProfStoredAnswer),
         n_symbol_bytes = header.n_symbols * sizeof (ProfStoredSymbol);
  if (n_bytes - sizeof header
          != pad (header.n_key_bytes) + n_answer_bytes + n_symbol_bytes + header.n_string_bytes
      || header.level > PROF_SYMBOLS_LINES)
    return -EBADMSG;
  if (!is_key (at, header.n_key_bytes, key))
    return -ESTALE;
  at += pad (header.n_key_bytes);
  ProfAnswerFile file = {
    .answers = (const ProfStoredAnswer *)at,
    .symbols = (const ProfStoredSymbol *)(at + n_answer_bytes),
    .strings = at + n_answer_bytes + n_symbol_bytes,
    .n_answers = header.n_answers,
    .n_symbols = header.n_symbols,
    .n_string_bytes = header.n_string_bytes,
    .level = (ProfSymbolLevel)header.level,
  };
  if (!has_good_answers (&file) || !has_good_symbols (&file))
    return -EBADMSG;
  *ret = file;
  return 0;
}

static ProfSymbol
get_symbol (const ProfAnswerFile *file, uint32_t i)
{
  const ProfStoredSymbol *symbol = &file->symbols[i];
  return (ProfSymbol){
    .name = file->strings + symbol->name,
    .system_name = file->strings + symbol->system_name,
    .filename = file->strings + symbol->filename,
    .line = symbol->line,
    .column = symbol->column,
    .start_line = symbol->start_line,
  };
}

static int
get_symbols (const ProfAnswerFile *file,
             const ProfStoredAnswer *answer,
             ProfSymbol *ret,
             size_t max)
{
  size_t n = answer->n_symbols < max ? answer->n_symbols : max;
  for (uint32_t i = 0; i < n; i++)
    ret[i] = get_symbol (file, answer->first_symbol + i);
  return (int)n;
}

int
prof_answer_file_find (const ProfAnswerFile *file, uint64_t address, ProfSymbol *ret, size_t max)
{
  size_t low = 0, high = file->n_answers;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (file->answers[middle].address <= address)
      low = middle + 1;
    else
      high = middle;
  }
  const ProfStoredAnswer *answer = low > 0 ? &file->answers[low - 1] : NULL;
  if (answer == NULL || address - answer->address >= answer->n_bytes)
    return -ENOENT;
  return get_symbols (file, answer, ret, max);
}

/* ---- writing ---- */

int
prof_answer_writer_init (ProfAnswerWriter *writer)
{
  *writer = (ProfAnswerWriter){ 0 };
  return prof_string_table_init (&writer->strings);
}

void
prof_answer_writer_finish (ProfAnswerWriter *writer)
{
  prof_vec_clear (&writer->answers);
  prof_vec_clear (&writer->symbols);
  prof_string_table_finish (&writer->strings);
}

static int
add_string (ProfAnswerWriter *writer, const char *text, uint32_t *ret_offset)
{
  int string = prof_string_table_intern (&writer->strings, text, strlen (text));
  if (string < 0)
    return string;
  *ret_offset = writer->strings.starts.items[string];
  return 0;
}

static int
add_symbol (ProfAnswerWriter *writer, const ProfSymbol *symbol)
{
  ProfStoredSymbol stored
      = { .line = symbol->line, .column = symbol->column, .start_line = symbol->start_line };
  int r = add_string (writer, symbol->name, &stored.name);
  if (r == 0)
    r = add_string (writer, symbol->system_name, &stored.system_name);
  if (r == 0)
    r = add_string (writer, symbol->filename, &stored.filename);
  return r < 0 ? r : prof_vec_push (&writer->symbols, stored);
}

int
prof_answer_writer_add (ProfAnswerWriter *writer,
                        uint64_t address,
                        uint64_t n_bytes,
                        const ProfSymbol *symbols,
                        size_t n_symbols)
{
  ProfStoredAnswer answer = { .address = address,
                              .n_bytes = n_bytes,
                              .first_symbol = (uint32_t)writer->symbols.n,
                              .n_symbols = (uint32_t)n_symbols };
  for (size_t i = 0; i < n_symbols; i++) {
    int r = add_symbol (writer, &symbols[i]);
    if (r < 0)
      return r;
  }
  return prof_vec_push (&writer->answers, answer);
}

int
prof_answer_writer_add_file (ProfAnswerWriter *writer, const ProfAnswerFile *file)
{
  ProfSymbol symbols[MAX_SYMBOLS_OF_ANSWER];
  for (size_t i = 0; i < file->n_answers; i++) {
    const ProfStoredAnswer *answer = &file->answers[i];
    int n = get_symbols (file, answer, symbols, MAX_SYMBOLS_OF_ANSWER);
    int r = prof_answer_writer_add (writer, answer->address, answer->n_bytes, symbols, (size_t)n);
    if (r < 0)
      return r;
  }
  return 0;
}

static int
compare_answers (const void *a, const void *b)
{
  const ProfStoredAnswer *x = a, *y = b;
  if (x->address != y->address)
    return x->address < y->address ? -1 : 1;
  return (x->n_bytes < y->n_bytes) - (x->n_bytes > y->n_bytes);
}

/* By address; what reaches into the one before it goes. */
static void
sort_answers (ProfAnswerWriter *writer)
{
  prof_sort (writer->answers.items, writer->answers.n, sizeof *writer->answers.items,
             compare_answers);
  size_t n = 0;
  uint64_t end = 0;
  prof_vec_foreach (answer, &writer->answers) {
    if (answer->address < end)
      continue;
    writer->answers.items[n++] = *answer;
    end = answer->address + answer->n_bytes;
  }
  writer->answers.n = n;
}

static char *
put (char *at, const void *bytes, size_t n_bytes)
{
  if (n_bytes > 0)
    memcpy (at, bytes, n_bytes);
  return at + n_bytes;
}

int
prof_answer_writer_encode (ProfAnswerWriter *writer,
                           const char *key,
                           ProfSymbolLevel level,
                           char **ret_bytes,
                           size_t *ret_n_bytes)
{
  sort_answers (writer);
  size_t n_key_bytes = strlen (key) + 1,
         n_answer_bytes = writer->answers.n * sizeof *writer->answers.items,
         n_symbol_bytes = writer->symbols.n * sizeof *writer->symbols.items;
  if (n_key_bytes > UINT32_MAX || writer->answers.n > UINT32_MAX || writer->symbols.n > UINT32_MAX)
    return -EFBIG;
  Header header = {
    .n_key_bytes = (uint32_t)n_key_bytes,
    .n_answers = (uint32_t)writer->answers.n,
    .n_symbols = (uint32_t)writer->symbols.n,
    .n_string_bytes = (uint32_t)writer->strings.bytes.n,
    .level = level,
  };
  size_t n_bytes = sizeof header + pad (n_key_bytes) + n_answer_bytes + n_symbol_bytes
                   + writer->strings.bytes.n;
  char *bytes = calloc (1, n_bytes);
  if (bytes == NULL)
    return -ENOMEM;
  char *at = put (bytes, &header, sizeof header);
  put (at, key, n_key_bytes);
  at = put (at + pad (n_key_bytes), writer->answers.items, n_answer_bytes);
  at = put (at, writer->symbols.items, n_symbol_bytes);
  put (at, writer->strings.bytes.items, writer->strings.bytes.n);
  *ret_bytes = bytes;
  *ret_n_bytes = n_bytes;
  return 0;
}
