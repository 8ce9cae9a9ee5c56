/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/system-memory.h"

#include <errno.h>
#include <string.h>

#include "tests.h"

static int
parse (const char *text, ProfSystemMemory *ret)
{
  return prof_system_memory_parse (text, strlen (text), ret);
}

static void
test_text_of_a_kernel (void **state)
{
  (void)state;
  ProfSystemMemory memory;
  const char *text = "MemTotal:       24576000 kB\n"
                     "MemFree:         1000000 kB\n"
                     "MemAvailable:   18432000 kB\n"
                     "Buffers:          100000 kB\n"
                     "Cached:          2000000 kB\n"
                     "SwapCached:       500000 kB\n"
                     "SReclaimable:     300000 kB\n"
                     "HugePages_Total:       0\n"
                     "DirectMap1G:    20971520 kB\n";
  assert_int_equal (parse (text, &memory), 0);
  assert_int_equal (memory.total_bytes, 24576000ull * 1024);
  assert_int_equal (memory.available_bytes, 18432000ull * 1024);
  assert_int_equal (memory.used_bytes, 6144000ull * 1024);
  assert_int_equal (memory.cached_bytes, 2400000ull * 1024);
  assert_float_equal (memory.used_percent, 25, 1e-9);
}

static void
test_line_without_newline_is_read (void **state)
{
  (void)state;
  ProfSystemMemory memory;
  assert_int_equal (parse ("MemAvailable: 1 kB\nMemTotal: 4", &memory), 0);
  assert_int_equal (memory.total_bytes, 4096);
  assert_int_equal (memory.cached_bytes, 0);
  assert_float_equal (memory.used_percent, 75, 1e-9);
}

/* Containers' views of memory may contradict themselves. */
static void
test_odd_amounts_stay_in_bounds (void **state)
{
  (void)state;
  ProfSystemMemory memory;
  assert_int_equal (parse ("MemTotal: 100 kB\nMemAvailable: 200 kB\n", &memory), 0);
  assert_int_equal (memory.used_bytes, 0);
  assert_float_equal (memory.used_percent, 0, 0);
  assert_int_equal (parse ("MemTotal: 0 kB\nMemAvailable: 0 kB\n", &memory), 0);
  assert_float_equal (memory.used_percent, 0, 0);
}

static void
test_other_texts_are_refused (void **state)
{
  (void)state;
  const char *bad[] = { "",
                        "MemTotal: 100 kB\n",
                        "MemAvailable: 100 kB\n",
                        "MemTotal: kB\nMemAvailable: 1 kB\n",
                        "MemTotal:\nMemAvailable: 1 kB\n",
                        "MemTotal: -1 kB\nMemAvailable: 1 kB\n",
                        "MemTotal: 18446744073709551616 kB\nMemAvailable: 1 kB\n",
                        "MemTotal: 18446744073709551615 kB\nMemAvailable: 1 kB\n",
                        ("MemTotal: 1 kB\nMemAvailable: 1 kB\nCached: 17000000000000000 kB\n"
                         "Buffers: 17000000000000000 kB\n"),
                        " MemTotal: 1 kB\n MemAvailable: 1 kB\n" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ProfSystemMemory memory = { .total_bytes = 77 };
    assert_int_equal (parse (bad[i], &memory), -EBADMSG);
    assert_int_equal (memory.total_bytes, 77);
  }
}

static void
test_this_machine (void **state)
{
  (void)state;
  ProfSystemMemory memory = PROF_SYSTEM_MEMORY_INIT;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_get_system_memory (&memory, NULL), 0);
  assert_true (memory.total_bytes > 16 << 20);
  assert_int_equal (memory.used_bytes, memory.total_bytes - memory.available_bytes);
  assert_true (memory.used_percent > 0 && memory.used_percent <= 100);
  assert_int_equal (prof_get_system_memory (NULL, &error), -EINVAL);
  assert_non_null (strstr (error.message, "ret is not set by PROF_SYSTEM_MEMORY_INIT"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_text_of_a_kernel),
    cmocka_unit_test (test_line_without_newline_is_read),
    cmocka_unit_test (test_odd_amounts_stay_in_bounds),
    cmocka_unit_test (test_other_texts_are_refused),
    cmocka_unit_test (test_this_machine),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
