/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/cleanup.h"
#include "symbol/answer-key.h"
#include "symbol/module-symbols.h"

/* Of more only those of the newest recording are kept. */
#define MAX_ANSWERS ((size_t)1 << 17)

/* Of larger functions, such as interpreters have, only what was found is kept. */
#define MAX_FUNCTION_BYTES ((uint64_t)16 << 10)

/* Of an answer, as the symbolizer has them. */
enum { MAX_SYMBOLS = 128 };

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

/* Other addresses of a function will be asked for in other recordings: all answers for it are kept.
 */
static int
write_function (ProfModuleSymbols *symbols, ProfExtent function, ProfAnswerWriter *writer)
{
  ProfSymbol found[MAX_SYMBOLS];
  ProfExtent extent;
  int r = 0;
  for (uint64_t at = function.start; r == 0 && at < function.end; at = extent.end) {
    int n = prof_module_symbols_lookup_extent (symbols, at, found, MAX_SYMBOLS, &extent);
    r = n < 0 ? n : prof_answer_writer_add (writer, at, extent.end - at, found, (size_t)n);
  }
  return r;
}

static bool
is_kept (const ProfModuleSymbols *symbols, uint64_t address)
{
  ProfSymbol symbol;
  return prof_answer_file_find (&symbols->kept, address, &symbol, 1) != -ENOENT;
}

static bool
is_wanted_whole (const ProfModuleSymbols *symbols, ProfExtent function, uint64_t address)
{
  return symbols->is_read && function.end - function.start <= MAX_FUNCTION_BYTES
         && !is_kept (symbols, address);
}

/* By address, so that what was found in one function comes together. */
static int
write_found (ProfModuleSymbols *symbols,
             const ProfFoundSymbols *found,
             size_t n_found,
             ProfAnswerWriter *writer)
{
  ProfExtent function = { 0, 0 };
  int r = 0;
  for (size_t i = 0; r == 0 && i < n_found && writer->answers.n < MAX_ANSWERS; i++) {
    uint64_t address = found[i].address;
    if ((address >= function.start && address < function.end)
        || !prof_module_symbols_is_lasting (symbols, found[i].symbols, (int)found[i].n_symbols))
      continue;
    function = prof_module_symbols_get_function (symbols, address);
    if (is_wanted_whole (symbols, function, address)) {
      r = write_function (symbols, function, writer);
      continue;
    }
    function = (ProfExtent){ 0, 0 };
    r = prof_answer_writer_add (writer, address, 1, found[i].symbols, found[i].n_symbols);
  }
  return r;
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
  return r < 0 ? r : write_found (symbols, found, n_found, writer);
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
