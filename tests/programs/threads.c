/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <pthread.h>
#include <stdio.h>

#include "shapes.h"

/* 64 threads, named worker-0 to worker-63: burn_in_thread < thread_main < the root of a thread.
 * Half are born while the others work. */

enum { N_THREADS = 64 };

static FRAME void
burn_in_thread (void)
{
  BURN_MS (20);
}

static FRAME void *
thread_main (void *argument)
{
  char name[16];
  snprintf (name, sizeof name, "worker-%u", *(unsigned *)argument);
  pthread_setname_np (pthread_self (), name);
  burn_in_thread ();
  KEEP_FRAME;
  return NULL;
}

int
main (void)
{
  pthread_t threads[N_THREADS];
  unsigned numbers[N_THREADS];

  for (unsigned i = 0; i < N_THREADS; i++) {
    numbers[i] = i;
    if (pthread_create (&threads[i], NULL, thread_main, &numbers[i]) != 0)
      return 1;
    if (i >= N_THREADS / 2)
      pthread_join (threads[i - N_THREADS / 2], NULL);
  }
  for (unsigned i = N_THREADS / 2; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  return 0;
}
