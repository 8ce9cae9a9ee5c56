/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Does what each byte of its input says, and answers with the byte: m and o keep ten blocks of
 * their size, f has a child keep ten of a third. */
#include <sys/wait.h>
#include <unistd.h>

#include "blocks.h"

static void
do_step (char step)
{
  if (step == 'm')
    allocate (MAIN_SIZE, 15, 5);
  if (step == 'o')
    allocate (OTHER_SIZE, 15, 5);
  if (step != 'f')
    return;
  pid_t pid = fork ();
  if (pid == 0) {
    allocate (CHILD_SIZE, 15, 5);
    _exit (0);
  }
  waitpid (pid, NULL, 0);
}

int
main (void)
{
  char step;
  while (read (0, &step, 1) == 1) {
    do_step (step);
    if (write (1, &step, 1) != 1)
      return 1;
  }
  return 7;
}
