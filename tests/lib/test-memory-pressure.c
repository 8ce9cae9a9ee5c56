/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/memory-pressure.h"

#include <errno.h>
#include <string.h>

#include "tests.h"

static const char text_of_a_kernel[] = "some avg10=12.34 avg60=5.06 avg300=0.70 total=123456789\n"
                                       "full avg10=1.00 avg60=0.50 avg300=0.00 total=987654\n";

static void
test_text_of_a_kernel (void **state)
{
  (void)state;
  ProfMemoryPressure pressure;
  assert_int_equal (prof_memory_pressure_parse (text_of_a_kernel, &pressure), 0);
  assert_float_equal (pressure.some_avg10, 12.34, 1e-9);
  assert_float_equal (pressure.some_avg60, 5.06, 1e-9);
  assert_float_equal (pressure.some_avg300, 0.7, 1e-9);
  assert_int_equal (pressure.some_total_us, 123456789);
  assert_float_equal (pressure.full_avg10, 1, 1e-9);
  assert_float_equal (pressure.full_avg60, 0.5, 1e-9);
  assert_int_equal (pressure.full_total_us, 987654);
}

static void
test_line_full_may_be_absent (void **state)
{
  (void)state;
  ProfMemoryPressure pressure;
  const char *text = "some avg10=0.00 avg60=0.00 avg300=0.01 total=5\n";
  assert_int_equal (prof_memory_pressure_parse (text, &pressure), 0);
  assert_float_equal (pressure.some_avg300, 0.01, 1e-9);
  assert_int_equal (pressure.full_total_us, 0);
}

static void
test_other_text_is_refused (void **state)
{
  (void)state;
  ProfMemoryPressure pressure;
  assert_int_equal (prof_memory_pressure_parse ("", &pressure), -EBADMSG);
  assert_int_equal (prof_memory_pressure_parse ("some avg10=0.00 avg60=0.00\n", &pressure),
                    -EBADMSG);
  assert_int_equal (prof_memory_pressure_parse ("some avg10=0.00 avg60=0.00 avg300=0.01 total=5\n"
                                                "full of it\n",
                                                &pressure),
                    -EBADMSG);
}

/* The kernel measures it, or the sentence says what it lacks. */
static void
test_this_machine (void **state)
{
  (void)state;
  ProfMemoryPressure pressure = PROF_MEMORY_PRESSURE_INIT;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_get_memory_pressure (NULL, &error), -EINVAL);
  int r = prof_get_memory_pressure (&pressure, &error);
  if (r < 0) {
    assert_int_equal (r, -EOPNOTSUPP);
    assert_non_null (strstr (error.message, "psi=1"));
    return;
  }
  assert_true (pressure.some_avg10 >= 0 && pressure.some_avg10 <= 100);
  assert_true (pressure.full_total_us <= pressure.some_total_us);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_text_of_a_kernel),
    cmocka_unit_test (test_line_full_may_be_absent),
    cmocka_unit_test (test_other_text_is_refused),
    cmocka_unit_test (test_this_machine),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
