/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/cleanup.h"
#include "symbol/answer-key.h"
#include "symbol/module-symbols.h"

/* Of more only those of the newest recording are kept. */
#define MAX_ANSWERS ((size_t)1 << 17)

/* The file with the kernel's own symbols, beside that with the answers. */
static void
get_table_name (const ProfModuleSymbols *symbols, char ret[PROF_ANSWER_KEY_NAME_BYTES + 6])
{
  prof_answer_key_get_name (symbols->key, ret);
  strcat (ret, ".table");
}

/* ---- loading ---- */

static int
load_answers (ProfModuleSymbols *symbols)
{
  char name[PROF_ANSWER_KEY_NAME_BYTES];
  cleanup (prof_free) char *bytes = NULL;
  size_t n_bytes;
  prof_answer_key_get_name (symbols->key, name);
  int r = prof_cache_directory_read (&symbols->context->cache, name, &bytes, &n_bytes);
  if (r == 0)
    r = prof_answer_file_decode (bytes, n_bytes, symbols->key, &symbols->kept);
  if (r == 0)
    symbols->kept_bytes = steal (&bytes);
  return r;
}

static int
load_kernel_table (ProfModuleSymbols *symbols)
{
  char name[PROF_ANSWER_KEY_NAME_BYTES + 6];
  char *bytes;
  size_t n_bytes;
  get_table_name (symbols, name);
  int r = prof_cache_directory_read (&symbols->context->cache, name, &bytes, &n_bytes);
  if (r == 0)
    r = prof_kernel_symbols_decode (bytes, n_bytes, &symbols->kernel);
  symbols->has_kernel_table = r == 0;
  return r;
}

int
prof_module_symbols_load (ProfModuleSymbols *symbols)
{
  int r = load_answers (symbols);
  if (r != -ENOMEM && symbols->module->kind == PROF_MODULE_KERNEL)
    r = load_kernel_table (symbols);
  return r == -ENOMEM ? r : 0;
}

/* ---- saving ---- */

/* The kernel's own functions are in its table. Of the loadable ones "[bpf]" and what is built in as
 * it runs ("[__builtin__ftrace]") come and go without another key. */
static bool
is_lasting_in_kernel (const ProfSymbol *found, int n_found)
{
  const char *module = n_found == 1 ? strstr (found->system_name, " [") : NULL;
  return module != NULL && strcmp (module, " [bpf]") != 0
         && strncmp (module, " [__builtin__", strlen (" [__builtin__")) != 0;
}

bool
prof_module_symbols_is_lasting (const ProfModuleSymbols *symbols,
                                const ProfSymbol *found,
                                int n_found)
{
  if (symbols->key == NULL || n_found < 0)
    return false;
  return symbols->module->kind != PROF_MODULE_KERNEL || is_lasting_in_kernel (found, n_found);
}

static int
write_answers (ProfModuleSymbols *symbols,
               const ProfFoundSymbols *found,
               size_t n_found,
               ProfAnswerWriter *writer)
{
  int r = 0;
  if (symbols->kept.n_answers + n_found <= MAX_ANSWERS)
    r = prof_answer_writer_add_file (writer, &symbols->kept);
  for (size_t i = 0; r == 0 && i < n_found && i < MAX_ANSWERS; i++)
    if (prof_module_symbols_is_lasting (symbols, found[i].symbols, (int)found[i].n_symbols))
      r = prof_answer_writer_add (writer, found[i].address, 1, found[i].symbols,
                                  found[i].n_symbols);
  return r;
}

static void
save_answers (ProfModuleSymbols *symbols, const ProfFoundSymbols *found, size_t n_found)
{
  char name[PROF_ANSWER_KEY_NAME_BYTES];
  cleanup (prof_free) char *bytes = NULL;
  size_t n_bytes;
  ProfAnswerWriter writer;
  ProfSymbolLevel level;
  int r = prof_answer_writer_init (&writer);
  if (r == 0)
    r = prof_module_symbols_get_level (symbols, &level);
  if (r == 0)
    r = write_answers (symbols, found, n_found, &writer);
  if (r == 0)
    r = prof_answer_writer_encode (&writer, symbols->key, level, &bytes, &n_bytes);
  prof_answer_writer_finish (&writer);
  prof_answer_key_get_name (symbols->key, name);
  if (r == 0)
    prof_cache_directory_write (&symbols->context->cache, name, bytes, n_bytes);
}

static void
save_kernel_table (ProfModuleSymbols *symbols)
{
  char name[PROF_ANSWER_KEY_NAME_BYTES + 6];
  cleanup (prof_free) char *bytes = NULL;
  size_t n_bytes;
  get_table_name (symbols, name);
  if (prof_kernel_symbols_encode (&symbols->kernel, &bytes, &n_bytes) == 0)
    prof_cache_directory_write (&symbols->context->cache, name, bytes, n_bytes);
}

void
prof_module_symbols_save (ProfModuleSymbols *symbols, const ProfFoundSymbols *found, size_t n_found)
{
  if (symbols->key == NULL)
    return;
  if (symbols->n_fresh > 0)
    save_answers (symbols, found, n_found);
  if (symbols->kernel.rows.n > 0 && !symbols->has_kernel_table)
    save_kernel_table (symbols);
}
