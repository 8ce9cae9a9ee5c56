/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

static const PyroFlameFunction *
get (const PyroFlameFunctions *functions, uint32_t location)
{
  return &functions->items[functions->frames[functions->starts[location]]];
}

static void
test_have_kinds (void **state)
{
  (void)state;
  ProfProfile *profile = make_flame_profile ((FlameSample[]){
      { "main;printf@/lib/libc.so.6;sys_write@[kernel.kallsyms];ext4_write@/lib/modules/ext4.ko",
        1 },
      { 0 } });
  PyroFlameFunctions functions;
  assert_int_equal (pyro_flame_functions_init (&functions, profile), 0);
  prof_profile_unref (profile);
  assert_int_equal (get (&functions, 1)->kind, PYRO_FLAME_KIND_PROGRAM);
  assert_string_equal (get (&functions, 1)->name, "main");
  assert_string_equal (get (&functions, 1)->filename, "file.c");
  assert_int_equal (get (&functions, 1)->line, 1);
  assert_int_equal (get (&functions, 2)->kind, PYRO_FLAME_KIND_LIBRARY);
  assert_string_equal (get (&functions, 2)->module, "/lib/libc.so.6");
  assert_int_equal (get (&functions, 3)->kind, PYRO_FLAME_KIND_KERNEL);
  assert_int_equal (get (&functions, 4)->kind, PYRO_FLAME_KIND_KERNEL);
  pyro_flame_functions_finish (&functions);
}

static uint32_t
add_bare_location (ProfProfile *profile, uint32_t mapping, uint64_t address)
{
  ProfLocation location = { .mapping = mapping, .address = address };
  int row = prof_profile_add_location (profile, &location, NULL, 0);
  assert_true (row > 0);
  return (uint32_t)row;
}

static void
test_are_named_by_address (void **state)
{
  (void)state;
  ProfProfile *profile = make_flame_profile ((FlameSample[]){ { 0 } });
  ProfMapping mapping = {
    .start = 0x5000,
    .limit = 0x9000,
    .offset = 0x100,
    .filename = (uint32_t)prof_profile_add_string (profile, "/opt/lib/thing.so"),
  };
  uint32_t row = (uint32_t)prof_profile_add_mapping (profile, &mapping);
  uint32_t in_module = add_bare_location (profile, row, 0x5040);
  uint32_t in_nothing = add_bare_location (profile, 0, 0xabc);
  PyroFlameFunctions functions;
  assert_int_equal (pyro_flame_functions_init (&functions, profile), 0);
  assert_string_equal (get (&functions, in_module)->name, "thing.so+0x140");
  assert_int_equal (get (&functions, in_module)->kind, PYRO_FLAME_KIND_UNKNOWN);
  assert_string_equal (get (&functions, in_nothing)->name, "0xabc");
  pyro_flame_functions_finish (&functions);
  prof_profile_unref (profile);
}

/* One name in one file is one function, whatever the module; without a file the module decides. */
static void
test_are_told_apart (void **state)
{
  (void)state;
  ProfProfile *profile
      = make_flame_profile ((FlameSample[]){ { "f;f@/lib/one.so;f+f@/lib/two.so", 1 }, { 0 } });
  PyroFlameFunctions functions;
  assert_int_equal (pyro_flame_functions_init (&functions, profile), 0);
  assert_ptr_equal (get (&functions, 1), get (&functions, 2));
  assert_int_equal (functions.starts[4] - functions.starts[3], 2);
  assert_ptr_equal (get (&functions, 1), get (&functions, 3));
  pyro_flame_functions_finish (&functions);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_have_kinds),
    cmocka_unit_test (test_are_named_by_address),
    cmocka_unit_test (test_are_told_apart),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
