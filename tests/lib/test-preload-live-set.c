/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "preload/live-set.h"

#include <pthread.h>
#include <string.h>

#include "tests.h"

static LiveSet set;

static int
empty (void **state)
{
  (void)state;
  memset (&set, 0, sizeof set);
  return 0;
}

static void
test_has_what_was_added (void **state)
{
  (void)state;
  assert_false (live_set_has (&set, 0x1000));
  assert_true (live_set_add (&set, 0x1000));
  assert_true (live_set_may_have (&set, 0x1000));
  assert_true (live_set_has (&set, 0x1000));
  assert_false (live_set_has (&set, 0x2000));
  assert_false (live_set_remove (&set, 0x2000));
  assert_true (live_set_remove (&set, 0x1000));
  assert_false (live_set_remove (&set, 0x1000));
  assert_false (live_set_may_have (&set, 0x1000));
}

/* Addresses of one hash: the filter knows nothing of each, the table all. */
static void
test_filter_counts (void **state)
{
  (void)state;
  const uint64_t step = (uint64_t)1 << 28 | 1 << 10;
  for (uint64_t i = 1; i <= 300; i++)
    assert_true (live_set_add (&set, i * step));
  assert_true (live_set_may_have (&set, 301 * step));
  assert_false (live_set_has (&set, 301 * step));
  assert_int_equal (set.filter[0], LIVE_SET_SATURATED);
  for (uint64_t i = 1; i <= 300; i++)
    assert_true (live_set_remove (&set, i * step));
  assert_int_equal (set.filter[0], LIVE_SET_SATURATED);
  assert_false (live_set_wants_all (&set));
}

/* A half full table finds room for all, a full one says so and is not harmed. */
static void
test_full (void **state)
{
  (void)state;
  const uint64_t n = LIVE_SET_BUCKETS * LIVE_SET_BUCKET;
  uint64_t n_added = 0;
  for (uint64_t i = 1; i <= 2 * n; i++) {
    bool is_added = live_set_add (&set, i * 4096);
    assert_true (is_added || i > n / 2);
    n_added += is_added;
  }
  assert_in_range (n_added, n * 9 / 10, n);
  uint64_t n_removed = 0;
  for (uint64_t i = 1; i <= 2 * n; i++)
    n_removed += live_set_remove (&set, i * 4096);
  assert_int_equal (n_removed, n_added);
}

static void
test_all (void **state)
{
  (void)state;
  live_set_want_all (&set, true);
  assert_true (live_set_wants_all (&set));
  assert_true (live_set_may_have (&set, 0x123450));
  live_set_want_all (&set, false);
  assert_false (live_set_wants_all (&set));
  assert_false (live_set_may_have (&set, 0x123450));
}

enum { N_ROUNDS = 200000, N_OWN = 64 };

/* Each thread's addresses come and go; what is in is found, whatever the others do. */
static void *
come_and_go (void *argument)
{
  uint64_t base = ((uint64_t)(uintptr_t)argument + 1) << 30, random = base;
  bool is_in[N_OWN] = { false };
  uintptr_t n_wrong = 0;
  for (int i = 0; i < N_ROUNDS; i++) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    unsigned k = random >> 58;
    uint64_t address = base + k * 48;
    n_wrong += live_set_has (&set, address) != is_in[k];
    if (is_in[k])
      n_wrong += !live_set_remove (&set, address);
    else
      n_wrong += !live_set_add (&set, address);
    is_in[k] = !is_in[k];
  }
  for (unsigned k = 0; k < N_OWN; k++)
    n_wrong += is_in[k] && !live_set_remove (&set, base + k * 48);
  return (void *)n_wrong;
}

static void
test_threads (void **state)
{
  (void)state;
  pthread_t threads[4];
  for (uintptr_t i = 0; i < 4; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, come_and_go, (void *)i), 0);
  for (int i = 0; i < 4; i++) {
    void *n_wrong;
    assert_int_equal (pthread_join (threads[i], &n_wrong), 0);
    assert_null (n_wrong);
  }
  for (size_t i = 0; i < LIVE_SET_FILTER; i++)
    assert_int_equal (set.filter[i], 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup (test_has_what_was_added, empty),
    cmocka_unit_test_setup (test_filter_counts, empty),
    cmocka_unit_test_setup (test_full, empty),
    cmocka_unit_test_setup (test_all, empty),
    cmocka_unit_test_setup (test_threads, empty),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
