/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>

#include "../lib/cfi-elf.h"
#include "unwind/cfi.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
use_rows (ProfCfi *cfi)
{
  static const uint64_t stack[64];
  ProfStackSlice slice = { 0x10000, (const uint8_t *)stack, sizeof stack };
  for (uint64_t vaddr = FDE_START - 16; vaddr < FDE_START + FDE_BYTES; vaddr += 8) {
    ProfRule rule = prof_cfi_get_rule (cfi, vaddr);
    if (rule.kind > PROF_RULE_SLOW)
      abort ();
    ProfUnwindRegisters registers = { vaddr, 0x10000, 0x10080, 0, true };
    prof_cfi_step (cfi, vaddr, &slice, &registers);
  }
}

/* The input: a byte for the machine, one for the length of the .eh_frame_hdr, which comes first,
 * and the .eh_frame. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2 || data[1] > size - 2)
    return 0;
  const ProfRegisterMap *map
      = prof_register_map (data[0] % 2 ? PROF_ARCH_AARCH64 : PROF_ARCH_X86_64);
  const uint8_t *hdr = data + 2, *eh_frame = hdr + data[1];
  ProfModule *module = cfi_elf_new_module (map->elf_machine, eh_frame,
                                           (size_t)(data + size - eh_frame), hdr, data[1]);
  ProfCfi *cfi = NULL;
  if (prof_cfi_new (map, module, &cfi) == 0)
    use_rows (cfi);
  prof_cfi_free (cfi);
  prof_module_unref (module);
  return 0;
}
