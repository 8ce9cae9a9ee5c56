/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/symbolizer.h"

#include <assert.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/sort.h"
#include "symbol/module-symbols.h"

/* What a profile needs of a system with many programs takes less. */
#define MAX_BYTES ((size_t)64 << 20)
/* Of 64 KiB each. */
#define MAX_NAME_CHUNKS 256

/* Inlining goes some 30 deep in C++ and Rust. */
enum { MAX_FRAMES = 128 };

/* What was found for an address: a run of `symbols`. */
typedef struct {
  uint64_t address;
  uint32_t module_id;
  uint32_t n_symbols;
  size_t first_symbol;
} Answer;

typedef struct {
  uint64_t address;
  uint32_t module_id;
} Question;

struct ProfSymbolizer {
  ProfSymbolContext context;
  char *debug_directory;
  size_t max_bytes;
  PROF_VEC (ProfModuleSymbols *) modules; /* by id; NULL: not asked for yet */
  PROF_VEC (Answer) answers;
  PROF_VEC (ProfSymbol) symbols;
  ProfHashIndex index; /* of answers */
};

PROF_DEFINE_CLEANUP (ProfSymbolizer *, prof_symbolizer_free)

/* Without a cache it only takes longer. */
static void
open_cache (ProfSymbolizer *symbolizer, const char *path)
{
  int r = prof_cache_directory_open (&symbolizer->context.cache, path);
  if (r < 0)
    prof_log (PROF_LOG_WARNING, "Names are not kept in %s: %s.", path,
              r == -EPERM ? "others than this user can write there" : strerror (-r));
}

int
prof_symbolizer_new (const ProfSymbolizerConfig *config, ProfSymbolizer **ret)
{
  cleanup (prof_symbolizer_free) ProfSymbolizer *symbolizer = calloc (1, sizeof *symbolizer);
  if (symbolizer == NULL)
    return -ENOMEM;
  symbolizer->context.wants_lines = config->wants_lines;
  symbolizer->context.cache.fd = -1;
  symbolizer->context.kallsyms_fd = config->kallsyms_fd;
  symbolizer->max_bytes = config->max_bytes > 0 ? config->max_bytes : MAX_BYTES;
  symbolizer->debug_directory
      = strdup (config->debug_directory != NULL ? config->debug_directory : "/usr/lib/debug");
  if (symbolizer->debug_directory == NULL)
    return -ENOMEM;
  symbolizer->context.debug_directory = symbolizer->debug_directory;
  if (config->cache_directory != NULL)
    open_cache (symbolizer, config->cache_directory);
  *ret = steal (&symbolizer);
  return 0;
}

/* ---- what is kept for other recordings ---- */

static int
compare_answers (const void *a, const void *b)
{
  const Answer *x = a, *y = b;
  if (x->module_id != y->module_id)
    return x->module_id < y->module_id ? -1 : 1;
  return (x->address > y->address) - (x->address < y->address);
}

static int
save_answers_of (ProfSymbolizer *symbolizer, const Answer *answers, size_t n)
{
  cleanup (prof_free) ProfFoundSymbols *found = calloc (n, sizeof *found);
  if (found == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    found[i] = (ProfFoundSymbols){ answers[i].address,
                                   symbolizer->symbols.items + answers[i].first_symbol,
                                   answers[i].n_symbols };
  prof_module_symbols_save (symbolizer->modules.items[answers->module_id], found, n);
  return 0;
}

/* The index is of no use afterwards. */
static void
save_answers (ProfSymbolizer *symbolizer)
{
  if (symbolizer->context.cache.fd < 0)
    return;
  Answer *answers = symbolizer->answers.items;
  prof_sort (answers, symbolizer->answers.n, sizeof *answers, compare_answers);
  for (size_t i = 0, end; i < symbolizer->answers.n; i = end) {
    for (end = i; end < symbolizer->answers.n && answers[end].module_id == answers[i].module_id;)
      end++;
    save_answers_of (symbolizer, answers + i, end - i);
  }
}

ProfSymbolizer *
prof_symbolizer_free (ProfSymbolizer *symbolizer)
{
  if (symbolizer == NULL)
    return NULL;
  save_answers (symbolizer);
  prof_cache_directory_close (&symbolizer->context.cache);
  prof_vec_foreach (module, &symbolizer->modules)
    prof_module_symbols_free (*module);
  prof_vec_clear (&symbolizer->modules);
  prof_vec_clear (&symbolizer->answers);
  prof_vec_clear (&symbolizer->symbols);
  prof_hash_index_clear (&symbolizer->index);
  prof_names_finish (&symbolizer->context.names);
  free (symbolizer->debug_directory);
  free (symbolizer);
  return NULL;
}

static size_t
count_bytes (const ProfSymbolizer *symbolizer)
{
  size_t n_bytes = 0;
  prof_vec_foreach (module, &symbolizer->modules)
    n_bytes += *module != NULL ? (*module)->n_bytes : 0;
  return n_bytes;
}

/* The module that nobody has asked about for the longest time. False: all were since the latest
 * refresh. */
static bool
close_idlest (ProfSymbolizer *symbolizer)
{
  ProfModuleSymbols **idlest = NULL;
  prof_vec_foreach (module, &symbolizer->modules)
    if (*module != NULL && (*module)->n_idle > 1
        && (idlest == NULL || (*module)->n_idle > (*idlest)->n_idle))
      idlest = module;
  if (idlest == NULL)
    return false;
  *idlest = prof_module_symbols_free (*idlest);
  return true;
}

void
prof_symbolizer_refresh (ProfSymbolizer *symbolizer)
{
  symbolizer->answers.n = symbolizer->symbols.n = 0;
  prof_hash_index_reset (&symbolizer->index);
  bool has_many_names = symbolizer->context.names.chunks.n > MAX_NAME_CHUNKS;
  prof_vec_foreach (module, &symbolizer->modules) {
    if (*module == NULL)
      continue;
    (*module)->n_idle++;
    if (has_many_names || (*module)->module->kind == PROF_MODULE_ANONYMOUS)
      *module = prof_module_symbols_free (*module);
  }
  if (has_many_names)
    prof_names_finish (&symbolizer->context.names);
  while (count_bytes (symbolizer) > symbolizer->max_bytes && close_idlest (symbolizer))
    continue;
}

static int
get_module (ProfSymbolizer *symbolizer, const ProfModule *module, ProfModuleSymbols **ret)
{
  while (symbolizer->modules.n <= module->id)
    if (prof_vec_push (&symbolizer->modules, NULL) < 0)
      return -ENOMEM;
  ProfModuleSymbols **slot = &symbolizer->modules.items[module->id];
  if (*slot == NULL) {
    int r = prof_module_symbols_new ((ProfModule *)module, &symbolizer->context, slot);
    if (r < 0)
      return r;
  }
  assert ((*slot)->module == module);
  (*slot)->n_idle = 0;
  *ret = *slot;
  return 0;
}

static bool
answers_question (const void *table, uint32_t row, const void *key)
{
  const Answer *answer = &((const ProfSymbolizer *)table)->answers.items[row];
  const Question *question = key;
  return answer->address == question->address && answer->module_id == question->module_id;
}

static int
add_answer (ProfSymbolizer *symbolizer,
            const ProfModule *module,
            uint64_t address,
            uint64_t hash,
            uint32_t *ret_row)
{
  ProfModuleSymbols *symbols = NULL;
  ProfSymbol found[MAX_FRAMES];
  int n = get_module (symbolizer, module, &symbols);
  if (n == 0)
    n = prof_module_symbols_lookup (symbols, address, found, MAX_FRAMES);
  if (n < 0)
    return n;
  Answer answer = { address, module->id, (uint32_t)n, symbolizer->symbols.n };
  *ret_row = (uint32_t)symbolizer->answers.n;
  if (prof_vec_reserve (&symbolizer->answers, 1) < 0
      || prof_vec_append (&symbolizer->symbols, found, (size_t)n) < 0
      || prof_hash_index_add (&symbolizer->index, hash, *ret_row) < 0)
    return -ENOMEM;
  symbolizer->answers.items[symbolizer->answers.n++] = answer;
  return 0;
}

int
prof_symbolizer_lookup (ProfSymbolizer *symbolizer,
                        const ProfModule *module,
                        uint64_t address,
                        ProfSymbol *ret,
                        size_t max)
{
  Question question = { address, module->id };
  uint64_t hash = prof_hash_word (module->id, address);
  uint32_t row
      = prof_hash_index_find (&symbolizer->index, hash, answers_question, symbolizer, &question);
  if (row == PROF_HASH_INDEX_NONE) {
    int r = add_answer (symbolizer, module, address, hash, &row);
    if (r < 0)
      return r;
  }
  const Answer *answer = &symbolizer->answers.items[row];
  size_t n = answer->n_symbols < max ? answer->n_symbols : max;
  if (n > 0)
    memcpy (ret, symbolizer->symbols.items + answer->first_symbol, n * sizeof *ret);
  return (int)n;
}

ProfSymbolLevel
prof_symbolizer_get_level (ProfSymbolizer *symbolizer, const ProfModule *module)
{
  ProfModuleSymbols *symbols;
  ProfSymbolLevel level;
  int r = get_module (symbolizer, module, &symbols);
  if (r == 0)
    r = prof_module_symbols_get_level (symbols, &level);
  return r == 0 ? level : PROF_SYMBOLS_NONE;
}
