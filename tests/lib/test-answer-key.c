/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/answer-key.h"

#include <errno.h>
#include <sys/stat.h>

#include "symbol-program.h"

static char *
get_key (const ProfModule *module, int debug_fd, bool wants_lines)
{
  char *key;
  assert_int_equal (prof_answer_key_of_files (module, debug_fd, -1, wants_lines, &key), 0);
  return key;
}

static void
assert_other_key (const char *first, char *second)
{
  char names[2][PROF_ANSWER_KEY_NAME_BYTES];
  assert_string_not_equal (first, second);
  prof_answer_key_get_name (first, names[0]);
  prof_answer_key_get_name (second, names[1]);
  assert_int_equal (strlen (names[0]), PROF_ANSWER_KEY_NAME_BYTES - 1);
  assert_string_not_equal (names[0], names[1]);
  free (second);
}

static void
test_all_that_the_answers_depend_on (void **state)
{
  (void)state;
  ProfModule *module = open_program ("inlined");
  ProfModule *other = open_program ("inlined-stripped");
  char *key = get_key (module, -1, true), *again = get_key (module, -1, true);
  assert_string_equal (key, again);
  free (again);
  assert_other_key (key, get_key (other, -1, true));
  assert_other_key (key, get_key (module, -1, false));
  assert_other_key (key, get_key (module, other->fd, true));
  free (key);
  prof_module_unref (module);
  prof_module_unref (other);
}

/* Its time of change alone differs. */
static void
test_a_forged_copy (void **state)
{
  (void)state;
  char path[] = "/tmp/test-answer-key-XXXXXX", bytes[65536];
  ProfModule *module = open_program ("inlined");
  int fd = mkstemp (path);
  ssize_t n;
  for (off_t at = 0; (n = pread (module->fd, bytes, sizeof bytes, at)) > 0; at += n)
    assert_int_equal (pwrite (fd, bytes, (size_t)n, at), n);
  struct stat status;
  assert_int_equal (fstat (module->fd, &status), 0);
  assert_int_equal (futimens (fd, (struct timespec[]){ status.st_atim, status.st_mtim }), 0);
  char *key = get_key (module, -1, true);
  int original = module->fd;
  module->fd = fd;
  assert_other_key (key, get_key (module, -1, true));
  module->fd = original;
  free (key);
  close (fd);
  unlink (path);
  prof_module_unref (module);
}

static void
test_no_build_id (void **state)
{
  (void)state;
  char *key = NULL;
  ProfModule *module = open_program ("inlined");
  free (module->build_id);
  module->build_id = NULL;
  assert_int_equal (prof_answer_key_of_files (module, -1, -1, true, &key), -ENOENT);
  assert_null (key);
  prof_module_unref (module);
}

static void
test_modules_of_the_kernel (void **state)
{
  (void)state;
  uint64_t hash = prof_answer_key_hash_modules ("xfs 1900544 2 - Live 0xffffffffc0a00000\n"
                                                "nf_tables 300 0 - Live 0xffffffffc0b00000\n");
  assert_true (hash
               == prof_answer_key_hash_modules ("xfs 1900544 3 dm, Live 0xffffffffc0a00000\n"
                                                "nf_tables 300 1 - Live 0xffffffffc0b00000\n"));
  assert_true (hash
               != prof_answer_key_hash_modules ("xfs 1900544 2 - Live 0xffffffffc0a01000\n"
                                                "nf_tables 300 0 - Live 0xffffffffc0b00000\n"));
  assert_true (hash != prof_answer_key_hash_modules ("xfs 1900544 2 - Live 0xffffffffc0a00000\n"));
  prof_answer_key_hash_modules ("");
  prof_answer_key_hash_modules ("one");
  prof_answer_key_hash_modules ("\n\n x y\n");
}

static void
test_the_running_kernel (void **state)
{
  (void)state;
  char *key, *again;
  assert_int_equal (prof_answer_key_of_kernel (&key), 0);
  assert_int_equal (prof_answer_key_of_kernel (&again), 0);
  assert_int_equal (strncmp (key, "kernel ", 7), 0);
  assert_string_equal (key, again);
  free (key);
  free (again);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_all_that_the_answers_depend_on),
    cmocka_unit_test (test_a_forged_copy),
    cmocka_unit_test (test_no_build_id),
    cmocka_unit_test (test_modules_of_the_kernel),
    cmocka_unit_test (test_the_running_kernel),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
