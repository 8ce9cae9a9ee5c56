/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/unwinder.h"

#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>

#include "own-stack.h"

/* Unwinds this process's own stacks, and compares them with what glibc's backtrace () says. */

enum { MAX_FRAMES = 2048, STACK_BYTES = 1 << 20 };

static struct {
  ProfModuleCache modules;
  ProfAddressSpace space;
  ProfUnwinder *unwinder;
  OwnStack stack;
} world;

/* Both walks of one stack. */
typedef struct {
  uint64_t pcs[MAX_FRAMES];
  size_t n;
  ProfStackEnd end;
  void *expected[MAX_FRAMES];
  int n_expected;
} Walks;

static Walks walks;

__attribute__ ((noinline)) static void
walk_twice (void)
{
  ucontext_t context;
  getcontext (&context);
  own_stack_copy (&world.stack, &context);
  walks.n = prof_unwinder_unwind (world.unwinder, &world.space, &world.stack.registers,
                                  &world.stack.slice, walks.pcs, &walks.end);
  walks.n_expected = backtrace (walks.expected, MAX_FRAMES);
}

/* A sanitizer's backtrace has a frame of its own before ours. */
static void
drop_inner_frames (void)
{
  int n_extra = walks.n_expected - (int)walks.n;
  assert_in_range (n_extra, 0, 1);
  memmove (walks.expected, walks.expected + n_extra, walks.n * sizeof *walks.expected);
}

static void
assert_walks_agree (size_t n_at_least)
{
  assert_int_equal (walks.end, PROF_STACK_ROOT);
  assert_true (walks.n >= n_at_least);
  drop_inner_frames ();
  for (size_t i = 1; i < walks.n; i++)
    assert_int_equal (walks.pcs[i] + 1, walks.expected[i]);
}

static int
set_up (void **state)
{
  (void)state;
  static const ProfUnwindOptions options
      = { OWN_ARCH, .uses_tables = true, .uses_frame_pointers = true, .max_frames = MAX_FRAMES };
  void *first[1];
  backtrace (first, 1); /* loads libgcc_s before the maps are read */
  prof_module_cache_init (&world.modules);
  own_stack_read_maps (&world.space);
  own_stack_init (&world.stack);
  return prof_unwinder_new (&options, &world.modules, &world.unwinder);
}

static int
tear_down (void **state)
{
  (void)state;
  prof_unwinder_free (world.unwinder);
  prof_address_space_finish (&world.space);
  prof_module_cache_finish (&world.modules);
  own_stack_finish (&world.stack);
  return 0;
}

static void
plain_stack (void **state)
{
  (void)state;
  walk_twice ();
  assert_walks_agree (4);
}

static volatile int depth_left;

__attribute__ ((noinline)) static int
recurse (void)
{
  if (depth_left-- == 0)
    walk_twice ();
  else
    recurse ();
  return ++depth_left;
}

static void
recursion_1000_deep (void **state)
{
  (void)state;
  depth_left = 1000;
  recurse ();
  assert_walks_agree (1003);
  for (size_t i = 2; i < 1001; i++)
    assert_int_equal (walks.pcs[i], walks.pcs[3]);
}

__attribute__ ((noinline)) static void
use_alloca (size_t n)
{
  volatile char *bytes = alloca (n);
  bytes[0] = 1;
  walk_twice ();
  bytes[n - 1] = 1;
}

static void
alloca_frame (void **state)
{
  (void)state;
  use_alloca (1000 + (size_t)getpid () % 100);
  assert_walks_agree (5);
}

__attribute__ ((noinline)) static void
walk_from_elsewhere (void)
{
  walk_twice ();
  depth_left = 0;
}

static void
trimmed_cfi_is_opened_again (void **state)
{
  (void)state;
  walk_twice ();
  size_t n_bytes = prof_unwinder_trim (world.unwinder, SIZE_MAX);
  assert_true (n_bytes > 0);
  assert_int_equal (prof_unwinder_trim (world.unwinder, n_bytes), n_bytes);
  assert_int_equal (prof_unwinder_trim (world.unwinder, n_bytes - 1), 0);
  walk_from_elsewhere ();
  assert_walks_agree (5);
  assert_in_range (prof_unwinder_trim (world.unwinder, 0), 1, n_bytes);
  assert_int_equal (prof_unwinder_trim (world.unwinder, 0), 0);
}

__attribute__ ((noinline)) static void
use_aligned (void)
{
  volatile char bytes[256] __attribute__ ((aligned (128))) = { 0 };
  bytes[0] = 1;
  walk_twice ();
  bytes[255] = bytes[0];
}

static void
realigned_frame (void **state)
{
  (void)state;
  use_aligned ();
  assert_walks_agree (5);
}

static int
compare_bytes (const void *a, const void *b)
{
  walk_twice ();
  return *(const char *)a - *(const char *)b;
}

static void
callback_from_libc (void **state)
{
  (void)state;
  char bytes[] = "ba";
  qsort (bytes, 2, 1, compare_bytes);
  assert_walks_agree (6);
}

static void *
walk_in_thread (void *argument)
{
  walk_twice ();
  return argument;
}

static void
thread_ends_at_its_root (void **state)
{
  (void)state;
  pthread_t thread;
  assert_int_equal (pthread_create (&thread, NULL, walk_in_thread, NULL), 0);
  pthread_join (thread, NULL);
  assert_walks_agree (3);
}

static volatile sig_atomic_t n_signals;

static void
on_signal (int number)
{
  (void)number;
  walk_twice ();
  n_signals++;
}

/* backtrace does not say which frames a signal interrupted; those of libprof are exact there. */
static void
signal_frame (void **state)
{
  (void)state;
  signal (SIGUSR1, on_signal);
  raise (SIGUSR1);
  signal (SIGUSR1, SIG_DFL);
  assert_int_equal (n_signals, 1);
  assert_int_equal (walks.end, PROF_STACK_ROOT);
  drop_inner_frames ();
  size_t n_exact = 0;
  for (size_t i = 1; i < walks.n; i++) {
    uint64_t expected = (uint64_t)walks.expected[i];
    assert_true (walks.pcs[i] == expected || walks.pcs[i] == expected - 1);
    n_exact += walks.pcs[i] == expected;
  }
  assert_int_equal (n_exact, 2); /* the trampoline, and what was interrupted */
}

static void
cut_stack_says_so (void **state)
{
  (void)state;
  walk_twice ();
  size_t n_whole = walks.n;
  world.stack.slice.n_bytes = 64;
  walks.n = prof_unwinder_unwind (world.unwinder, &world.space, &world.stack.registers,
                                  &world.stack.slice, walks.pcs, &walks.end);
  assert_int_equal (walks.end, PROF_STACK_SLICE_ENDED);
  assert_true (walks.n < n_whole);
}

static void
unmapped_code_is_no_frame (void **state)
{
  (void)state;
  walk_twice ();
  ProfAddressSpace empty;
  prof_address_space_init (&empty, getpid ());
  walks.n = prof_unwinder_unwind (world.unwinder, &empty, &world.stack.registers,
                                  &world.stack.slice, walks.pcs, &walks.end);
  assert_int_equal (walks.n, 1);
  assert_int_equal (walks.end, PROF_STACK_NO_UNWIND_DATA);
  prof_address_space_finish (&empty);
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (plain_stack),
    cmocka_unit_test (recursion_1000_deep),
    cmocka_unit_test (alloca_frame),
    cmocka_unit_test (trimmed_cfi_is_opened_again),
    cmocka_unit_test (realigned_frame),
    cmocka_unit_test (callback_from_libc),
    cmocka_unit_test (thread_ends_at_its_root),
    cmocka_unit_test (signal_frame),
    cmocka_unit_test (cut_stack_says_so),
    cmocka_unit_test (unmapped_code_is_no_frame),
  };
  return cmocka_run_group_tests (tests, set_up, tear_down);
}
