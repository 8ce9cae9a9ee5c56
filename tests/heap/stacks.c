/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Programs whose stacks are not where one looks for them: coroutines, signal handlers, threads. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "blocks.h"

#define PAGE 4096

static ucontext_t main_context, coroutine;

static void
run_on_coroutine (void)
{
  allocate (MAIN_SIZE, 10, 5);
}

static void
switch_to (void *stack, size_t n_bytes)
{
  getcontext (&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = n_bytes;
  coroutine.uc_link = &main_context;
  makecontext (&coroutine, run_on_coroutine, 0);
  swapcontext (&main_context, &coroutine);
}

static int
run_coroutines (char **arguments)
{
  (void)arguments;
  for (int i = 0; i < 50; i++) {
    void *stack = malloc (64 << 10);
    switch_to (stack, 64 << 10);
    free (stack);
  }
  return 0;
}

/* The stack's end is the last readable byte before a hole; below it is one as well. */
static int
run_at_guard_page (char **arguments)
{
  (void)arguments;
  for (size_t n_pages = 4; n_pages < 40; n_pages += 7) {
    char *area = mmap (NULL, (n_pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect (area + PAGE, n_pages * PAGE, PROT_READ | PROT_WRITE);
    switch_to (area + PAGE, n_pages * PAGE);
    munmap (area, (n_pages + 2) * PAGE);
  }
  return 0;
}

static void *
run_coroutines_in_thread (void *argument)
{
  allocate (MAIN_SIZE, 10, 5);
  run_coroutines (NULL);
  run_at_guard_page (NULL);
  return argument;
}

static int
run_threads_coroutines (char **arguments)
{
  (void)arguments;
  for (int i = 0; i < 10; i++) {
    pthread_t thread;
    pthread_create (&thread, NULL, run_coroutines_in_thread, NULL);
    pthread_join (thread, NULL);
  }
  return 0;
}

static volatile sig_atomic_t n_signals;

static void
handle (int signal)
{
  (void)signal;
  n_signals++;
  free (aligned_alloc (64, 64));
}

/* A handler on a stack of its own that allocates, whenever it wants. With malloc's own lock it
 * could deadlock without any hook: what it interrupts is only the hook's and tcache's. */
static int
run_signal_stack (char **arguments)
{
  (void)arguments;
  char *area = mmap (NULL, 10 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect (area + PAGE, 8 * PAGE, PROT_READ | PROT_WRITE);
  stack_t stack = { .ss_sp = area + PAGE, .ss_size = 8 * PAGE };
  sigaltstack (&stack, NULL);
  struct sigaction action = { .sa_handler = handle, .sa_flags = SA_ONSTACK };
  sigaction (SIGUSR1, &action, NULL);
  for (int i = 0; i < 100; i++) {
    allocate (MAIN_SIZE, 1, 0);
    raise (SIGUSR1);
  }
  return n_signals != 100;
}

static sigjmp_buf before;

static void
jump (int signal)
{
  (void)signal;
  n_signals++;
  siglongjmp (before, 1);
}

/* Leaves malloc, in the middle of the hook or of libc, by a jump. Each round has a thread of its
 * own arena state to spoil: only the hook's must survive. */
static int
run_jumps (char **arguments)
{
  (void)arguments;
  struct sigaction action = { .sa_handler = jump };
  sigaction (SIGPROF, &action, NULL);
  struct itimerval timer = { .it_interval = { .tv_usec = 500 }, .it_value = { .tv_usec = 500 } };
  setitimer (ITIMER_PROF, &timer, NULL);
  sigsetjmp (before, 1);
  while (n_signals < 10)
    free (malloc (64));
  setitimer (ITIMER_PROF, &(struct itimerval){ 0 }, NULL);
  allocate (MAIN_SIZE, 10, 5);
  return 0;
}

static int
recurse (int depth)
{
  volatile char frame[1000];
  memset ((void *)frame, depth, sizeof frame);
  int r = depth > 0 ? recurse (depth - 1) : 0;
  allocate (MAIN_SIZE, 1, 1);
  return r + frame[0];
}

static int
run_deep (char **arguments)
{
  (void)arguments;
  recurse (5000);
  return 0;
}

static void *
recurse_in_thread (void *argument)
{
  recurse (5000);
  return argument;
}

static int
run_deep_thread (char **arguments)
{
  (void)arguments;
  pthread_t thread;
  pthread_create (&thread, NULL, recurse_in_thread, NULL);
  return pthread_join (thread, NULL);
}

static void *
run_short (void *argument)
{
  allocate (MAIN_SIZE, 2, 1);
  return argument;
}

static int
run_many_threads (char **arguments)
{
  (void)arguments;
  for (int i = 0; i < 3000; i++) {
    pthread_t threads[2];
    for (int j = 0; j < 2; j++) {
      if (pthread_create (&threads[j], NULL, run_short, NULL) != 0)
        return 1;
    }
    for (int j = 0; j < 2; j++)
      pthread_join (threads[j], NULL);
  }
  return 0;
}

int
main (int argc, char **argv)
{
  (void)argc;
  static const Case cases[] = {
    { "coroutines", run_coroutines },
    { "guard-page", run_at_guard_page },
    { "threads-coroutines", run_threads_coroutines },
    { "signal-stack", run_signal_stack },
    { "jumps", run_jumps },
    { "deep", run_deep },
    { "deep-thread", run_deep_thread },
    { "many-threads", run_many_threads },
  };
  return RUN_CASE (cases, argv);
}
