/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-unwind.h"

#include "tests.h"

/* .eh_frame_hdr at 0x1000 with the functions 0x5000 … 0x5040 and 0x5100 … 0x5110, and a third one
 * at 0x6000 whose FDE says something else; their FDEs in .eh_frame at 0x2000. */
static const int32_t table[] = { 0x3b031b01, 0, 3, 0x4000, 0x1000, 0x4100, 0x1010, 0x5000, 0x1020 };
static const int32_t frames[] = { 0xc, 4, 0x5000 - 0x2008, 0x40, 0xc, 4, 0x5100 - 0x2018, 0x10,
                                  0xc, 4, 0x6001 - 0x2028, 0x10 };

static ProfUnwindFunctions
make_functions (void)
{
  return (ProfUnwindFunctions){
    .table_address = 0x1000,
    .frames_address = 0x2000,
    .table = (const uint8_t *)table,
    .frames = (const uint8_t *)frames,
    .n_entries = 3,
    .n_frame_bytes = sizeof frames,
  };
}

static void
assert_start (const ProfUnwindFunctions *functions, uint64_t address, uint64_t expected)
{
  uint64_t start = 0;
  assert_int_equal (prof_unwind_functions_find (functions, address, &start), expected != 0);
  assert_int_equal (start, expected);
}

static void
test_functions_and_gaps (void **state)
{
  (void)state;
  ProfUnwindFunctions functions = make_functions ();
  assert_start (&functions, 0x4fff, 0);
  assert_start (&functions, 0x5000, 0x5000);
  assert_start (&functions, 0x503f, 0x5000);
  assert_start (&functions, 0x5040, 0);
  assert_start (&functions, 0x5100, 0x5100);
  assert_start (&functions, 0x510f, 0x5100);
  assert_start (&functions, 0x5110, 0);
  assert_start (&functions, UINT64_MAX, 0);
}

static void
test_an_fde_that_the_table_contradicts (void **state)
{
  (void)state;
  ProfUnwindFunctions functions = make_functions ();
  assert_start (&functions, 0x6000, 0);
  assert_start (&functions, 0x6001, 0);
}

static void
test_an_fde_beyond_the_section (void **state)
{
  (void)state;
  ProfUnwindFunctions functions = make_functions ();
  functions.n_frame_bytes = 0x1f;
  assert_start (&functions, 0x5000, 0x5000);
  assert_start (&functions, 0x5100, 0);
  functions.n_frame_bytes = 0;
  assert_start (&functions, 0x5000, 0);
  functions = make_functions ();
  functions.frames_address = 0x2001;
  assert_start (&functions, 0x5000, 0);
}

static void
test_no_table (void **state)
{
  (void)state;
  ProfUnwindFunctions functions = { 0 };
  assert_start (&functions, 0x5000, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_functions_and_gaps),
    cmocka_unit_test (test_an_fde_that_the_table_contradicts),
    cmocka_unit_test (test_an_fde_beyond_the_section),
    cmocka_unit_test (test_no_table),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
