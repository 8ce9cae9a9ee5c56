/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/pipeline.h"

#include "pipeline-fixture.h"
#include "tests.h"

/* Beyond any kernel's pid_max (2^22): /proc has no such process. */
enum { PARENT = 5000000, CHILD = 5000001 };

static const ProfPipelineConfig by_frame_pointers
    = { .unwind_mode = PROF_UNWIND_FRAME_POINTERS, .max_frames = 8, .max_samples = 1000 };

static PipelineFixture *
make (ProfPipelineConfig config)
{
  PipelineFixture *fixture = NULL;
  assert_int_equal (pipeline_fixture_new (config, &fixture), 0);
  return fixture;
}

static void
finish (PipelineFixture *fixture)
{
  assert_int_equal (fixture->pipeline.error, 0);
  pipeline_fixture_free (fixture);
}

static const ProfAggregateRow *
get_row (const PipelineFixture *fixture, size_t i)
{
  assert_true (i < fixture->pipeline.aggregate.rows.n);
  return &fixture->pipeline.aggregate.rows.items[i];
}

/* Frame `depth` of a row's stack, counted from the leaf. */
static void
assert_frame (
    const PipelineFixture *fixture, size_t i, size_t depth, const char *path, uint64_t address)
{
  const ProfPipeline *pipeline = &fixture->pipeline;
  uint32_t frames[8];
  size_t n
      = prof_stack_tree_get (&pipeline->builder.stacks, get_row (fixture, i)->stack, frames, 8);
  assert_true (depth < n);
  const ProfFrame *frame = &pipeline->builder.frames.frames.items[frames[depth]];
  assert_string_equal (pipeline->builder.modules.modules.items[frame->module]->path, path);
  assert_int_equal (frame->address, address);
}

static size_t
count_frames (const PipelineFixture *fixture, size_t i)
{
  return prof_stack_tree_get (&fixture->pipeline.builder.stacks, get_row (fixture, i)->stack, NULL,
                              0);
}

static uint64_t
count_samples (const PipelineFixture *fixture)
{
  uint64_t n = 0;
  prof_vec_foreach (row, &fixture->pipeline.aggregate.rows) {
    n += row->n_samples;
  }
  return n;
}

static void
test_a_stack_is_told_in_terms_of_its_modules (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  take_comm (fixture, PARENT, "work", true);
  take_map (fixture, PARENT, 0x400000, 0x2000, "/none/program");
  take_map (fixture, PARENT, 0x700000, 0x2000, "/none/library");
  take_sample (fixture, PARENT, 1, 0x700123, 0x400457);
  take_sample (fixture, PARENT, 2, 0x700123, 0x400457);
  assert_int_equal (fixture->pipeline.aggregate.rows.n, 1);
  assert_int_equal (get_row (fixture, 0)->n_samples, 2);
  assert_float_equal (get_row (fixture, 0)->value, 2000, 0);
  assert_int_equal (count_frames (fixture, 0), 2);
  assert_frame (fixture, 0, 0, "/none/library", 0x123);
  assert_frame (fixture, 0, 1, "/none/program", 0x456);
  assert_string_equal (fixture->pipeline.main_path, "/none/program");
  finish (fixture);
}

static void
test_a_pc_in_no_map_is_the_processes_own (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  take_sample (fixture, PARENT, 1, 0x1234, 0);
  take_sample (fixture, CHILD, 1, 0x1234, 0);
  assert_int_equal (fixture->pipeline.aggregate.rows.n, 2);
  assert_frame (fixture, 0, 0, "[anon]", 0x1234);
  assert_frame (fixture, 1, 0, "[anon]", 0x1234);
  assert_int_not_equal (get_row (fixture, 0)->stack, get_row (fixture, 1)->stack);
  finish (fixture);
}

static void
test_a_child_has_its_parents_maps_until_it_execs (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  take_comm (fixture, PARENT, "sh", true);
  take_map (fixture, PARENT, 0x400000, 0x2000, "/none/sh");
  take_fork (fixture, CHILD, PARENT);
  take_sample (fixture, CHILD, 1, 0x400123, 0);
  take_comm (fixture, CHILD, "ls", true);
  take_map (fixture, CHILD, 0x400000, 0x2000, "/none/ls");
  take_sample (fixture, CHILD, 2, 0x400123, 0);
  take_sample (fixture, PARENT, 3, 0x400123, 0);
  assert_int_equal (fixture->pipeline.aggregate.rows.n, 3);
  assert_frame (fixture, 0, 0, "/none/sh", 0x123);
  assert_frame (fixture, 1, 0, "/none/ls", 0x123);
  assert_frame (fixture, 2, 0, "/none/sh", 0x123);
  assert_int_equal (fixture->pipeline.n_processes, 2);
  finish (fixture);
}

static void
test_a_pid_that_comes_back_is_another_process (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  take_comm (fixture, PARENT, "sh", true);
  take_map (fixture, PARENT, 0x400000, 0x2000, "/none/sh");
  take_fork (fixture, CHILD, PARENT);
  take_comm (fixture, CHILD, "ls", true);
  take_map (fixture, CHILD, 0x400000, 0x2000, "/none/ls");
  take_sample (fixture, CHILD, 1, 0x400123, 0);
  take_exit (fixture, CHILD);
  take_fork (fixture, CHILD, PARENT);
  take_sample (fixture, CHILD, 2, 0x400123, 0);
  assert_int_equal (fixture->pipeline.aggregate.rows.n, 2);
  assert_frame (fixture, 0, 0, "/none/ls", 0x123);
  assert_frame (fixture, 1, 0, "/none/sh", 0x123);
  assert_int_equal (fixture->pipeline.n_processes, 3);
  finish (fixture);
}

/* In the middle of an exec the user registers are the old program's. */
static void
test_a_sample_in_an_exec_has_no_user_stack (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  const uint64_t chain[] = { (uint64_t)PERF_CONTEXT_KERNEL, UINT64_C (0xffffffff81000010),
                             (uint64_t)PERF_CONTEXT_USER, 0x400123 };
  ProfRecord record = { .kind = PROF_RECORD_SAMPLE, .pid = PARENT, .tid = PARENT, .event_id = 1 };
  record.sample.in_kernel = true;
  record.sample.callchain = chain;
  record.sample.n_callchain = 4;
  take_map (fixture, PARENT, 0x400000, 0x2000, "/none/old");
  prof_pipeline_take (&fixture->pipeline, &record);
  take_comm (fixture, PARENT, "new", true);
  prof_pipeline_take (&fixture->pipeline, &record);
  assert_int_equal (fixture->pipeline.aggregate.rows.n, 2);
  assert_int_equal (count_frames (fixture, 0), 2);
  assert_frame (fixture, 0, 1, "/none/old", 0x123);
  assert_int_equal (count_frames (fixture, 1), 1);
  assert_frame (fixture, 1, 0, "[kernel]", UINT64_C (0xffffffff81000010));
  finish (fixture);
}

static void
test_samples_without_native_registers_have_one_frame (void **state)
{
  (void)state;
  ProfPipelineConfig config = by_frame_pointers;
  config.unwind_mode = PROF_UNWIND_DWARF;
  PipelineFixture *fixture = make (config);
  ProfRecord record = { .kind = PROF_RECORD_SAMPLE, .pid = PARENT, .tid = PARENT, .event_id = 2 };
  record.sample.ip = 0x400123;
  record.sample.has_user_registers = true;
  record.sample.registers_abi = PERF_SAMPLE_REGS_ABI_32;
  take_map (fixture, PARENT, 0x400000, 0x2000, "/none/program");
  prof_pipeline_take (&fixture->pipeline, &record);
  assert_int_equal (get_row (fixture, 0)->event, 1);
  assert_int_equal (count_frames (fixture, 0), 1);
  assert_frame (fixture, 0, 0, "/none/program", 0x123);
  assert_int_equal (fixture->pipeline.builder.n_truncated, 1);
  finish (fixture);
}

static void
test_what_is_not_asked_for_is_not_taken (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  ProfRecord of_no_event = { .kind = PROF_RECORD_SAMPLE, .pid = PARENT, .event_id = 77 };
  fixture->pipeline.start_ns = 100;
  prof_pipeline_take (&fixture->pipeline, &of_no_event);
  take_sample (fixture, PARENT, 99, 0x1000, 0);
  assert_int_equal (fixture->pipeline.n_samples, 0);
  take_sample (fixture, PARENT, 100, 0x1000, 0);
  assert_int_equal (fixture->pipeline.n_samples, 1);
  finish (fixture);
}

static void
test_a_pause_has_no_samples (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  fixture->pipeline.pause_ns = 200;
  take_sample (fixture, PARENT, 199, 0x1000, 0);
  take_sample (fixture, PARENT, 200, 0x1000, 0);
  take_sample (fixture, PARENT, 300, 0x1000, 0);
  assert_int_equal (fixture->pipeline.n_samples, 1);
  fixture->pipeline.start_ns = 400;
  fixture->pipeline.pause_ns = UINT64_MAX;
  take_sample (fixture, PARENT, 399, 0x1000, 0);
  take_sample (fixture, PARENT, 400, 0x1000, 0);
  assert_int_equal (fixture->pipeline.n_samples, 2);
  finish (fixture);
}

static void
test_losses_and_pauses_are_counted (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  ProfRecord lost = { .kind = PROF_RECORD_LOST, .lost = { 17 } };
  ProfRecord throttle = { .kind = PROF_RECORD_THROTTLE };
  prof_pipeline_take (&fixture->pipeline, &lost);
  prof_pipeline_take (&fixture->pipeline, &lost);
  prof_pipeline_take (&fixture->pipeline, &throttle);
  assert_int_equal (fixture->pipeline.n_lost, 34);
  assert_int_equal (fixture->pipeline.n_throttled, 1);
  finish (fixture);
}

static void
test_refused_samples_weigh_on_those_that_are_taken (void **state)
{
  (void)state;
  ProfPipelineConfig config = by_frame_pointers;
  ProfSampling *sampling;
  assert_int_equal (prof_sampling_new_probabilistic (0.25, 1, &sampling), 0);
  config.sampling = sampling;
  PipelineFixture *fixture = make (config);
  for (uint64_t i = 0; i < 1000; i++)
    take_sample (fixture, PARENT, i, 0x1000, 0);
  uint64_t n_taken = fixture->pipeline.n_samples;
  assert_true (n_taken > 150 && n_taken < 350);
  assert_int_equal (fixture->pipeline.n_refused, 1000 - n_taken);
  assert_float_equal (get_row (fixture, 0)->value, 4000.0 * (double)n_taken, 0.001);
  finish (fixture);
  prof_sampling_unref (sampling);
}

static void
test_maps_that_no_kernel_makes_are_left_out (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  take_map (fixture, PARENT, 0x1000, 0, "/none/empty");
  take_map (fixture, PARENT, UINT64_MAX - 0xfff, 0x2000, "/none/wrapped");
  take_sample (fixture, PARENT, 1, 0x1000, 0);
  take_sample (fixture, PARENT, 1, UINT64_MAX - 0xffe, 0);
  assert_frame (fixture, 0, 0, "[anon]", 0x1000);
  finish (fixture);
}

static void
test_more_stacks_than_samples_are_kept_only_count_in_the_totals (void **state)
{
  (void)state;
  ProfPipelineConfig config = by_frame_pointers;
  config.max_samples = 10;
  config.keeps_time = true;
  PipelineFixture *fixture = make (config);
  for (uint64_t i = 0; i < 100; i++)
    take_sample (fixture, PARENT, i, 0x1000 + i, 0);
  assert_true (fixture->pipeline.aggregate.rows.n <= 12);
  assert_int_equal (count_samples (fixture), 100);
  assert_int_equal (fixture->pipeline.n_samples, 100);
  assert_int_equal (fixture->pipeline.n_without_stack, 90);
  finish (fixture);
}

static void
test_a_full_stack_tree_stops_nothing (void **state)
{
  (void)state;
  PipelineFixture *fixture = make (by_frame_pointers);
  fixture->pipeline.builder.stacks.max_nodes = 3;
  take_sample (fixture, PARENT, 1, 0x1000, 0x2001);
  take_sample (fixture, PARENT, 1, 0x3000, 0x2001);
  take_sample (fixture, PARENT, 1, 0x1000, 0x2001);
  fixture->pipeline.builder.frames.max_frames = 1;
  take_sample (fixture, PARENT, 1, 0x5000, 0x2001);
  assert_int_equal (fixture->pipeline.aggregate.rows.n, 2);
  assert_int_equal (get_row (fixture, 0)->n_samples, 2);
  assert_int_equal (get_row (fixture, 1)->n_samples, 2);
  assert_int_equal (get_row (fixture, 1)->stack, 0);
  assert_int_equal (get_row (fixture, 1)->thread, PROF_NO_THREAD);
  assert_int_equal (fixture->pipeline.n_without_stack, 2);
  finish (fixture);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_a_stack_is_told_in_terms_of_its_modules),
    cmocka_unit_test (test_a_pc_in_no_map_is_the_processes_own),
    cmocka_unit_test (test_a_child_has_its_parents_maps_until_it_execs),
    cmocka_unit_test (test_a_pid_that_comes_back_is_another_process),
    cmocka_unit_test (test_a_sample_in_an_exec_has_no_user_stack),
    cmocka_unit_test (test_samples_without_native_registers_have_one_frame),
    cmocka_unit_test (test_what_is_not_asked_for_is_not_taken),
    cmocka_unit_test (test_a_pause_has_no_samples),
    cmocka_unit_test (test_losses_and_pauses_are_counted),
    cmocka_unit_test (test_refused_samples_weigh_on_those_that_are_taken),
    cmocka_unit_test (test_maps_that_no_kernel_makes_are_left_out),
    cmocka_unit_test (test_more_stacks_than_samples_are_kept_only_count_in_the_totals),
    cmocka_unit_test (test_a_full_stack_tree_stops_nothing),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
