/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/cpu-config.h"

#include <errno.h>
#include <string.h>

#include "tests.h"

static void
test_a_copy_owns_what_it_points_to (void **state)
{
  (void)state;
  char word[] = "true", event[] = "cpu-clock";
  const char *command[] = { word, NULL }, *events[] = { event, NULL };
  pid_t pid = 42;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_COMMAND;
  config.command = command;
  config.events = events;
  config.pids = &pid;
  config.n_pids = 1;
  ProfCpuConfigCopy copy;
  assert_int_equal (prof_cpu_config_copy (&config, &copy, NULL), 0);
  word[0] = event[0] = 'X';
  pid = 43;
  assert_string_equal (copy.values.command[0], "true");
  assert_string_equal (copy.values.events[0], "cpu-clock");
  assert_null (copy.values.command[1]);
  assert_int_equal (copy.values.pids[0], 42);
  assert_null (copy.values.environment);
  prof_cpu_config_finish (&copy);
}

static void
test_a_program_of_an_older_version_gets_defaults_for_newer_fields (void **state)
{
  (void)state;
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.size = offsetof (ProfCpuConfig, max_stack_depth);
  config.sampling_rate = 250;
  config.max_stack_depth = 0; /* beyond its size: not read */
  ProfCpuConfigCopy copy;
  assert_int_equal (prof_cpu_config_copy (&config, &copy, NULL), 0);
  assert_int_equal (copy.values.sampling_rate, 250);
  assert_int_equal (copy.values.max_stack_depth, 64);
  prof_cpu_config_finish (&copy);
}

static void
expect_fault (const ProfCpuConfig *config, const char *field)
{
  ProfCpuConfigCopy copy;
  ProfError error = PROF_ERROR_INIT;
  assert_int_equal (prof_cpu_config_copy (config, &copy, &error), -EINVAL);
  if (strstr (error.message, field) == NULL)
    fail_msg ("'%s' does not name %s", error.message, field);
}

#define EXPECT_FAULT(field, value)                                                                 \
  do {                                                                                             \
    ProfCpuConfig config = PROF_CPU_CONFIG_INIT;                                                   \
    config.field = value;                                                                          \
    expect_fault (&config, #field);                                                                \
  } while (0)

static void
test_the_field_at_fault_is_named (void **state)
{
  (void)state;
  static const char *const none[] = { NULL };
  EXPECT_FAULT (size, 3);
  EXPECT_FAULT (size, sizeof (ProfCpuConfig) + 8);
  EXPECT_FAULT (target, (ProfTarget)17);
  EXPECT_FAULT (n_pids, 1); /* pids is NULL */
  EXPECT_FAULT (events, none);
  EXPECT_FAULT (sampling_rate, 0);
  EXPECT_FAULT (sampling_rate, 2000000);
  EXPECT_FAULT (max_stack_depth, 0);
  EXPECT_FAULT (max_stack_depth, 100000);
  EXPECT_FAULT (max_samples, 0);
  EXPECT_FAULT (unwind_mode, (ProfUnwindMode)9);
  EXPECT_FAULT (helper, (ProfHelperUse)3);
  EXPECT_FAULT (attach, (ProfAttach)17);
  EXPECT_FAULT (attach, PROF_ATTACH_CPU); /* of this process */
  EXPECT_FAULT (stack_bytes, 65536);
  EXPECT_FAULT (stack_bytes, 1001);
}

static void
test_a_pid_counts_once (void **state)
{
  (void)state;
  const pid_t pids[] = { 42, 7, 42, 42, 8, 7 };
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_PIDS;
  config.pids = pids;
  config.n_pids = 6;
  ProfCpuConfigCopy copy;
  assert_int_equal (prof_cpu_config_copy (&config, &copy, NULL), 0);
  assert_int_equal (copy.values.n_pids, 3);
  assert_memory_equal (copy.values.pids, ((const pid_t[]){ 42, 7, 8 }), 3 * sizeof (pid_t));
  prof_cpu_config_finish (&copy);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_a_copy_owns_what_it_points_to),
    cmocka_unit_test (test_a_program_of_an_older_version_gets_defaults_for_newer_fields),
    cmocka_unit_test (test_a_pid_counts_once),
    cmocka_unit_test (test_the_field_at_fault_is_named),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
