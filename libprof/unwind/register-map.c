/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/register-map.h"

void
prof_register_map_apply (const ProfRegisterMap *map, ProfUnwindRegisters *registers)
{
  registers->pc = registers->registers[map->pc];
  registers->sp = registers->registers[map->sp];
  registers->fp = registers->registers[map->fp];
  registers->lr = map->lr == PROF_NO_REGISTER ? 0 : registers->registers[map->lr] & map->pc_mask;
  registers->has_registers = true;
}

uint64_t
prof_unwind_registers_mask (ProfArch arch)
{
  const ProfRegisterMap *map = prof_register_map (arch);
  uint64_t mask = 0;
  for (size_t i = 0; i < map->n_perf; i++)
    if (map->perf_order[i] != PROF_NO_REGISTER)
      mask |= UINT64_C (1) << i;
  return mask;
}

void
prof_unwind_registers_from_perf (ProfArch arch,
                                 const uint64_t *perf_registers,
                                 ProfUnwindRegisters *ret)
{
  const ProfRegisterMap *map = prof_register_map (arch);
  *ret = (ProfUnwindRegisters){ 0 };
  for (size_t i = 0; i < map->n_perf; i++)
    if (map->perf_order[i] != PROF_NO_REGISTER)
      ret->registers[map->perf_order[i]] = perf_registers[i];
  prof_register_map_apply (map, ret);
}
