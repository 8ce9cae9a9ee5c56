/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <stdlib.h>

#include "layout/flame-sort.h"

enum { MAX_STACKS = 300, MAX_DEPTH = 9, N_FUNCTIONS = 3 };

typedef struct {
  uint32_t frames[MAX_STACKS * MAX_DEPTH];
  PyroFlameStack stacks[MAX_STACKS];
  uint32_t n;
  uint32_t order[MAX_STACKS], common[MAX_STACKS];
} Case;

static uint32_t
count_common (const Case *it, uint32_t a, uint32_t b)
{
  const PyroFlameStack *x = &it->stacks[a], *y = &it->stacks[b];
  uint32_t n = 0;
  while (n < x->n && n < y->n && it->frames[x->start + n] == it->frames[y->start + n])
    n++;
  return n;
}

static bool
is_new (const Case *it, uint32_t stack)
{
  for (uint32_t i = 0; i < stack; i++)
    if (it->stacks[i].n == it->stacks[stack].n
        && count_common (it, i, stack) == it->stacks[stack].n)
      return false;
  return true;
}

/* Different stacks of few functions, so that many begin alike. */
static void
make (Case *it, unsigned seed)
{
  uint32_t end = 0;
  it->n = 0;
  for (unsigned i = 0; i < MAX_STACKS; i++) {
    uint32_t n = (uint32_t)rand_r (&seed) % MAX_DEPTH;
    for (uint32_t j = 0; j < n; j++)
      it->frames[end + j] = j < 2 ? 0 : (uint32_t)rand_r (&seed) % N_FUNCTIONS;
    it->stacks[it->n] = (PyroFlameStack){ end, n };
    if (is_new (it, it->n)) {
      it->n++;
      end += n;
    }
  }
}

/* What two stacks have in common, all between them have: that is what trees are read from. */
static void
check_order (const Case *it)
{
  uint8_t seen[MAX_STACKS] = { 0 };
  for (uint32_t i = 0; i < it->n; i++) {
    assert_int_equal (seen[it->order[i]]++, 0);
    uint32_t least = UINT32_MAX;
    for (uint32_t j = i + 1; j < it->n; j++) {
      least = it->common[j] < least ? it->common[j] : least;
      assert_int_equal (count_common (it, it->order[i], it->order[j]), least);
      if (least == it->stacks[it->order[j]].n)
        fail_msg ("a stack comes after one that goes on from its end");
    }
  }
}

static void
test_those_that_begin_alike_are_together (void **state)
{
  (void)state;
  static Case it;
  for (unsigned seed = 1; seed <= 20; seed++) {
    make (&it, seed);
    assert_true (it.n > 100);
    assert_int_equal (pyro_flame_sort (it.frames, N_FUNCTIONS, it.stacks, it.n, it.order,
                                       it.common),
                      0);
    assert_int_equal (it.common[0], 0);
    check_order (&it);
  }
}

static void
test_one (void **state)
{
  (void)state;
  uint32_t frame = 0, order = 7, common = 7;
  PyroFlameStack stack = { 0, 1 };
  assert_int_equal (pyro_flame_sort (&frame, 1, &stack, 1, &order, &common), 0);
  assert_int_equal (order, 0);
  assert_int_equal (common, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_those_that_begin_alike_are_together),
    cmocka_unit_test (test_one),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
