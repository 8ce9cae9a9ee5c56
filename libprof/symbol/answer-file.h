/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "base/string-table.h"
#include "base/vec.h"
#include "symbol/symbolizer.h"

/* The names found in one module, as a cache keeps them between recordings: for this machine, in its
 * byte order. */

/* Addresses that have the same answer. */
typedef struct {
  uint64_t address, n_bytes;
  uint32_t first_symbol, n_symbols;
} ProfStoredAnswer;

/* A ProfSymbol whose strings are offsets among all strings. */
typedef struct {
  uint32_t name, system_name, filename;
  uint32_t line, column, start_line;
} ProfStoredSymbol;

/* ---- reading ---- */

/* A view of the bytes it was decoded from. Zero-initialized has no answers. */
typedef struct {
  const ProfStoredAnswer *answers; /* by address, apart from each other */
  const ProfStoredSymbol *symbols;
  const char *strings;
  size_t n_answers, n_symbols, n_string_bytes;
  ProfSymbolLevel level;
} ProfAnswerFile;

/* `bytes` aligned to 8. -EBADMSG: damaged; -ESTALE: it has another key. */
int prof_answer_file_decode (const char *bytes,
                             size_t n_bytes,
                             const char *key,
                             ProfAnswerFile *ret);

/* As prof_symbolizer_lookup; -ENOENT: not known. The strings are the file's. */
int prof_answer_file_find (const ProfAnswerFile *file,
                           uint64_t address,
                           ProfSymbol *ret,
                           size_t max);

/* ---- writing ---- */

/* Zero-initialized is empty. */
typedef struct {
  PROF_VEC (ProfStoredAnswer) answers;
  PROF_VEC (ProfStoredSymbol) symbols;
  ProfStringTable strings;
} ProfAnswerWriter;

int prof_answer_writer_init (ProfAnswerWriter *writer);
void prof_answer_writer_finish (ProfAnswerWriter *writer);

/* In any order; of two answers for an address one stays. 0 or -ENOMEM. */
int prof_answer_writer_add (ProfAnswerWriter *writer,
                            uint64_t address,
                            uint64_t n_bytes,
                            const ProfSymbol *symbols,
                            size_t n_symbols);
int prof_answer_writer_add_file (ProfAnswerWriter *writer, const ProfAnswerFile *file);

/* After all are added; free(*ret_bytes). 0, -ENOMEM, or -EFBIG. */
int prof_answer_writer_encode (ProfAnswerWriter *writer,
                               const char *key,
                               ProfSymbolLevel level,
                               char **ret_bytes,
                               size_t *ret_n_bytes);
