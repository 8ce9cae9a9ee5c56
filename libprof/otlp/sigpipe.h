/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <time.h>

/* Keeps the SIGPIPE of a connection that is cut from a program that called us: it is blocked in
 * this thread meanwhile, and one that came is taken off. One that was pending before stays. */
typedef struct {
  sigset_t mask;
  bool was_pending;
} ProfSigpipe;

static inline bool
prof_sigpipe_is_pending (void)
{
  sigset_t pending;
  sigpending (&pending);
  return sigismember (&pending, SIGPIPE) == 1;
}

static inline void
prof_sigpipe_block (ProfSigpipe *ret)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &set, &ret->mask);
  ret->was_pending = prof_sigpipe_is_pending ();
}

static inline void
prof_sigpipe_restore (const ProfSigpipe *sigpipe)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGPIPE);
  if (!sigpipe->was_pending && prof_sigpipe_is_pending ())
    sigtimedwait (&set, NULL, &(struct timespec){ 0 });
  pthread_sigmask (SIG_SETMASK, &sigpipe->mask, NULL);
}
