/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-filter.h"

#include "tests.h"

/* 100 is wanted and was there before; 1 and 7 are others. */
enum { SHELL = 1, OTHER = 7, TARGET = 100, TARGET_THREAD = 101, CHILD = 200, GRANDCHILD = 201 };

static uint64_t birth_ns;

static uint64_t
get_birth_ns (uint32_t pid)
{
  (void)pid;
  return birth_ns;
}

static int
set_up (void **state)
{
  static ProfProcessFilter filter;
  filter = (ProfProcessFilter){ .is_on = true, .get_birth_ns = get_birth_ns };
  assert_int_equal (prof_process_filter_add (&filter, TARGET, false, 1000), 0);
  *state = &filter;
  return 0;
}

static int
tear_down (void **state)
{
  prof_process_filter_finish (*state);
  return 0;
}

static int
take (ProfProcessFilter *filter, ProfRecordKind kind, uint32_t pid, uint32_t tid)
{
  return prof_process_filter_take (filter, &(ProfRecord){ .kind = kind, .pid = pid, .tid = tid });
}

static int
take_sample (ProfProcessFilter *filter, uint32_t pid)
{
  return take (filter, PROF_RECORD_SAMPLE, pid, pid);
}

static int
take_exit (ProfProcessFilter *filter, uint32_t pid, uint32_t tid)
{
  return take (filter, PROF_RECORD_EXIT, pid, tid);
}

static int
take_fork (ProfProcessFilter *filter, uint32_t parent, uint32_t pid, uint32_t tid)
{
  ProfRecord record = { .kind = PROF_RECORD_FORK, .pid = pid, .tid = tid, .time_ns = 2000 };
  record.fork.parent_pid = record.fork.parent_tid = parent;
  return prof_process_filter_take (filter, &record);
}

static int
take_comm (ProfProcessFilter *filter, uint32_t pid, bool is_exec)
{
  ProfRecord record = { .kind = PROF_RECORD_COMM, .pid = pid, .tid = pid };
  record.comm.name = "name";
  record.comm.is_exec = is_exec;
  return prof_process_filter_take (filter, &record);
}

static void
test_a_filter_that_is_off_passes_all (void **state)
{
  (void)state;
  ProfProcessFilter filter = { 0 };
  assert_int_equal (take_sample (&filter, OTHER), 1);
  assert_int_equal (take_fork (&filter, OTHER, CHILD, CHILD), 1);
  assert_int_equal (take_exit (&filter, OTHER, OTHER), 1);
}

static void
test_records_of_others_are_dropped (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (take_sample (filter, TARGET), 1);
  assert_int_equal (take (filter, PROF_RECORD_MAP, TARGET, TARGET), 1);
  assert_int_equal (take_comm (filter, TARGET, false), 1);
  assert_int_equal (take_sample (filter, OTHER), 0);
  assert_int_equal (take (filter, PROF_RECORD_MAP, OTHER, OTHER), 0);
  assert_int_equal (take_comm (filter, OTHER, true), 0);
  assert_int_equal (take_exit (filter, OTHER, OTHER), 0);
  /* The idle task, and threads that are gone (perf_event_pid in kernel/events/core.c). */
  assert_int_equal (take_sample (filter, 0), 0);
  assert_int_equal (take_sample (filter, UINT32_MAX), 0);
  assert_int_equal (filter->n_foreign_samples, 3);
  /* What is of the ring and not of a process. */
  assert_int_equal (take (filter, PROF_RECORD_THROTTLE, 0, 0), 1);
  assert_int_equal (take (filter, PROF_RECORD_LOST, 0, 0), 1);
}

static void
test_children_and_threads_are_followed_to_their_end (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (take_fork (filter, TARGET, TARGET, TARGET_THREAD), 1);
  assert_int_equal (take_fork (filter, TARGET, CHILD, CHILD), 1);
  assert_int_equal (take_fork (filter, CHILD, GRANDCHILD, GRANDCHILD), 1);
  assert_int_equal (take_fork (filter, CHILD, CHILD, CHILD + 5), 1);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 1);
  /* The first thread may end before the others. */
  assert_int_equal (take_sample (filter, CHILD), 1);
  assert_int_equal (take_exit (filter, CHILD, CHILD + 5), 1);
  assert_int_equal (take_sample (filter, CHILD), 0);
  assert_int_equal (take_sample (filter, GRANDCHILD), 1);
}

static void
test_children_of_others_are_not (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (take_fork (filter, OTHER, CHILD, CHILD), 0);
  assert_int_equal (take_fork (filter, CHILD, GRANDCHILD, GRANDCHILD), 0);
  assert_int_equal (take_fork (filter, OTHER, OTHER, OTHER + 1), 0);
  assert_int_equal (take_sample (filter, GRANDCHILD), 0);
  assert_int_equal (filter->processes.n, 1);
}

static void
test_children_may_be_left_out (void **state)
{
  ProfProcessFilter *filter = *state;
  filter->leaves_children_out = true;
  assert_int_equal (take_fork (filter, TARGET, CHILD, CHILD), 0);
  assert_int_equal (take_sample (filter, CHILD), 0);
  assert_int_equal (take_fork (filter, TARGET, TARGET, TARGET_THREAD), 1);
}

/* Its threads were not counted: which exit is the last one is not known. */
static void
test_a_process_that_was_there_stays_wanted_while_threads_exit (void **state)
{
  ProfProcessFilter *filter = *state;
  for (uint32_t i = 1; i < 10; i++)
    assert_int_equal (take_exit (filter, TARGET, TARGET + i), 1);
  assert_int_equal (take_sample (filter, TARGET), 1);
}

static void
test_a_pid_of_a_new_process_is_no_longer_wanted (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (take_exit (filter, TARGET, TARGET), 1);
  assert_int_equal (take_fork (filter, SHELL, TARGET, TARGET), 0);
  assert_int_equal (take_sample (filter, TARGET), 0);
  assert_int_equal (take_fork (filter, TARGET, CHILD, CHILD), 0);
}

static void
test_a_pid_comes_back_as_a_child (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (take_fork (filter, TARGET, CHILD, CHILD), 1);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 1);
  assert_int_equal (take_fork (filter, OTHER, CHILD, CHILD), 0);
  assert_int_equal (take_sample (filter, CHILD), 0);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 0);
  assert_int_equal (take_fork (filter, TARGET, CHILD, CHILD), 1);
  assert_int_equal (take_sample (filter, CHILD), 1);
}

/* execve(2) ends all threads but one, which has the pid for its tid then. */
static void
test_exec_leaves_one_thread (void **state)
{
  ProfProcessFilter *filter = *state;
  take_fork (filter, TARGET, CHILD, CHILD);
  take_fork (filter, CHILD, CHILD, CHILD + 5);
  take_fork (filter, CHILD, CHILD, CHILD + 6);
  assert_int_equal (take_exit (filter, CHILD, CHILD + 5), 1);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 1);
  assert_int_equal (take_comm (filter, CHILD, true), 1);
  assert_int_equal (take_sample (filter, CHILD), 1);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 1);
  assert_int_equal (take_sample (filter, CHILD), 0);
}

static void
test_the_end_of_a_process_that_was_there_is_seen_after_its_exec (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (take_comm (filter, TARGET, true), 1);
  assert_int_equal (take_exit (filter, TARGET, TARGET), 1);
  assert_int_equal (take_sample (filter, TARGET), 0);
}

static void
test_a_command_counts_from_its_exec (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (prof_process_filter_add (filter, CHILD, true, 1000), 0);
  assert_int_equal (take_sample (filter, CHILD), 0);
  assert_int_equal (take (filter, PROF_RECORD_MAP, CHILD, CHILD), 0);
  assert_int_equal (take_comm (filter, CHILD, false), 0);
  assert_int_equal (take_fork (filter, CHILD, GRANDCHILD, GRANDCHILD), 0);
  assert_int_equal (take_comm (filter, CHILD, true), 1);
  assert_int_equal (take_sample (filter, CHILD), 1);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 1);
  assert_int_equal (take_sample (filter, CHILD), 0);
}

static void
test_a_command_that_never_execs_leaves_nothing (void **state)
{
  ProfProcessFilter *filter = *state;
  assert_int_equal (prof_process_filter_add (filter, CHILD, true, 1000), 0);
  assert_int_equal (take_exit (filter, CHILD, CHILD), 0);
  assert_int_equal (take_comm (filter, CHILD, true), 0);
  assert_int_equal (take_sample (filter, CHILD), 0);
}

static void
test_after_a_loss_younger_processes_are_not_wanted (void **state)
{
  ProfProcessFilter *filter = *state;
  birth_ns = 500;
  take (filter, PROF_RECORD_LOST, 0, 0);
  assert_int_equal (take_sample (filter, TARGET), 1);
  birth_ns = 0; /* its last records may still come */
  take (filter, PROF_RECORD_LOST, 0, 0);
  assert_int_equal (take_sample (filter, TARGET), 1);
  birth_ns = 1000000000;
  take (filter, PROF_RECORD_LOST, 0, 0);
  assert_int_equal (take_sample (filter, TARGET), 0);
}

static void
test_processes_that_ended_take_no_memory (void **state)
{
  ProfProcessFilter *filter = *state;
  for (uint32_t pid = 1000; pid < 101000; pid++) {
    assert_int_equal (take_fork (filter, TARGET, pid, pid), 1);
    assert_int_equal (take_sample (filter, pid), 1);
    assert_int_equal (take_exit (filter, pid, pid), 1);
  }
  assert_in_range (filter->processes.n, 1, 64);
  assert_int_equal (take_sample (filter, TARGET), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (test_a_filter_that_is_off_passes_all),
    TEST (test_records_of_others_are_dropped),
    TEST (test_children_and_threads_are_followed_to_their_end),
    TEST (test_children_of_others_are_not),
    TEST (test_children_may_be_left_out),
    TEST (test_a_process_that_was_there_stays_wanted_while_threads_exit),
    TEST (test_a_pid_of_a_new_process_is_no_longer_wanted),
    TEST (test_a_pid_comes_back_as_a_child),
    TEST (test_exec_leaves_one_thread),
    TEST (test_the_end_of_a_process_that_was_there_is_seen_after_its_exec),
    TEST (test_a_command_counts_from_its_exec),
    TEST (test_a_command_that_never_execs_leaves_nothing),
    TEST (test_after_a_loss_younger_processes_are_not_wanted),
    TEST (test_processes_that_ended_take_no_memory),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
