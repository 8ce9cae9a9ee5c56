/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/sort.h"

#include "base/prng.h"
#include "tests.h"

typedef struct {
  uint32_t key, payload;
} Row;

static int
compare (const void *a, const void *b)
{
  uint32_t x = ((const Row *)a)->key, y = ((const Row *)b)->key;
  return (x > y) - (x < y);
}

static void
expect_sorted (Row *rows, size_t n)
{
  prof_sort (rows, n, sizeof *rows, compare);
  for (size_t i = 0; i < n; i++) {
    assert_int_equal (rows[i].key, i);
    assert_int_equal (rows[i].payload, i * 3);
  }
}

enum { N = 1000 };

static void
fill (Row *rows)
{
  for (uint32_t i = 0; i < N; i++)
    rows[i] = (Row){ i, i * 3 };
}

static void
exchange (Row *a, Row *b)
{
  Row row = *a;
  *a = *b;
  *b = row;
}

static void
test_ordered_reversed_and_empty (void **state)
{
  (void)state;
  Row rows[N];
  fill (rows);
  expect_sorted (rows, N);
  for (size_t i = 0; i < N / 2; i++)
    exchange (&rows[i], &rows[N - 1 - i]);
  expect_sorted (rows, N);
  expect_sorted (rows, 0);
  expect_sorted (rows, 1);
}

static void
test_nearly_ordered (void **state)
{
  (void)state;
  Row rows[N];
  fill (rows);
  for (size_t i = 0; i + 3 < N; i += 7)
    exchange (&rows[i], &rows[i + 2]);
  expect_sorted (rows, N);
}

static void
test_shuffled (void **state)
{
  (void)state;
  Row rows[N];
  fill (rows);
  ProfPrng prng = { 1 };
  for (size_t i = N; i > 1; i--)
    exchange (&rows[i - 1], &rows[prof_prng_next (&prng) % i]);
  expect_sorted (rows, N);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_ordered_reversed_and_empty),
    cmocka_unit_test (test_nearly_ordered),
    cmocka_unit_test (test_shuffled),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
