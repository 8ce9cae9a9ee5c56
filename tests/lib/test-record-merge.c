/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/record-merge.h"

#include "memory-ring.h"

enum { N_RINGS = 5, MAX_SEEN = 4096 };

static const ProfRecordFormat format = { PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID
                                             | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD,
                                         0 };

typedef struct {
  MemoryRing memory[N_RINGS];
  ProfPerfRing rings[N_RINGS];
  uint64_t times[MAX_SEEN], ips[MAX_SEEN];
  size_t n;
  ProfRecordMergeStats stats;
} Fixture;

static void
set_up (Fixture *fixture)
{
  *fixture = (Fixture){ .n = 0 };
  for (int i = 0; i < N_RINGS; i++) {
    fixture->memory[i] = memory_ring_new (0);
    assert_int_equal (prof_perf_ring_init (&fixture->rings[i], fixture->memory[i].page,
                                           MEMORY_RING_BYTES),
                      0);
  }
}

static void
tear_down (Fixture *fixture)
{
  for (int i = 0; i < N_RINGS; i++) {
    prof_perf_ring_finish (&fixture->rings[i]);
    free (fixture->memory[i].page);
  }
}

static void
write_sample (Fixture *fixture, int ring, uint64_t time_ns, uint64_t ip)
{
  uint64_t words[] = { UINT64_C (48) << 48 | PERF_RECORD_SAMPLE, 1, ip, 0, time_ns, 1 };
  memory_ring_write (&fixture->memory[ring], words, sizeof words);
}

static void
keep (void *user_data, const ProfRecord *record)
{
  Fixture *fixture = user_data;
  assert_true (fixture->n < MAX_SEEN);
  fixture->times[fixture->n] = record->time_ns;
  fixture->ips[fixture->n++] = record->sample.ip;
}

static void
merge (Fixture *fixture, uint64_t until_ns)
{
  assert_int_equal (prof_record_merge (fixture->rings, N_RINGS, &format, until_ns, keep, fixture,
                                       &fixture->stats),
                    0);
}

static void
test_merges_by_time_across_rings (void **state)
{
  (void)state;
  static Fixture fixture;
  set_up (&fixture);
  /* Time t is on ring t² mod 5, which is never 2 or 3. */
  for (uint64_t t = 1; t <= 100; t++)
    write_sample (&fixture, (int)(t * t % N_RINGS), t, 1000 + t);
  merge (&fixture, UINT64_MAX);
  assert_int_equal (fixture.n, 100);
  for (uint64_t t = 1; t <= 100; t++) {
    assert_int_equal (fixture.times[t - 1], t);
    assert_int_equal (fixture.ips[t - 1], 1000 + t);
  }
  assert_int_equal (fixture.stats.n_records, 100);
  assert_int_equal (fixture.stats.n_damaged, 0);
  tear_down (&fixture);
}

static void
test_keeps_what_is_too_young (void **state)
{
  (void)state;
  static Fixture fixture;
  set_up (&fixture);
  write_sample (&fixture, 0, 10, 0);
  write_sample (&fixture, 0, 30, 0);
  write_sample (&fixture, 1, 20, 0);
  merge (&fixture, 20);
  assert_int_equal (fixture.n, 1);
  assert_int_equal (fixture.memory[0].page->data_tail, 48);
  assert_int_equal (fixture.memory[1].page->data_tail, 0);
  write_sample (&fixture, 2, 15, 0); /* the elder sibling that comes late */
  merge (&fixture, 31);
  assert_int_equal (fixture.n, 4);
  assert_int_equal (fixture.times[1], 15);
  assert_int_equal (fixture.times[2], 20);
  assert_int_equal (fixture.times[3], 30);
  merge (&fixture, UINT64_MAX);
  assert_int_equal (fixture.n, 4);
  tear_down (&fixture);
}

static void
test_skips_damaged_records_and_counts_them (void **state)
{
  (void)state;
  static Fixture fixture;
  set_up (&fixture);
  uint64_t short_sample[] = { UINT64_C (16) << 48 | PERF_RECORD_SAMPLE, 1 };
  memory_ring_write (&fixture.memory[0], short_sample, sizeof short_sample);
  write_sample (&fixture, 0, 10, 1);
  memory_ring_write (&fixture.memory[0], short_sample, sizeof short_sample);
  write_sample (&fixture, 1, 5, 2);
  merge (&fixture, UINT64_MAX);
  assert_int_equal (fixture.n, 2);
  assert_int_equal (fixture.ips[0], 2);
  assert_int_equal (fixture.ips[1], 1);
  assert_int_equal (fixture.stats.n_records, 2);
  assert_int_equal (fixture.stats.n_damaged, 2);
  tear_down (&fixture);
}

static void
note_tail (void *user_data, const ProfRecord *record)
{
  (void)record;
  Fixture *fixture = user_data;
  fixture->times[fixture->n++] = fixture->memory[0].page->data_tail;
}

static void
test_gives_room_back_during_a_long_run (void **state)
{
  (void)state;
  static Fixture fixture;
  set_up (&fixture);
  for (int i = 0; i < MEMORY_RING_BYTES / 48; i++)
    write_sample (&fixture, 0, 1 + (uint64_t)i, 0);
  assert_int_equal (prof_record_merge (fixture.rings, N_RINGS, &format, UINT64_MAX, note_tail,
                                       &fixture, &fixture.stats),
                    0);
  assert_int_equal (fixture.times[0], 0);
  for (size_t i = 1; i < fixture.n; i++)
    assert_in_range (i * 48 - fixture.times[i], 0, MEMORY_RING_BYTES / 8 + 48);
  assert_int_equal (fixture.memory[0].page->data_tail, MEMORY_RING_BYTES / 48 * 48);
  tear_down (&fixture);
}

static void
test_no_rings (void **state)
{
  (void)state;
  Fixture fixture = { .n = 0 };
  assert_int_equal (prof_record_merge (NULL, 0, &format, UINT64_MAX, keep, &fixture,
                                       &fixture.stats),
                    0);
  assert_int_equal (fixture.n, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_merges_by_time_across_rings),
    cmocka_unit_test (test_keeps_what_is_too_young),
    cmocka_unit_test (test_skips_damaged_records_and_counts_them),
    cmocka_unit_test (test_gives_room_back_during_a_long_run),
    cmocka_unit_test (test_no_rings),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
