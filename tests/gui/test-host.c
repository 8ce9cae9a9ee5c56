/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/host-command.h"
#include "model/host-prof.h"
#include "model/json.h"
#include "model/process.h"
#include "model/prof-program.h"

static const char *const argv[] = { "prof", "record", "--output", "a file", NULL };

static void
without_a_sandbox_a_command_stays_as_it_is (void **state)
{
  g_setenv ("PYROGRAPH_SANDBOX_INFO", "/nonexistent", TRUE);
  g_auto (GStrv) words = pyro_host_command_wrap (argv);
  assert_false (pyro_host_command_is_needed ());
  assert_true (g_strv_equal ((const char *const *)words, argv));
}

static void
in_a_sandbox_it_runs_outside (void **state)
{
  g_setenv ("PYROGRAPH_SANDBOX_INFO", "/proc/self/stat", TRUE);
  g_unsetenv ("PYROGRAPH_PROF");
  g_auto (GStrv) words = pyro_host_command_wrap (argv);
  g_autofree char *program = pyro_prof_program_find ();
  g_autofree char *directory = g_strconcat ("--directory=", g_get_home_dir (), NULL);
  const char *const expected[]
      = { "flatpak-spawn", "--host", directory, "prof", "record", "--output", "a file", NULL };
  assert_true (pyro_host_command_is_needed ());
  assert_true (g_strv_equal ((const char *const *)words, expected));
  assert_string_equal (program, "prof"); /* not the one beside the app */
}

static void
the_first_two_numbers_of_the_version_count (void **state)
{
  g_auto (GStrv) numbers = g_strsplit (PROF_VERSION, ".", 3);
  g_autofree char *same = g_strdup_printf ("prof %s\n", PROF_VERSION);
  g_autofree char *later = g_strdup_printf ("prof %s.%s.99\n", numbers[0], numbers[1]);
  g_autofree char *other = g_strdup_printf ("prof %s.%s7.0\n", numbers[0], numbers[1]);
  assert_true (pyro_host_prof_accepts (same, NULL));
  assert_true (pyro_host_prof_accepts (later, NULL));
  g_autoptr (GError) error = NULL;
  assert_false (pyro_host_prof_accepts (other, &error));
  assert_int_equal (error->code, G_IO_ERROR_NOT_SUPPORTED);
  assert_non_null (strstr (error->message, "7.0;"));
  assert_non_null (strstr (error->message, PROF_VERSION));
}

static void
what_is_no_prof_is_not_there (void **state)
{
  static const char *const texts[] = { "", "\n", "prof", "prof ", "proof 0.1.0", "prof x" };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_false (pyro_host_prof_accepts (texts[i], NULL));
}

static void
processes_are_read (void **state)
{
  g_autoptr (GVariant) answer
      = pyro_json_read ("{\"processes\": [{\"pid\": 7, \"parent_pid\": 1, \"user\": \"ann\", "
                        "\"name\": \"xz\", \"command_line\": \"xz -k file\", \"start_ns\": "
                        "2000000000, \"cpu_ns\": 3000000000, \"children_ns\": 1000000000, "
                        "\"rss_bytes\": 4096}, 12]}",
                        NULL);
  guint64 hz = (guint64)sysconf (_SC_CLK_TCK);
  g_autoptr (GPtrArray) samples = pyro_process_samples_read (answer);
  assert_int_equal (samples->len, 1);
  const PyroProcessSample *sample = samples->pdata[0];
  assert_int_equal (sample->pid, 7);
  assert_int_equal (sample->parent_pid, 1);
  assert_int_equal (sample->start_ticks, 2 * hz);
  assert_int_equal (sample->cpu_ticks, 3 * hz);
  assert_int_equal (sample->children_ticks, hz);
  assert_int_equal (sample->rss_bytes, 4096);
  assert_string_equal (sample->command_line, "xz -k file");
  g_autoptr (PyroProcess) process = pyro_process_new (sample);
  assert_true (pyro_process_matches (process, "ann"));
  g_autoptr (GPtrArray) none = pyro_process_samples_read (NULL);
  assert_int_equal (none->len, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (without_a_sandbox_a_command_stays_as_it_is),
    cmocka_unit_test (in_a_sandbox_it_runs_outside),
    cmocka_unit_test (the_first_two_numbers_of_the_version_count),
    cmocka_unit_test (what_is_no_prof_is_not_there),
    cmocka_unit_test (processes_are_read),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
