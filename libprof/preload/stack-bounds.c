/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "stack-bounds.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "system-call.h"

#define PAGE 4096u
/* How far down a deep recursion may get between two samples and still be known as the same stack.
 */
#define MAX_PROBED (256 * PAGE)

static HomeStack main_stack;

void
stack_set_main (uint64_t end, uint64_t n_bytes)
{
  main_stack = (HomeStack){ .start = end - n_bytes, .end = end };
}

/* The kernel copies the new set before it looks at `how`, which is wrong on purpose: EFAULT tells
 * of memory that can't be read, and EINVAL of memory that can. Nothing else happens. */
static bool
is_readable (uint64_t address)
{
  const long wrong_how = -1, n_bytes_of_set = 8;
  return system_call (SYS_rt_sigprocmask, wrong_how, (long)address, 0, n_bytes_of_set, 0, 0)
         != -EFAULT;
}

static bool
holds (const HomeStack *home, uint64_t sp)
{
  return home->start <= sp && sp < home->end;
}

/* The end of the stack that `sp` may be of: a thread's descriptor lies at the end of its stack. */
static void
guess_home (HomeStack *home, uint64_t sp)
{
  if (holds (&main_stack, sp))
    *home = main_stack;
  else if (home->end != (uint64_t)pthread_self ())
    home->start = home->end = (uint64_t)pthread_self ();
}

uint64_t
stack_readable_end (HomeStack *home, uint64_t sp, uint64_t n_bytes)
{
  if (!holds (home, sp))
    guess_home (home, sp);
  uint64_t wanted = sp + n_bytes;
  if (!holds (home, sp)) {
    bool may_be_home = sp < home->start && home->start - sp <= MAX_PROBED;
    uint64_t limit = may_be_home ? home->start : wanted;
    for (uint64_t page = (sp / PAGE + 1) * PAGE; page < limit; page += PAGE) {
      if (!is_readable (page))
        return page < wanted ? page : wanted;
    }
    if (!may_be_home)
      return wanted;
    home->start = sp / PAGE * PAGE;
  }
  return wanted < home->end ? wanted : home->end;
}
