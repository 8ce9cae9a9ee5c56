/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/register-map.h"

#include "tests.h"

static void
perf_registers_x86_64 (void **state)
{
  (void)state;
  assert_int_equal (prof_unwind_registers_mask (PROF_ARCH_X86_64), 0xff01ff);
  uint64_t perf[24];
  for (size_t i = 0; i < 24; i++)
    perf[i] = 100 + i;
  ProfUnwindRegisters registers;
  prof_unwind_registers_from_perf (PROF_ARCH_X86_64, perf, &registers);
  assert_int_equal (registers.pc, 108);
  assert_int_equal (registers.sp, 107);
  assert_int_equal (registers.fp, 106);
  assert_true (registers.has_registers);
  static const uint64_t by_dwarf_number[]
      = { 100, 103, 102, 101, 104, 105, 106, 107, 116, 117, 118, 119, 120, 121, 122, 123, 108 };
  for (size_t i = 0; i < 17; i++)
    assert_int_equal (registers.registers[i], by_dwarf_number[i]);
}

static void
perf_registers_aarch64 (void **state)
{
  (void)state;
  assert_int_equal (prof_unwind_registers_mask (PROF_ARCH_AARCH64), 0x1ffffffff);
  uint64_t perf[33];
  for (size_t i = 0; i < 33; i++)
    perf[i] = 100 + i;
  ProfUnwindRegisters registers;
  prof_unwind_registers_from_perf (PROF_ARCH_AARCH64, perf, &registers);
  assert_int_equal (registers.fp, 129);
  assert_int_equal (registers.lr, 130);
  assert_int_equal (registers.sp, 131);
  assert_int_equal (registers.pc, 132);
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (perf_registers_x86_64),
    cmocka_unit_test (perf_registers_aarch64),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
