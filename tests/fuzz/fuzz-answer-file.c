/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/answer-file.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char key[] = "key";

static void
find_all (const ProfAnswerFile *file)
{
  ProfSymbol symbols[128];
  for (size_t i = 0; i < file->n_answers; i++) {
    const ProfStoredAnswer *answer = &file->answers[i];
    uint64_t last = answer->address + answer->n_bytes - 1;
    int n = prof_answer_file_find (file, last, symbols, 128);
    if (n != (int)answer->n_symbols)
      abort ();
    for (int j = 0; j < n; j++)
      if (strlen (symbols[j].name) + strlen (symbols[j].system_name) + strlen (symbols[j].filename)
          > 3 * file->n_string_bytes)
        abort ();
  }
}

/* What was read is written so that it reads the same. */
static void
write_again (const ProfAnswerFile *file)
{
  ProfAnswerWriter writer;
  ProfAnswerFile again;
  char *bytes;
  size_t n_bytes;
  if (prof_answer_writer_init (&writer) < 0 || prof_answer_writer_add_file (&writer, file) < 0
      || prof_answer_writer_encode (&writer, key, file->level, &bytes, &n_bytes) < 0
      || prof_answer_file_decode (bytes, n_bytes, key, &again) < 0
      || again.n_answers != file->n_answers)
    abort ();
  find_all (&again);
  prof_answer_writer_finish (&writer);
  free (bytes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfAnswerFile file;
  char *aligned = malloc (size + 1);
  if (aligned == NULL)
    return 0;
  memcpy (aligned, data, size);
  if (prof_answer_file_decode (aligned, size, key, &file) == 0) {
    find_all (&file);
    write_again (&file);
  }
  free (aligned);
  return 0;
}
