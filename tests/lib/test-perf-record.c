/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/perf_event.h>

#include "tests.h"

#define ROW(...) (const uint64_t[]){ __VA_ARGS__ }, sizeof ((const uint64_t[]){ __VA_ARGS__ })
#define HEADER(type, misc, n_words)                                                                \
  ((uint64_t)(type) | (uint64_t)(misc) << 32 | (uint64_t)(n_words)*8 << 48)
#define PAIR(low, high) ((uint64_t)(low) | (uint64_t)(high) << 32)

enum {
  PLAIN = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME
          | PERF_SAMPLE_PERIOD,
  WITH_STACK = PLAIN | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
};

/* Registers 0, 8 and 33. */
static const ProfRecordFormat format = { WITH_STACK, 1 | 1 << 8 | UINT64_C (1) << 33 };

static const uint64_t sample[] = {
  HEADER (PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, 20),
  77,              /* identifier */
  0x401000,        /* ip */
  PAIR (100, 101), /* pid, tid */
  123456789,       /* time */
  1001001,         /* period */
  3,               /* callchain */
  PERF_CONTEXT_USER,
  0x401000,
  0x402000,
  PERF_SAMPLE_REGS_ABI_64,
  0xa0,  /* register 0 */
  0xa8,  /* register 8 */
  0xa33, /* register 33 */
  32,    /* stack */
  0x1111,
  0x2222,
  0x3333,
  0x4444,
  24, /* of which the kernel copied */
};

/* The fields that end every record but a sample: pid and tid, time, identifier. */
#define SAMPLE_ID PAIR (7, 8), 5000, 77

static void
test_sample_with_registers_and_stack (void **state)
{
  (void)state;
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format, sample, sizeof sample, &record), 0);
  assert_int_equal (record.kind, PROF_RECORD_SAMPLE);
  assert_int_equal (record.pid, 100);
  assert_int_equal (record.tid, 101);
  assert_int_equal (record.time_ns, 123456789);
  assert_int_equal (record.event_id, 77);
  assert_int_equal (record.sample.ip, 0x401000);
  assert_int_equal (record.sample.period, 1001001);
  assert_false (record.sample.in_kernel);
  assert_int_equal (record.sample.n_callchain, 3);
  assert_ptr_equal (record.sample.callchain, sample + 7);
  assert_true (record.sample.has_user_registers);
  assert_int_equal (record.sample.registers_abi, PERF_SAMPLE_REGS_ABI_64);
  for (int i = 0; i < PROF_MAX_REGISTERS; i++)
    assert_int_equal (record.sample.registers[i], i == 0    ? 0xa0
                                                  : i == 8  ? 0xa8
                                                  : i == 33 ? 0xa33
                                                            : 0);
  assert_ptr_equal (record.sample.stack, sample + 15);
  assert_int_equal (record.sample.stack_bytes, 24);
}

static void
test_sample_of_a_kernel_thread (void **state)
{
  (void)state;
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL, 9),
                                            77, 0xffffffff81000000, PAIR (2, 2), 5, 6, 0,
                                            PERF_SAMPLE_REGS_ABI_NONE, 0),
                                       &record),
                    0);
  assert_true (record.sample.in_kernel);
  assert_false (record.sample.has_user_registers);
  assert_int_equal (record.sample.n_callchain, 0);
  assert_null (record.sample.stack);
  assert_int_equal (record.sample.stack_bytes, 0);
}

static void
test_sample_with_every_fixed_field (void **state)
{
  (void)state;
  ProfRecordFormat wide
      = { PLAIN | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU, 0 };
  ProfRecord record;
  assert_int_equal (prof_record_parse (&wide,
                                       ROW (HEADER (PERF_RECORD_SAMPLE, 0, 10), 1, 2, PAIR (3, 4),
                                            5, 0xadd7, 1, 8, PAIR (9, 0), 10),
                                       &record),
                    0);
  assert_int_equal (record.event_id, 1);
  assert_int_equal (record.sample.addr, 0xadd7);
  assert_int_equal (record.sample.period, 10);
}

static void
test_a_sample_cut_anywhere_is_refused (void **state)
{
  (void)state;
  for (size_t size = 0; size < sizeof sample; size++) {
    uint8_t *cut = malloc (size + 1);
    assert_non_null (cut);
    memcpy (cut, sample, size);
    if (size >= 8)
      cut[6] = (uint8_t)size;
    ProfRecord record;
    assert_int_equal (prof_record_parse (&format, cut, size, &record), -EBADMSG);
    free (cut);
  }
}

static void
check_refused (size_t word, uint64_t value)
{
  uint64_t damaged[sizeof sample / 8];
  ProfRecord record;
  memcpy (damaged, sample, sizeof sample);
  damaged[word] = value;
  assert_int_equal (prof_record_parse (&format, damaged, sizeof damaged, &record), -EBADMSG);
}

static void
test_a_sample_that_contradicts_itself_is_refused (void **state)
{
  (void)state;
  check_refused (0, HEADER (PERF_RECORD_SAMPLE, 0, 19)); /* not the size that is given */
  check_refused (6, 14);                                 /* callchain over the end */
  check_refused (6, UINT64_C (1) << 61);                 /* … whose byte count overflows */
  check_refused (14, 48);                                /* stack over the end */
  check_refused (14, UINT64_MAX);
  check_refused (19, 33); /* more copied than reserved */
}

static void
test_a_format_it_does_not_know_is_refused (void **state)
{
  (void)state;
  ProfRecordFormat raw = { WITH_STACK | PERF_SAMPLE_RAW, format.regs_mask };
  ProfRecord record;
  assert_int_equal (prof_record_parse (&raw, sample, sizeof sample, &record), -EBADMSG);
}

static void
test_mmap2 (void **state)
{
  (void)state;
  uint64_t bytes[] = {
    HEADER (PERF_RECORD_MMAP2, 0, 14),
    PAIR (10, 11),
    0x7f0000000000,
    0x1000,
    0x2000,
    PAIR (8, 1), /* device */
    4242,        /* inode */
    1,           /* its generation */
    PAIR (5, 2), /* PROT_READ | PROT_EXEC, MAP_PRIVATE */
    0,
    0,
    SAMPLE_ID,
  };
  memcpy (bytes + 9, "/lib/libc.so", 12);
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), 0);
  assert_int_equal (record.kind, PROF_RECORD_MAP);
  assert_int_equal (record.pid, 10);
  assert_int_equal (record.tid, 11);
  assert_int_equal (record.time_ns, 5000);
  assert_int_equal (record.event_id, 77);
  assert_int_equal (record.map.start, 0x7f0000000000);
  assert_int_equal (record.map.length, 0x1000);
  assert_int_equal (record.map.offset, 0x2000);
  assert_int_equal (record.map.device_major, 8);
  assert_int_equal (record.map.device_minor, 1);
  assert_int_equal (record.map.inode, 4242);
  assert_true (record.map.is_executable);
  assert_string_equal (record.map.filename, "/lib/libc.so");

  bytes[0] = HEADER (PERF_RECORD_MMAP2, PERF_RECORD_MISC_MMAP_BUILD_ID, 14);
  bytes[8] = PAIR (3, 2);
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), 0);
  assert_false (record.map.is_executable);
  assert_int_equal (record.map.inode, 0);
  assert_int_equal (record.map.device_major, 0);

  memset (bytes + 9, 'x', 16); /* a name without an end */
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), -EBADMSG);
}

static void
test_mmap (void **state)
{
  (void)state;
  uint64_t bytes[] = {
    HEADER (PERF_RECORD_MMAP, PERF_RECORD_MISC_MMAP_DATA, 9),
    PAIR (10, 10),
    0x1000,
    0x2000,
    0,
    0x617461642f2f, /* "//data" */
    SAMPLE_ID,
  };
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), 0);
  assert_string_equal (record.map.filename, "//data");
  assert_false (record.map.is_executable);
  bytes[0] = HEADER (PERF_RECORD_MMAP, 0, 9);
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), 0);
  assert_true (record.map.is_executable);
}

static void
test_comm_and_exec (void **state)
{
  (void)state;
  uint64_t bytes[] = { HEADER (PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC, 6), PAIR (12, 13),
                       0x68736162 /* "bash" */, SAMPLE_ID };
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), 0);
  assert_int_equal (record.kind, PROF_RECORD_COMM);
  assert_int_equal (record.pid, 12);
  assert_int_equal (record.tid, 13);
  assert_string_equal (record.comm.name, "bash");
  assert_true (record.comm.is_exec);
  bytes[0] = HEADER (PERF_RECORD_COMM, 0, 6);
  assert_int_equal (prof_record_parse (&format, bytes, sizeof bytes, &record), 0);
  assert_false (record.comm.is_exec);
}

static void
test_fork_and_exit (void **state)
{
  (void)state;
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_FORK, 0, 7), PAIR (21, 7),
                                            PAIR (22, 8), 4999, SAMPLE_ID),
                                       &record),
                    0);
  assert_int_equal (record.kind, PROF_RECORD_FORK);
  assert_int_equal (record.pid, 21);
  assert_int_equal (record.tid, 22);
  assert_int_equal (record.fork.parent_pid, 7);
  assert_int_equal (record.fork.parent_tid, 8);
  assert_int_equal (record.time_ns, 4999);
  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_EXIT, 0, 7), PAIR (21, 7),
                                            PAIR (22, 8), 4999, SAMPLE_ID),
                                       &record),
                    0);
  assert_int_equal (record.kind, PROF_RECORD_EXIT);
  assert_int_equal (record.tid, 22);
}

static void
test_losses_and_throttling (void **state)
{
  (void)state;
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_LOST, 0, 6), 78, 31, SAMPLE_ID),
                                       &record),
                    0);
  assert_int_equal (record.kind, PROF_RECORD_LOST);
  assert_int_equal (record.event_id, 78);
  assert_int_equal (record.lost.n_lost, 31);
  assert_int_equal (record.time_ns, 5000);

  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_LOST_SAMPLES, 0, 5), 32, SAMPLE_ID),
                                       &record),
                    0);
  assert_int_equal (record.kind, PROF_RECORD_LOST);
  assert_int_equal (record.event_id, 77);
  assert_int_equal (record.lost.n_lost, 32);

  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_THROTTLE, 0, 7), 4998, 79, 80,
                                            SAMPLE_ID),
                                       &record),
                    0);
  assert_int_equal (record.kind, PROF_RECORD_THROTTLE);
  assert_int_equal (record.event_id, 79);
  assert_int_equal (record.time_ns, 4998);
}

static void
test_other_records_keep_their_time (void **state)
{
  (void)state;
  ProfRecord record;
  assert_int_equal (prof_record_parse (&format,
                                       ROW (HEADER (PERF_RECORD_UNTHROTTLE, 0, 7), 1, 2, 3,
                                            SAMPLE_ID),
                                       &record),
                    0);
  assert_int_equal (record.kind, PROF_RECORD_OTHER);
  assert_int_equal (record.time_ns, 5000);
  assert_int_equal (prof_record_parse (&format, ROW (HEADER (4711, 0, 4), SAMPLE_ID), &record), 0);
  assert_int_equal (record.kind, PROF_RECORD_OTHER);
  assert_int_equal (record.pid, 7);
}

static void
test_short_side_records_are_refused (void **state)
{
  (void)state;
  static const uint32_t types[]
      = { PERF_RECORD_MMAP, PERF_RECORD_MMAP2, PERF_RECORD_COMM,   PERF_RECORD_FORK,
          PERF_RECORD_EXIT, PERF_RECORD_LOST,  PERF_RECORD_SAMPLE, PERF_RECORD_THROTTLE };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    for (size_t n_words = 1; n_words <= 4; n_words++) {
      uint64_t bytes[4] = { HEADER (types[i], 0, n_words) };
      ProfRecord record;
      assert_int_equal (prof_record_parse (&format, bytes, n_words * 8, &record), -EBADMSG);
    }
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_sample_with_registers_and_stack),
    cmocka_unit_test (test_sample_of_a_kernel_thread),
    cmocka_unit_test (test_sample_with_every_fixed_field),
    cmocka_unit_test (test_a_sample_cut_anywhere_is_refused),
    cmocka_unit_test (test_a_sample_that_contradicts_itself_is_refused),
    cmocka_unit_test (test_a_format_it_does_not_know_is_refused),
    cmocka_unit_test (test_mmap2),
    cmocka_unit_test (test_mmap),
    cmocka_unit_test (test_comm_and_exec),
    cmocka_unit_test (test_fork_and_exit),
    cmocka_unit_test (test_losses_and_throttling),
    cmocka_unit_test (test_other_records_keep_their_time),
    cmocka_unit_test (test_short_side_records_are_refused),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
