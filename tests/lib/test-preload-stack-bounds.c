/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "preload/stack-bounds.h"

#include <pthread.h>
#include <sys/mman.h>

#include "tests.h"

enum { PAGE = 4096 };

static uint64_t
here (void)
{
  return (uint64_t)__builtin_frame_address (0);
}

static void *
check_own_stack (void *argument)
{
  HomeStack home = { 0 };
  uint64_t sp = here ();
  assert_int_equal (stack_readable_end (&home, sp, 64), sp + 64);
  uint64_t end = stack_readable_end (&home, sp, 1 << 20);
  assert_int_equal (end, (uint64_t)pthread_self ());
  assert_true (home.start <= sp && sp < home.end);
  return argument;
}

static void
test_thread (void **state)
{
  (void)state;
  pthread_t thread;
  assert_int_equal (pthread_create (&thread, NULL, check_own_stack, NULL), 0);
  assert_int_equal (pthread_join (thread, NULL), 0);
}

static void
test_main (void **state)
{
  (void)state;
  uint64_t sp = here ();
  stack_set_main (sp + 1000, 1 << 20);
  HomeStack home = { 0 };
  assert_int_equal (stack_readable_end (&home, sp, 100), sp + 100);
  assert_int_equal (stack_readable_end (&home, sp, 1 << 20), sp + 1000);
  stack_set_main (0, 0);
}

/* Other memory ends at the first page that can't be read, asked anew each time. */
static void
test_other_memory (void **state)
{
  (void)state;
  char *area = mmap (NULL, 8 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (area, MAP_FAILED);
  assert_int_equal (mprotect (area + 5 * PAGE, PAGE, PROT_NONE), 0);
  HomeStack home = { 0 };
  uint64_t sp = (uint64_t)area + 100;
  assert_int_equal (stack_readable_end (&home, sp, 2 * PAGE), sp + 2 * PAGE);
  assert_int_equal (stack_readable_end (&home, sp, 1 << 20), (uint64_t)area + 5 * PAGE);
  assert_int_equal (mprotect (area + 2 * PAGE, PAGE, PROT_NONE), 0);
  assert_int_equal (stack_readable_end (&home, sp, 1 << 20), (uint64_t)area + 2 * PAGE);
  munmap (area, 8 * PAGE);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_thread),
    cmocka_unit_test (test_main),
    cmocka_unit_test (test_other_memory),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
