/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests.h"

/* Beyond any kernel's pid_max (2^22): /proc has no such process. */
enum { PARENT = 5000000, CHILD = 5000001, THREAD = 5000002 };

static int
setup (void **state)
{
  ProfProcessTable *table = malloc (sizeof *table);
  assert_non_null (table);
  assert_int_equal (prof_process_table_init (table), 0);
  *state = table;
  return 0;
}

static int
teardown (void **state)
{
  prof_process_table_finish (*state);
  free (*state);
  return 0;
}

static void
add_code (ProfProcessTable *table, uint32_t pid, uint64_t start, const char *path)
{
  ProfProcess *process;
  assert_int_equal (prof_process_table_get (table, pid, &process), 0);
  ProfCodeMap map = { .start = start, .end = start + 0x1000, .key = { .path = path, .inode = 1 } };
  assert_int_equal (prof_address_space_add (&process->space, &map), 0);
}

static size_t
count_maps (ProfProcessTable *table, uint32_t pid)
{
  ProfProcess *process;
  assert_int_equal (prof_process_table_get (table, pid, &process), 0);
  return process->space.maps.n;
}

static const char *
get_name (ProfProcessTable *table, uint32_t pid, uint32_t tid)
{
  uint32_t thread;
  assert_int_equal (prof_process_table_get_thread (table, pid, tid, &thread), 0);
  return prof_string_table_get (&table->names, table->threads.items[thread].name);
}

static void
test_a_fork_takes_maps_and_name_along (void **state)
{
  ProfProcessTable *table = *state;
  add_code (table, PARENT, 0x1000, "/a");
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "parent", false), 0);
  assert_int_equal (prof_process_table_fork (table, CHILD, CHILD, PARENT, PARENT), 0);
  assert_int_equal (count_maps (table, CHILD), 1);
  assert_string_equal (get_name (table, CHILD, CHILD), "parent");

  add_code (table, CHILD, 0x2000, "/b");
  assert_int_equal (count_maps (table, CHILD), 2);
  assert_int_equal (count_maps (table, PARENT), 1);
}

static void
test_a_thread_shares_its_process (void **state)
{
  ProfProcessTable *table = *state;
  add_code (table, PARENT, 0x1000, "/a");
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "main", false), 0);
  assert_int_equal (prof_process_table_fork (table, PARENT, THREAD, PARENT, PARENT), 0);
  assert_int_equal (prof_process_table_rename (table, PARENT, THREAD, "worker", false), 0);
  assert_string_equal (get_name (table, PARENT, THREAD), "worker");
  assert_string_equal (get_name (table, PARENT, PARENT), "main");
  assert_int_equal (table->n_processes, 1);
  assert_int_equal (table->n_threads, 2);
}

static void
test_exec_forgets_the_old_maps (void **state)
{
  ProfProcessTable *table = *state;
  add_code (table, PARENT, 0x1000, "/a");
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "new", true), 0);
  assert_int_equal (count_maps (table, PARENT), 0);
  assert_string_equal (get_name (table, PARENT, PARENT), "new");
}

static void
test_the_last_exit_frees_the_maps_and_the_pid_may_come_back (void **state)
{
  ProfProcessTable *table = *state;
  add_code (table, PARENT, 0x1000, "/a");
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "main", false), 0);
  assert_int_equal (prof_process_table_fork (table, PARENT, THREAD, PARENT, PARENT), 0);
  assert_int_equal (prof_process_table_exit (table, PARENT, PARENT), 0);
  assert_int_equal (count_maps (table, PARENT), 1);
  assert_int_equal (prof_process_table_exit (table, PARENT, THREAD), 0);
  assert_int_equal (count_maps (table, PARENT), 0);

  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "other", true), 0);
  assert_string_equal (get_name (table, PARENT, PARENT), "other");
}

static bool
is_alive (ProfProcessTable *table, pid_t pid)
{
  pid_t pids[8];
  size_t n = prof_process_table_list_alive (table, pids, 8);
  for (size_t i = 0; i < n; i++)
    if (pids[i] == pid)
      return true;
  return false;
}

/* The thread that calls execve takes the leader's tid, and its own vanishes without an exit. */
static void
test_a_process_ends_after_an_exec_by_another_thread (void **state)
{
  ProfProcessTable *table = *state;
  add_code (table, PARENT, 0x1000, "/a");
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "main", false), 0);
  assert_int_equal (prof_process_table_fork (table, PARENT, THREAD, PARENT, PARENT), 0);
  assert_int_equal (prof_process_table_exit (table, PARENT, PARENT), 0);
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "new", true), 0);
  assert_true (is_alive (table, PARENT));
  assert_int_equal (prof_process_table_exit (table, PARENT, PARENT), 0);
  assert_false (is_alive (table, PARENT));
}

static void
test_a_pid_that_comes_back_is_in_no_exec (void **state)
{
  ProfProcessTable *table = *state;
  ProfProcess *process;
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "main", false), 0);
  assert_int_equal (prof_process_table_rename (table, CHILD, CHILD, "killed", true), 0);
  assert_int_equal (prof_process_table_exit (table, CHILD, CHILD), 0);
  assert_int_equal (prof_process_table_fork (table, CHILD, CHILD, PARENT, PARENT), 0);
  assert_int_equal (prof_process_table_get (table, CHILD, &process), 0);
  assert_false (process->is_in_exec);

  /* The exit was lost. */
  assert_int_equal (prof_process_table_rename (table, CHILD, CHILD, "killed", true), 0);
  assert_int_equal (prof_process_table_fork (table, CHILD, CHILD, PARENT, PARENT), 0);
  assert_false (process->is_in_exec);
}

static void
test_an_exit_counts_for_the_process_of_the_thread (void **state)
{
  ProfProcessTable *table = *state;
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "main", false), 0);
  assert_int_equal (prof_process_table_rename (table, CHILD, THREAD, "other", false), 0);
  assert_int_equal (prof_process_table_exit (table, PARENT, THREAD), 0);
  assert_true (is_alive (table, PARENT));
}

static void
test_only_threads_that_are_asked_for_have_rows (void **state)
{
  ProfProcessTable *table = *state;
  uint32_t thread;
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "sh", false), 0);
  for (uint32_t i = 1; i <= 1000; i++) {
    assert_int_equal (prof_process_table_fork (table, PARENT + i, PARENT + i, PARENT, PARENT), 0);
    assert_int_equal (prof_process_table_rename (table, PARENT + i, PARENT + i, "ls", true), 0);
    assert_int_equal (prof_process_table_exit (table, PARENT + i, PARENT + i), 0);
  }
  assert_int_equal (table->n_threads, 1001);
  assert_int_equal (table->threads.n, 0);
  assert_int_equal (prof_process_table_get_thread (table, PARENT, PARENT, &thread), 0);
  assert_int_equal (thread, 0);
  assert_int_equal (table->threads.n, 1);
}

static void
test_rows_of_threads_are_bounded (void **state)
{
  ProfProcessTable *table = *state;
  uint32_t thread;
  table->max_threads = 2;
  for (uint32_t i = 0; i < 3; i++)
    assert_int_equal (prof_process_table_get_thread (table, PARENT + i, PARENT + i, &thread), 0);
  assert_int_equal (thread, PROF_NO_THREAD);
  assert_int_equal (prof_process_table_get_thread (table, PARENT, PARENT, &thread), 0);
  assert_int_equal (thread, 0);
}

static void
test_the_idle_task_has_its_name (void **state)
{
  assert_string_equal (get_name (*state, 0, 0), "swapper");
}

static void
test_a_rename_keeps_the_old_row_for_old_samples (void **state)
{
  ProfProcessTable *table = *state;
  uint32_t before, after, again;
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "one", false), 0);
  assert_int_equal (prof_process_table_get_thread (table, PARENT, PARENT, &before), 0);
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "two", false), 0);
  assert_int_equal (prof_process_table_get_thread (table, PARENT, PARENT, &after), 0);
  assert_int_not_equal (before, after);
  assert_string_equal (prof_string_table_get (&table->names, table->threads.items[before].name),
                       "one");
  assert_int_equal (prof_process_table_rename (table, PARENT, PARENT, "one", false), 0);
  assert_int_equal (prof_process_table_get_thread (table, PARENT, PARENT, &again), 0);
  assert_int_equal (before, again);
}

static void
test_what_was_there_before_is_read_from_proc (void **state)
{
  ProfProcessTable *table = *state;
  uint32_t pid = (uint32_t)getpid ();
  assert_true (count_maps (table, pid) > 1);
  assert_string_equal (get_name (table, pid, pid), "test-process-ta"); /* 15 characters */
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST (test_a_fork_takes_maps_and_name_along),
    TEST (test_a_thread_shares_its_process),
    TEST (test_exec_forgets_the_old_maps),
    TEST (test_the_last_exit_frees_the_maps_and_the_pid_may_come_back),
    TEST (test_a_process_ends_after_an_exec_by_another_thread),
    TEST (test_a_pid_that_comes_back_is_in_no_exec),
    TEST (test_an_exit_counts_for_the_process_of_the_thread),
    TEST (test_only_threads_that_are_asked_for_have_rows),
    TEST (test_rows_of_threads_are_bounded),
    TEST (test_the_idle_task_has_its_name),
    TEST (test_a_rename_keeps_the_old_row_for_old_samples),
    TEST (test_what_was_there_before_is_read_from_proc),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
