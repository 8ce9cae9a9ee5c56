/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/remedy.h"

static void
assert_command (const char *remedy, const char *expected)
{
  g_auto (GStrv) words = pyro_remedy_parse (remedy, "/opt/my tools/prof");
  assert_non_null (words);
  g_autofree char *joined = g_strjoinv ("|", words);
  assert_string_equal (joined, expected);
}

static void
a_command_for_root_is_taken (void **state)
{
  assert_command ("sudo mount -t tracefs tracefs /sys/kernel/tracing",
                  "mount|-t|tracefs|tracefs|/sys/kernel/tracing");
}

static void
the_first_of_several_is_taken (void **state)
{
  assert_command ("sudo sysctl kernel.perf_event_paranoid=1, or sudo setcap x $(command -v prof)",
                  "sysctl|kernel.perf_event_paranoid=1");
}

static void
prof_is_named (void **state)
{
  assert_command ("sudo setcap cap_perfmon,cap_syslog+ep $(command -v prof)",
                  "setcap|cap_perfmon,cap_syslog+ep|/opt/my tools/prof");
}

static void
the_rest_is_for_the_user (void **state)
{
  static const char *const remedies[]
      = { "",           "ulimit -n 4096",  "on the host: sudo sysctl a=1",
          "sudo ",      "sudoers",         "sudo a; b",
          "sudo a | b", "sudo a $(id -g)", "sudo a > b" };
  for (size_t i = 0; i < G_N_ELEMENTS (remedies); i++)
    assert_null (pyro_remedy_parse (remedies[i], "prof"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_command_for_root_is_taken),
    cmocka_unit_test (the_first_of_several_is_taken),
    cmocka_unit_test (prof_is_named),
    cmocka_unit_test (the_rest_is_for_the_user),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
