/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-perfmap.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

static ProfPerfMap
parse (const char *text)
{
  ProfPerfMap map = { 0 };
  assert_int_equal (prof_perf_map_parse (&map, strdup (text), strlen (text)), 0);
  return map;
}

static void
assert_name (const ProfPerfMap *map, uint64_t address, const char *expected)
{
  const char *name = prof_perf_map_find (map, address);
  if (expected == NULL) {
    assert_null (name);
    return;
  }
  assert_non_null (name);
  assert_string_equal (name, expected);
}

static void
test_names_may_hold_spaces_and_prefixes_are_read (void **state)
{
  (void)state;
  ProfPerfMap map = parse ("7f0000001000 20 LazyCompile:~fibonacci /app/index.js:3\n"
                           "0x7f0000002000 0x10 py::main:/app/main.py");
  assert_name (&map, 0x7f0000000fff, NULL);
  assert_name (&map, 0x7f000000101f, "LazyCompile:~fibonacci /app/index.js:3");
  assert_name (&map, 0x7f0000001020, NULL);
  assert_name (&map, 0x7f000000200f, "py::main:/app/main.py");
  prof_perf_map_finish (&map);
}

static void
test_later_entries_win (void **state)
{
  (void)state;
  ProfPerfMap map = parse ("1000 100 old\n1080 40 reused\n2000 10 a\n2000 10 b\n");
  assert_name (&map, 0x107f, "old");
  assert_name (&map, 0x1080, "reused");
  assert_name (&map, 0x10c0, "old");
  assert_name (&map, 0x2000, "b");
  prof_perf_map_finish (&map);
}

static void
test_other_lines_are_skipped (void **state)
{
  (void)state;
  ProfPerfMap map = parse ("\n1000\n1000 \n1000 10\n1000 10 \nxyz 10 name\n1000 xyz name\n"
                           "ffffffffffffffff 10 wraps\n3000 0 empty\n4000 1 good\n");
  assert_int_equal (map.map.ranges.n, 1);
  assert_name (&map, 0x4000, "good");
  prof_perf_map_finish (&map);
}

static void
write_map (pid_t pid, char path[64])
{
  snprintf (path, 64, "/tmp/perf-%d.map", (int)pid);
  FILE *file = fopen (path, "w");
  assert_non_null (file);
  fputs ("5000 10 jitted\n", file);
  fclose (file);
}

static void
test_reads_the_map_of_a_process (void **state)
{
  (void)state;
  char path[64];
  write_map (getpid (), path);
  ProfPerfMap map = { 0 };
  int r = prof_perf_map_read (&map, getpid ());
  unlink (path);
  assert_int_equal (r, 0);
  assert_name (&map, 0x5008, "jitted");
  prof_perf_map_finish (&map);
  assert_int_equal (prof_perf_map_read (&map, getpid ()), -ENOENT);
}

static void
test_reads_the_map_of_a_process_that_has_ended (void **state)
{
  (void)state;
  pid_t pid = fork ();
  if (pid == 0)
    _exit (0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  char path[64];
  write_map (pid, path);
  ProfPerfMap map = { 0 };
  int r = prof_perf_map_read (&map, pid);
  unlink (path);
  assert_int_equal (r, 0);
  assert_name (&map, 0x5000, "jitted");
  prof_perf_map_finish (&map);
}

static void
test_a_map_of_another_user_is_refused (void **state)
{
  (void)state;
  if (geteuid () != 0) {
    print_message ("only root can give a file to another user\n");
    skip ();
  }
  char path[64];
  write_map (getpid (), path);
  assert_int_equal (chown (path, 65534, 65534), 0);
  ProfPerfMap map = { 0 };
  int r = prof_perf_map_read (&map, getpid ());
  unlink (path);
  assert_int_equal (r, -EPERM);
}

static void
test_a_fifo_is_refused_without_waiting (void **state)
{
  (void)state;
  char path[64];
  snprintf (path, sizeof path, "/tmp/perf-%d.map", (int)getpid ());
  assert_int_equal (mkfifo (path, 0600), 0);
  ProfPerfMap map = { 0 };
  int r = prof_perf_map_read (&map, getpid ());
  unlink (path);
  assert_int_equal (r, -ENXIO);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_names_may_hold_spaces_and_prefixes_are_read),
    cmocka_unit_test (test_later_entries_win),
    cmocka_unit_test (test_other_lines_are_skipped),
    cmocka_unit_test (test_reads_the_map_of_a_process),
    cmocka_unit_test (test_reads_the_map_of_a_process_that_has_ended),
    cmocka_unit_test (test_a_map_of_another_user_is_refused),
    cmocka_unit_test (test_a_fifo_is_refused_without_waiting),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
