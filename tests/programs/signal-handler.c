/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "shapes.h"

/* burn_in_handler < on_signal < the signal frame < interrupted < main. The interrupted instruction
 * is the first of its function: one byte before it is another function. With the argument
 * "alternate", the handler has a stack of its own, and the frames from interrupted on lie outside
 * of what is copied from there. */

static sigjmp_buf back;

static FRAME void
burn_in_handler (void)
{
  BURN_MS (100);
}

static FRAME void
on_signal (int number, siginfo_t *info, void *context)
{
  (void)number;
  (void)info;
  (void)context;
  burn_in_handler ();
  siglongjmp (back, 1);
}

static FRAME __attribute__ ((noreturn)) void
interrupted (void)
{
  __builtin_trap ();
}

int
main (int argc, char **argv)
{
  bool is_alternate = argc > 1 && strcmp (argv[1], "alternate") == 0;
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
  if (is_alternate) {
    stack_t stack = { .ss_sp = malloc (1 << 16), .ss_size = 1 << 16 };
    action.sa_flags |= SA_ONSTACK;
    if (stack.ss_sp == NULL || sigaltstack (&stack, NULL) != 0)
      return 1;
  }
  sigaction (SIGILL, &action, NULL);
  sigaction (SIGTRAP, &action, NULL);
  for (volatile int i = 0; i < 10; i++)
    if (sigsetjmp (back, 1) == 0)
      interrupted ();
  return 0;
}
