/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shapes.h"

/* 200 children, a few at a time: burn_in_child < child_main < main. */

static FRAME void
burn_in_child (void)
{
  BURN_MS (5);
}

static FRAME void
child_main (void)
{
  burn_in_child ();
  KEEP_FRAME;
}

int
main (void)
{
  for (int i = 0; i < 200; i++) {
    pid_t pid = fork ();
    if (pid < 0)
      return 1;
    if (pid == 0) {
      child_main ();
      _exit (0);
    }
    if (i % 4 == 3)
      while (wait (NULL) > 0)
        ;
  }
  return 0;
}
