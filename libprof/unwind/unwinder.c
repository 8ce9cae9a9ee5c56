/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwinder.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "unwind/cfi.h"
#include "unwind/register-map.h"
#include "unwind/rule-cache.h"
#include "unwind/step-history.h"

PROF_DEFINE_CLEANUP (ProfUnwinder *, prof_unwinder_free)

typedef struct {
  bool is_opened;
  bool is_asked; /* since the latest trim */
  ProfCfi *cfi;  /* NULL: none */
} ModuleCfi;

/* Of a thread: its stack lies alone in the memory around, and where another's does not, the steps
 * that do not fit are not found. */
typedef struct {
  pid_t pid;
  uint64_t generation; /* of the maps that the steps' rules are from */
  ProfStepHistory history;
} ThreadHistory;

enum { N_HISTORIES = 64, STACK_BITS = 20 };

/* Of a program's first instructions, up to its first call: musl's are the longest, with 22. */
enum { ENTRY_BYTES = 24 };

struct ProfUnwinder {
  ProfUnwindOptions options;
  ProfModuleCache *modules;
  ProfRuleCache rules;
  PROF_VEC (ModuleCfi) cfis; /* by module ID */
  ThreadHistory histories[N_HISTORIES];

  /* Of the stack that is being unwound. */
  ProfAddressSpace *space;
  const ProfStackSlice *slice;
  struct ProfStackWitness *witness; /* borrowed */
  bool has_stitched;
};

int
prof_unwinder_new (const ProfUnwindOptions *options, ProfModuleCache *modules, ProfUnwinder **ret)
{
  cleanup (prof_unwinder_free) ProfUnwinder *unwinder = calloc (1, sizeof *unwinder);
  if (unwinder == NULL)
    return -ENOMEM;
  unwinder->options = *options;
  unwinder->modules = modules;
  if (prof_rule_cache_init (&unwinder->rules) < 0)
    return -ENOMEM;
  *ret = steal (&unwinder);
  return 0;
}

ProfUnwinder *
prof_unwinder_free (ProfUnwinder *unwinder)
{
  if (unwinder == NULL)
    return NULL;
  prof_vec_foreach (entry, &unwinder->cfis) {
    prof_cfi_free (entry->cfi);
  }
  prof_vec_clear (&unwinder->cfis);
  prof_rule_cache_finish (&unwinder->rules);
  for (size_t i = 0; i < N_HISTORIES; i++)
    prof_step_history_finish (&unwinder->histories[i].history);
  free (unwinder);
  return NULL;
}

static size_t
count_cfi_bytes (const ProfUnwinder *unwinder)
{
  size_t n_bytes = 0;
  prof_vec_foreach (entry, &unwinder->cfis)
    n_bytes += entry->cfi != NULL ? prof_cfi_get_bytes (entry->cfi) : 0;
  return n_bytes;
}

size_t
prof_unwinder_trim (ProfUnwinder *unwinder, size_t max_bytes)
{
  bool is_full = count_cfi_bytes (unwinder) > max_bytes;
  prof_vec_foreach (entry, &unwinder->cfis) {
    if (is_full && !entry->is_asked) {
      prof_cfi_free (entry->cfi);
      *entry = (ModuleCfi){ 0 };
    }
    entry->is_asked = false;
  }
  return count_cfi_bytes (unwinder);
}

static int
make_room (ProfUnwinder *unwinder, uint32_t module_id)
{
  while (unwinder->cfis.n <= module_id)
    if (prof_vec_push (&unwinder->cfis, (ModuleCfi){ 0 }) < 0)
      return -ENOMEM;
  return 0;
}

/* NULL: the module has none that can be used. */
static ProfCfi *
get_cfi (ProfUnwinder *unwinder, const ProfModule *module)
{
  const ProfRegisterMap *map = prof_register_map (unwinder->options.arch);
  if (module->machine != map->elf_machine || make_room (unwinder, module->id) < 0)
    return NULL;
  ModuleCfi *entry = &unwinder->cfis.items[module->id];
  if (!entry->is_opened) {
    entry->is_opened = true;
    prof_cfi_new (map, module, &entry->cfi);
  }
  entry->is_asked = true;
  return entry->cfi;
}

/* The code that a signal handler returns to, which some C libraries give no CFI. */
static bool
is_signal_trampoline (ProfUnwinder *unwinder, const ProfModule *module, uint64_t offset)
{
  const ProfRegisterMap *map = prof_register_map (unwinder->options.arch);
  uint8_t code[PROF_MAX_TRAMPOLINE_BYTES];
  return prof_module_read (module, offset, code, map->n_trampoline)
         && memcmp (code, map->trampoline, map->n_trampoline) == 0;
}

/* Assembly, which needs no CFI to be the outermost frame. */
static bool
is_entry (const ProfModule *module, uint64_t vaddr)
{
  return module->entry != 0 && vaddr - module->entry < ENTRY_BYTES;
}

static ProfRule
make_rule (ProfUnwinder *unwinder, const ProfModule *module, uint64_t offset)
{
  ProfRule rule = { .kind = PROF_RULE_NONE };
  ProfCfi *cfi = get_cfi (unwinder, module);
  uint64_t vaddr;
  bool has_vaddr = prof_module_offset_to_vaddr (module, offset, &vaddr);
  if (cfi != NULL && has_vaddr)
    rule = prof_cfi_get_rule (cfi, vaddr);
  if (rule.kind == PROF_RULE_NONE && has_vaddr && is_entry (module, vaddr))
    rule.kind = PROF_RULE_END;
  /* A handler's return address was moved back by one. */
  if (rule.kind == PROF_RULE_NONE
      && (is_signal_trampoline (unwinder, module, offset + 1)
          || is_signal_trampoline (unwinder, module, offset)))
    rule.kind = PROF_RULE_SIGNAL;
  return rule;
}

static ProfRule
get_rule (void *user_data, uint64_t pc)
{
  ProfUnwinder *unwinder = user_data;
  const ProfCodeMap *map = prof_address_space_find (unwinder->space, unwinder->modules, pc);
  ProfRule rule = { .kind = PROF_RULE_NONE };
  if (map == NULL || map->module->kind == PROF_MODULE_ANONYMOUS)
    return rule;
  uint64_t offset = pc - map->start + map->offset;
  if (!prof_rule_cache_get (&unwinder->rules, map->module->id, offset, &rule)) {
    rule = make_rule (unwinder, map->module, offset);
    prof_rule_cache_put (&unwinder->rules, map->module->id, offset, rule);
  }
  return rule;
}

static bool
step_slowly (void *user_data, uint64_t pc, ProfUnwindRegisters *registers)
{
  ProfUnwinder *unwinder = user_data;
  const ProfCodeMap *map = prof_address_space_find (unwinder->space, unwinder->modules, pc);
  ProfCfi *cfi = map != NULL ? get_cfi (unwinder, map->module) : NULL;
  uint64_t vaddr;
  return cfi != NULL
         && prof_module_offset_to_vaddr (map->module, pc - map->start + map->offset, &vaddr)
         && prof_cfi_step (cfi, vaddr, unwinder->slice, registers);
}

static bool
is_code (void *user_data, uint64_t pc)
{
  ProfUnwinder *unwinder = user_data;
  return prof_address_space_find (unwinder->space, unwinder->modules, pc) != NULL;
}

/* `call` with a displacement of 32 bits, or indirect (ff /2) in any of its lengths; some that are
 * none look like one. Only of x86-64: elsewhere frame pointers are the rule. */
static bool
is_behind_call (void *user_data, uint64_t address)
{
  ProfUnwinder *unwinder = user_data;
  uint8_t code[7]; /* before the address */
  const ProfCodeMap *map
      = prof_address_space_find (unwinder->space, unwinder->modules, address - 1);
  if (map == NULL || map->module->machine != EM_X86_64 || address - map->start < sizeof code)
    return false;
  uint64_t offset = address - map->start + map->offset - sizeof code;
  if (!prof_module_read (map->module, offset, code, sizeof code))
    return false;
  bool is_call = code[2] == 0xe8;
  for (size_t i = 0; i + 1 < sizeof code; i++)
    is_call |= code[i] == 0xff && (code[i + 1] >> 3 & 7) == 2;
  return is_call;
}

static ProfStepHistory *
get_history (ProfUnwinder *unwinder, const ProfAddressSpace *space, uint64_t sp)
{
  uint64_t hash = prof_hash_word ((uint64_t)space->pid, sp >> STACK_BITS);
  ThreadHistory *found = &unwinder->histories[hash % N_HISTORIES];
  if (found->pid != space->pid || found->generation != space->generation) {
    found->pid = space->pid;
    found->generation = space->generation;
    prof_step_history_forget (&found->history);
  }
  return &found->history;
}

size_t
prof_unwinder_unwind (ProfUnwinder *unwinder,
                      ProfAddressSpace *space,
                      const ProfUnwindRegisters *registers,
                      const ProfStackSlice *slice,
                      uint64_t *pcs,
                      ProfStackEnd *ret_end)
{
  ProfUnwindWorld world = {
    .get_rule = get_rule,
    .step_slowly = step_slowly,
    .is_code = is_code,
    .is_behind_call = is_behind_call,
    .user_data = unwinder,
    .witness = unwinder->witness,
  };
  if (unwinder->witness == NULL)
    world.history = get_history (unwinder, space, registers->sp);
  unwinder->space = space;
  unwinder->slice = slice;
  size_t n = prof_unwind (&unwinder->options, &world, registers, slice, pcs, ret_end);
  unwinder->has_stitched = world.history != NULL && world.history->is_stitched;
  return n;
}

bool
prof_unwinder_has_stitched (const ProfUnwinder *unwinder)
{
  return unwinder->has_stitched;
}

void
prof_unwinder_set_witness (ProfUnwinder *unwinder, struct ProfStackWitness *witness)
{
  unwinder->witness = witness;
}

bool
prof_unwinder_is_root (ProfUnwinder *unwinder, ProfAddressSpace *space, uint64_t pc)
{
  unwinder->space = space;
  return get_rule (unwinder, pc).kind == PROF_RULE_END;
}
