/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "spool.h"
#include "tests.h"

static char directory[] = "/tmp/test-spool-XXXXXX";
static char path[64];

static void
write_file (const char *name, size_t n_bytes)
{
  char file_path[128];
  snprintf (file_path, sizeof file_path, "%s/%s", path, name);
  FILE *file = fopen (file_path, "we");
  assert_non_null (file);
  for (size_t i = 0; i < n_bytes; i++)
    fputc ('x', file);
  assert_int_equal (fclose (file), 0);
}

static bool
has_file (const char *name)
{
  char file_path[128];
  snprintf (file_path, sizeof file_path, "%s/%s", path, name);
  return access (file_path, F_OK) == 0;
}

static void
add (Spool *spool, size_t n_bytes)
{
  uint64_t number = spool_number (spool);
  char *file_path = spool_get_path (spool, number);
  assert_non_null (file_path);
  write_file (strrchr (file_path, '/') + 1, n_bytes);
  free (file_path);
  assert_int_equal (spool_add (spool, number), 0);
}

static uint64_t
take_number (Spool *spool)
{
  const SpoolEntry *entry = spool_take (spool);
  assert_non_null (entry);
  return entry->number;
}

static int
begin (void **state)
{
  (void)state;
  strcpy (directory + sizeof directory - 7, "XXXXXX");
  if (mkdtemp (directory) == NULL)
    return -1;
  snprintf (path, sizeof path, "%s/spool", directory);
  return 0;
}

static int
end (void **state)
{
  (void)state;
  char command[128];
  snprintf (command, sizeof command, "rm -r %s", directory);
  return system (command);
}

static void
the_oldest_comes_first (void **state)
{
  (void)state;
  Spool spool;
  assert_int_equal (spool_open (&spool, path, 1000), STATUS_OK);
  assert_null (spool_take (&spool));
  for (size_t i = 0; i < 3; i++)
    add (&spool, 10);
  assert_int_equal (take_number (&spool), 0);
  spool_keep (&spool);
  assert_int_equal (take_number (&spool), 0);
  spool_remove (&spool);
  assert_int_equal (take_number (&spool), 1);
  spool_set_aside (&spool);
  assert_true (has_file ("00000000000000000001.damaged"));
  assert_int_equal (take_number (&spool), 2);
  spool_remove (&spool);
  assert_null (spool_take (&spool));
  assert_int_equal (spool.n_bytes, 0);
  spool_close (&spool);
}

static void
what_is_too_much_is_dropped (void **state)
{
  (void)state;
  Spool spool;
  assert_int_equal (spool_open (&spool, path, 100), STATUS_OK);
  add (&spool, 60);
  assert_int_equal (take_number (&spool), 0);
  add (&spool, 60);
  assert_int_equal (spool.n_dropped, 1); /* the one in use is not */
  add (&spool, 30);
  assert_int_equal (spool.n_bytes, 90);
  spool_keep (&spool);
  add (&spool, 30);
  assert_int_equal (spool.n_dropped, 2);
  assert_int_equal (take_number (&spool), 2);
  assert_int_equal (spool.n_bytes, 60);
  assert_true (!has_file ("00000000000000000000.pb.gz"));
  spool_keep (&spool);
  add (&spool, 101);
  assert_int_equal (spool.n, 0);
  assert_true (!spool_drop_oldest (&spool));
  spool_close (&spool);
}

static void
what_is_left_is_found (void **state)
{
  (void)state;
  Spool spool;
  assert_int_equal (spool_open (&spool, path, 100), STATUS_OK);
  spool_close (&spool);
  static const char *const names[] = {
    "00000000000000000012.pb.gz", "00000000000000000002.pb.gz",  "00000000000000000007.pb.gz",
    "0000000000000000001.pb.gz",  "000000000000000000001.pb.gz", "00000000000000000001.pb.gz~",
    "18446744073709551615.pb.gz", "99999999999999999999.pb.gz",  "notes",
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    write_file (names[i], 40);
  assert_int_equal (spool_open (&spool, path, 100), STATUS_OK);
  assert_int_equal (spool.n, 2);
  assert_int_equal (spool.n_dropped, 1);
  assert_int_equal (take_number (&spool), 7);
  assert_int_equal (spool.next_number, 13);
  for (size_t i = 3; i < sizeof names / sizeof *names; i++)
    assert_true (has_file (names[i]));
  Spool second;
  assert_int_equal (spool_open (&second, path, 100), STATUS_FAILURE);
  spool_close (&second);
  spool_close (&spool);
}

static void
one_that_always_fails_is_overtaken (void **state)
{
  (void)state;
  Spool spool;
  assert_int_equal (spool_open (&spool, path, 1000), STATUS_OK);
  for (size_t i = 0; i < 5; i++)
    add (&spool, 10);
  static const uint64_t expected[] = { 0, 0, 0, 4, 0, 3, 0, 2, 0 };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    assert_int_equal (take_number (&spool), expected[i]);
    if (expected[i] > 0)
      spool_succeed (&spool);
    else
      assert_int_equal (spool_fail (&spool), i == sizeof expected / sizeof *expected - 1);
  }
  assert_true (!has_file ("00000000000000000000.pb.gz"));
  assert_int_equal (take_number (&spool), 1);
  assert_int_equal (spool.n, 1);
  assert_int_equal (spool.n_bytes, 10);
  spool_close (&spool);
}

static void
nothing_is_dropped_while_all_fail (void **state)
{
  (void)state;
  Spool spool;
  assert_int_equal (spool_open (&spool, path, 1000), STATUS_OK);
  for (size_t i = 0; i < 3; i++)
    add (&spool, 10);
  for (size_t i = 0; i < 100; i++) {
    take_number (&spool);
    assert_true (!spool_fail (&spool));
  }
  assert_int_equal (spool.n, 3);
  /* It is away in between: that is nobody's fault. */
  for (size_t i = 0; i < 10; i++) {
    take_number (&spool);
    spool_keep (&spool);
  }
  while (spool.n > 0) {
    take_number (&spool);
    spool_succeed (&spool);
  }
  assert_int_equal (spool.n_dropped, 0);
  spool_close (&spool);
}

static void
a_name_that_is_taken_is_not_given (void **state)
{
  (void)state;
  Spool spool;
  assert_int_equal (spool_open (&spool, path, 100), STATUS_OK);
  spool_close (&spool);
  char name[128];
  snprintf (name, sizeof name, "%s/00000000000000000005.pb.gz", path);
  assert_int_equal (mkdir (name, 0700), 0);
  assert_int_equal (spool_open (&spool, path, 100), STATUS_OK);
  assert_int_equal (spool.n, 0);
  assert_int_equal (spool_number (&spool), 6);
  snprintf (name, sizeof name, "%s/00000000000000000007.pb.gz", path);
  assert_int_equal (mkdir (name, 0700), 0);
  uint64_t number = spool_number (&spool);
  assert_int_equal (number, 7);
  assert_int_equal (spool_add (&spool, number), -EINVAL);
  assert_int_equal (spool_number (&spool), 8);
  spool_close (&spool);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (the_oldest_comes_first, begin, end),
    cmocka_unit_test_setup_teardown (what_is_too_much_is_dropped, begin, end),
    cmocka_unit_test_setup_teardown (what_is_left_is_found, begin, end),
    cmocka_unit_test_setup_teardown (one_that_always_fails_is_overtaken, begin, end),
    cmocka_unit_test_setup_teardown (nothing_is_dropped_while_all_fail, begin, end),
    cmocka_unit_test_setup_teardown (a_name_that_is_taken_is_not_given, begin, end),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
