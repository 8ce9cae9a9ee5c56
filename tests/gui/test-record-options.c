/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/record-options.h"
#include "model/recordings.h"

static void
set (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* The words with a bar between. */
static void
assert_argv (const PyroRecordOptions *options, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = pyro_record_options_to_argv (options, "prof", "/o.pb.gz", &error);
  assert_non_null (argv);
  g_autofree char *words = g_strjoinv ("|", argv);
  assert_string_equal (words, expected);
}

static void
assert_refused (const PyroRecordOptions *options, const char *expected)
{
  g_autoptr (GError) error = NULL;
  assert_null (pyro_record_options_to_argv (options, "prof", "/o.pb.gz", &error));
  assert_string_equal (error->message, expected);
}

static void
a_command_is_split_as_by_a_shell (void **state)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  set (&options->command, "/usr/bin/my\\ prog 'a b' --x=\"1 2\"");
  assert_argv (options, "prof|record|--control|--output|/o.pb.gz|--|/usr/bin/my prog|a b|--x=1 2");
  g_autofree char *title = pyro_record_options_get_title (options);
  assert_string_equal (title, "my prog");
}

static void
everything_that_is_chosen_is_handed_over (void **state)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  options->measure = PYRO_MEASURE_BOTH;
  options->frequency = 99;
  options->duration_s = 5;
  set (&options->command, "xz");
  set (&options->folder, "/srv");
  set (&options->environment, "A=1 'B=x y' C=");
  set (&options->event, "page-faults");
  set (&options->unwind, "fp");
  set (&options->sampling, "rate:10");
  assert_argv (options, "prof|record|--control|--output|/o.pb.gz|--heap|--cpu|--event|page-faults|"
                        "--frequency|99|--unwind|fp|--sampling|rate:10|--duration|5|--cwd|/srv|"
                        "--env|A=1|--env|B=x y|--env|C=|--|xz");
  options->measure = PYRO_MEASURE_HEAP;
  assert_argv (options, "prof|record|--control|--output|/o.pb.gz|--heap|--duration|5|--cwd|/srv|"
                        "--env|A=1|--env|B=x y|--env|C=|--|xz");
}

static void
the_heap_is_of_a_command_alone (void **state)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  options->measure = PYRO_MEASURE_HEAP;
  options->target = PYRO_TARGET_PROCESS;
  options->pid = 4711;
  set (&options->command, "xz");
  assert_argv (options, "prof|record|--control|--output|/o.pb.gz|--pid|4711");
  options->target = PYRO_TARGET_SYSTEM;
  assert_argv (options, "prof|record|--control|--output|/o.pb.gz|--all|--helper=refused");
}

static void
names_are_not_kept_if_so_wished (void **state)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  options->target = PYRO_TARGET_SYSTEM;
  options->is_uncached = TRUE;
  assert_argv (options,
               "prof|record|--control|--output|/o.pb.gz|--no-symbol-cache|--all|--helper=refused");
}

static void
mistakes_are_told (void **state)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  assert_refused (options, "Enter the command that is to be recorded.");
  set (&options->command, "   ");
  assert_refused (options, "Enter the command that is to be recorded.");
  set (&options->command, "xz 'a");
  assert_refused (options, "The command: a quotation mark or a backslash has nothing after it.");
  set (&options->command, "xz");
  set (&options->environment, "A=1 B");
  assert_refused (options, "The environment: “B” is no NAME=value.");
  set (&options->environment, "=1");
  assert_refused (options, "The environment: “=1” is no NAME=value.");
  options->target = PYRO_TARGET_PROCESS;
  assert_refused (options, "Choose the process that is to be recorded.");
}

static void
the_last_ones_are_kept (void **state)
{
  assert_false (pyro_record_options_exist ());
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  options->target = PYRO_TARGET_SYSTEM;
  options->measure = PYRO_MEASURE_BOTH;
  options->frequency = 99;
  options->duration_s = 7;
  set (&options->command, "  a 'b;c' \\\n#d");
  set (&options->sampling, "rate:10");
  pyro_record_options_save (options);
  assert_true (pyro_record_options_exist ());
  g_autoptr (PyroRecordOptions) again = pyro_record_options_load ();
  assert_int_equal (again->target, PYRO_TARGET_SYSTEM);
  assert_int_equal (again->measure, PYRO_MEASURE_BOTH);
  assert_int_equal (again->frequency, 99);
  assert_int_equal (again->duration_s, 7);
  assert_string_equal (again->command, options->command);
  assert_string_equal (again->sampling, "rate:10");
  assert_string_equal (again->event, "");
}

static void
numbers_out_of_range_are_defaults (void **state)
{
  g_autofree char *path
      = g_build_filename (g_get_user_config_dir (), "pyrograph", "recording.ini", NULL);
  assert_true (
      g_file_set_contents (path,
                           "[record]\ntarget=9\nmeasure=-1\nfrequency=99999999999\nduration=x\n",
                           -1, NULL));
  g_autoptr (PyroRecordOptions) options = pyro_record_options_load ();
  assert_int_equal (options->target, PYRO_TARGET_COMMAND);
  assert_int_equal (options->measure, PYRO_MEASURE_CPU);
  assert_int_equal (options->frequency, 0);
  assert_int_equal (options->duration_s, 0);
}

static void
recordings_are_named_after_what_and_when (void **state)
{
  g_autoptr (GDateTime) when = g_date_time_new_utc (2026, 11, 23, 6, 5, 4);
  g_autofree char *name = pyro_recordings_make_name ("a/b\nc", when, 1);
  assert_string_equal (name, "a-b-c 2026-11-23 06.05.04.pb.gz");
  g_autofree char *second = pyro_recordings_make_name ("a", when, 2);
  assert_string_equal (second, "a 2026-11-23 06.05.04 (2).pb.gz");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_command_is_split_as_by_a_shell),
    cmocka_unit_test (everything_that_is_chosen_is_handed_over),
    cmocka_unit_test (the_heap_is_of_a_command_alone),
    cmocka_unit_test (names_are_not_kept_if_so_wished),
    cmocka_unit_test (mistakes_are_told),
    cmocka_unit_test (the_last_ones_are_kept),
    cmocka_unit_test (numbers_out_of_range_are_defaults),
    cmocka_unit_test (recordings_are_named_after_what_and_when),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
