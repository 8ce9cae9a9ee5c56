/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/helper-request.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "tests.h"

static const ProfHelperRequest whole_system = {
  .magic = PROF_HELPER_MAGIC,
  .kind = PROF_HELPER_OPEN,
  .pid = -1,
  .cpu = 1,
  .type = PERF_TYPE_SOFTWARE,
  .config = PERF_COUNT_SW_CPU_CLOCK,
  .rate = 999,
  .flags = PROF_HELPER_FREQUENCY | PROF_HELPER_KERNEL_CHAIN | PROF_HELPER_SIDE_RECORDS,
  .user_registers = 0xff0fff,
  .stack_bytes = 32768,
  .watermark_bytes = 1 << 19,
  .ring_bytes = 1 << 20,
};

static int
parse (const ProfHelperRequest *request)
{
  ProfHelperRequest parsed;
  return prof_helper_request_parse (request, sizeof *request, &parsed);
}

/* What becomes of a request when one field is another. */
#define with(base, ...)                                                                            \
  __extension__({                                                                                  \
    ProfHelperRequest changed_ = (base);                                                           \
    ProfHelperRequest *r_ = &changed_;                                                             \
    __VA_ARGS__;                                                                                   \
    parse (r_);                                                                                    \
  })

static void
test_takes_what_recorders_ask_for (void **state)
{
  (void)state;
  ProfHelperRequest own = whole_system;
  own.pid = 1234;
  own.cpu = -1;
  own.flags |= PROF_HELPER_INHERIT | PROF_HELPER_ENABLE_ON_EXEC | PROF_HELPER_READ_LOST;
  assert_int_equal (parse (&whole_system), 0);
  assert_int_equal (parse (&own), 0);
  assert_int_equal (with (whole_system, r_->ring_bytes = 0), 0);
  assert_int_equal (with (whole_system, r_->stack_bytes = 0, r_->user_registers = 0), 0);
  assert_int_equal (with (whole_system, r_->type = PERF_TYPE_HARDWARE, r_->precise_ip = 3), 0);
  assert_int_equal (with (whole_system, r_->type = PERF_TYPE_HW_CACHE, r_->config = 0x010203), 0);
  assert_int_equal (with (whole_system, r_->config = PERF_COUNT_SW_PAGE_FAULTS, r_->flags = 0,
                          r_->rate = 1),
                    0);
  for (uint32_t kind = PROF_HELPER_UNMAP; kind <= PROF_HELPER_MAPS; kind++) {
    ProfHelperRequest plain = { .magic = PROF_HELPER_MAGIC, .kind = kind };
    plain.pid = kind == PROF_HELPER_MAPS ? 1 : 0;
    assert_int_equal (parse (&plain), 0);
  }
}

static void
test_is_no_request (void **state)
{
  (void)state;
  char bytes[sizeof (ProfHelperRequest) + 1] = { 0 };
  memcpy (bytes, &whole_system, sizeof whole_system);
  ProfHelperRequest parsed;
  for (size_t n = 0; n <= sizeof bytes; n++)
    assert_int_equal (prof_helper_request_parse (bytes, n, &parsed),
                      n == sizeof whole_system ? 0 : -EBADMSG);
  assert_int_equal (with (whole_system, r_->magic++), -EBADMSG);
  assert_int_equal (with (whole_system, r_->kind = 0), -EBADMSG);
  assert_int_equal (with (whole_system, r_->kind = 5), -EBADMSG);
}

static void
test_other_events (void **state)
{
  (void)state;
  static const struct {
    uint32_t type;
    uint64_t config;
  } refused[] = {
    { PERF_TYPE_TRACEPOINT, 1 },
    { PERF_TYPE_RAW, 0x1a8 },
    { PERF_TYPE_BREAKPOINT, 0 },
    { 6, 0 }, /* the first of the dynamic ones: probes are among them */
    { UINT32_MAX, 0 },
    { PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY },
    { PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT },
    { PERF_TYPE_SOFTWARE, 1000 },
    { PERF_TYPE_HARDWARE, PERF_COUNT_HW_MAX },
    { PERF_TYPE_HARDWARE, UINT64_C (4) << 32 }, /* of one kind of CPU of several */
    { PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_MAX },
    { PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_OP_MAX << 8 },
    { PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_RESULT_MAX << 16 },
    { PERF_TYPE_HW_CACHE, 1 << 24 },
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    assert_int_equal (with (whole_system, r_->type = refused[i].type,
                            r_->config = refused[i].config),
                      -EBADRQC);
  assert_int_equal (with (whole_system, r_->precise_ip = 1), -EBADRQC);
  assert_int_equal (with (whole_system, r_->type = PERF_TYPE_HARDWARE, r_->precise_ip = 4),
                    -EBADRQC);
  for (int bit = 13; bit < 32; bit++)
    assert_int_equal (with (whole_system, r_->flags |= 1u << bit), -EBADRQC);
}

static void
test_too_much (void **state)
{
  (void)state;
  const uint64_t no_rates[] = { 0, PROF_HELPER_MAX_FREQUENCY_HZ + 1, UINT64_MAX };
  const uint64_t no_clock_periods[] = { 0, 1, PROF_HELPER_MIN_CLOCK_NS - 1, UINT64_MAX };
  for (size_t i = 0; i < 3; i++)
    assert_int_equal (with (whole_system, r_->rate = no_rates[i]), -EBADRQC);
  for (size_t i = 0; i < 4; i++)
    assert_int_equal (with (whole_system, r_->flags = 0, r_->rate = no_clock_periods[i]), -EBADRQC);
  assert_int_equal (with (whole_system, r_->flags = 0, r_->type = PERF_TYPE_HARDWARE,
                          r_->rate = PROF_HELPER_MIN_PERIOD - 1),
                    -EBADRQC);
  const uint32_t no_stacks[] = { 0, 4, 32769, 65536, UINT32_MAX, UINT32_MAX - 7 };
  for (size_t i = 0; i < 6; i++)
    assert_int_equal (with (whole_system, r_->stack_bytes = no_stacks[i]), -EBADRQC);
  assert_int_equal (with (whole_system, r_->user_registers = 0), -EBADRQC);
  const uint32_t no_rings[] = { 1, 2048, (1 << 20) + 4096, 32 << 20, UINT32_MAX, 1u << 31 };
  for (size_t i = 0; i < 6; i++)
    assert_int_equal (with (whole_system, r_->ring_bytes = no_rings[i]), -EBADRQC);
  assert_int_equal (with (whole_system, r_->watermark_bytes = UINT32_MAX), -EBADRQC);
}

static void
test_other_targets (void **state)
{
  (void)state;
  assert_int_equal (with (whole_system, r_->pid = 0), -EBADRQC); /* the helper itself */
  assert_int_equal (with (whole_system, r_->pid = -2), -EBADRQC);
  assert_int_equal (with (whole_system, r_->pid = INT32_MIN), -EBADRQC);
  assert_int_equal (with (whole_system, r_->cpu = -1), -EBADRQC);
  assert_int_equal (with (whole_system, r_->pid = 1, r_->cpu = -2), -EBADRQC);
  assert_int_equal (with (whole_system, r_->flags |= PROF_HELPER_INHERIT), -EBADRQC);
  assert_int_equal (with (whole_system, r_->flags |= PROF_HELPER_ENABLE_ON_EXEC), -EBADRQC);
  ProfHelperRequest maps = { .magic = PROF_HELPER_MAGIC, .kind = PROF_HELPER_MAPS, .pid = 1 };
  assert_int_equal (with (maps, r_->pid = 0), -EBADRQC);
  assert_int_equal (with (maps, r_->pid = -1), -EBADRQC);
  assert_int_equal (with (maps, r_->ring_bytes = 1), -EBADRQC);
  assert_int_equal (with (maps, r_->kind = PROF_HELPER_KALLSYMS), -EBADRQC);
  assert_int_equal (with (maps, r_->kind = PROF_HELPER_UNMAP), -EBADRQC);
}

/* As perf-session-attr.c fills it. */
static const struct perf_event_attr session_attr = {
  .size = sizeof session_attr,
  .type = PERF_TYPE_HARDWARE,
  .config = PERF_COUNT_HW_CPU_CYCLES,
  .sample_freq = 999,
  .freq = 1,
  .sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME
                 | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER
                 | PERF_SAMPLE_STACK_USER,
  .sample_regs_user = 0xff0fff,
  .sample_stack_user = 16384,
  .read_format = PERF_FORMAT_LOST,
  .disabled = 1,
  .inherit = 1,
  .inherit_thread = 1,
  .enable_on_exec = 1,
  .exclude_hv = 1,
  .exclude_guest = 1,
  .exclude_callchain_user = 1,
  .precise_ip = 2,
  .mmap = 1,
  .mmap2 = 1,
  .comm = 1,
  .comm_exec = 1,
  .task = 1,
  .sample_id_all = 1,
  .use_clockid = 1,
  .clockid = CLOCK_MONOTONIC,
  .watermark = 1,
  .wakeup_watermark = 1 << 19,
};

static void
test_events_come_out_as_they_went_in (void **state)
{
  (void)state;
  ProfHelperRequest request = { .magic = PROF_HELPER_MAGIC, .kind = PROF_HELPER_OPEN, .pid = 1 };
  struct perf_event_attr attr;
  assert_int_equal (prof_helper_request_set_attr (&request, &session_attr), 0);
  assert_int_equal (parse (&request), 0);
  prof_helper_request_get_attr (&request, &attr);
  assert_memory_equal (&attr, &session_attr, sizeof attr);
}

static void
test_events_that_no_request_can_ask_for (void **state)
{
  (void)state;
  ProfHelperRequest request = { 0 };
  struct perf_event_attr attr = session_attr;
  attr.config1 = 1;
  assert_int_equal (prof_helper_request_set_attr (&request, &attr), -EBADRQC);
  attr = session_attr;
  attr.pinned = 1;
  assert_int_equal (prof_helper_request_set_attr (&request, &attr), -EBADRQC);
  attr = session_attr;
  attr.sample_type |= PERF_SAMPLE_RAW;
  assert_int_equal (prof_helper_request_set_attr (&request, &attr), -EBADRQC);
  attr = session_attr;
  attr.bpf_event = 1;
  assert_int_equal (prof_helper_request_set_attr (&request, &attr), -EBADRQC);
  attr = session_attr;
  attr.write_backward = 1;
  assert_int_equal (prof_helper_request_set_attr (&request, &attr), -EBADRQC);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_takes_what_recorders_ask_for),
    cmocka_unit_test (test_is_no_request),
    cmocka_unit_test (test_other_events),
    cmocka_unit_test (test_too_much),
    cmocka_unit_test (test_other_targets),
    cmocka_unit_test (test_events_come_out_as_they_went_in),
    cmocka_unit_test (test_events_that_no_request_can_ask_for),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
