/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "otlp/exporter-private.h"

/* Name resolution and TLS need a part of it; a program's static TLS is taken from it, too. */
enum { THREAD_STACK_BYTES = 512 * 1024 };

/* Until a batch is complete, has waited long enough, or nothing more will come. With the lock. */
static void
wait_for_batch (ProfExporter *exporter)
{
  const ProfBatchConfig *batch = &exporter->config.batch;
  const ProfProfileQueue *queue = &exporter->queue;
  while (!exporter->is_shut_down && queue->n < batch->max_batch) {
    if (queue->n == 0) {
      pthread_cond_wait (&exporter->changed, &exporter->lock);
      continue;
    }
    uint64_t since_ns = prof_profile_queue_get_time (queue), now_ns = prof_monotonic_ns ();
    if (now_ns - since_ns >= batch->max_delay_ns)
      return;
    prof_exporter_wait (exporter, since_ns + batch->max_delay_ns);
  }
}

void
prof_exporter_count_profile (ProfExporter *exporter, int r, const ProfError *error)
{
  ProfExporterStats *stats = &exporter->stats;
  if (r == 0)
    stats->n_exported++;
  else if (r == -ECANCELED)
    stats->n_dropped++;
  else
    stats->n_failed++;
  if (r < 0)
    snprintf (stats->last_error, sizeof stats->last_error, "%.*s",
              (int)sizeof stats->last_error - 1, error->message);
}

/* With the lock held, which is given up while it sends. */
static void
send_oldest (ProfExporter *exporter)
{
  ProfError error = PROF_ERROR_INIT;
  ProfProfile *profile = prof_profile_queue_pop (&exporter->queue);
  exporter->n_sending = 1;
  pthread_mutex_unlock (&exporter->lock);
  int r = prof_exporter_deliver (exporter, &exporter->thread_transport, profile, &error);
  prof_profile_unref (profile);
  pthread_mutex_lock (&exporter->lock);
  exporter->n_sending = 0;
  prof_exporter_count_profile (exporter, r, &error);
}

static void *
run (void *data)
{
  ProfExporter *exporter = data;
  pthread_mutex_lock (&exporter->lock);
  do {
    wait_for_batch (exporter);
    size_t n = exporter->queue.n;
    for (size_t i = 0; i < n && !exporter->is_canceled; i++)
      send_oldest (exporter);
  } while (!exporter->is_canceled && (!exporter->is_shut_down || exporter->queue.n > 0));
  exporter->has_thread_ended = true;
  pthread_cond_broadcast (&exporter->changed);
  pthread_mutex_unlock (&exporter->lock);
  return NULL;
}

/* Signals of the program are not for this thread. */
int
prof_exporter_start_thread (ProfExporter *exporter)
{
  sigset_t all, before;
  pthread_attr_t attributes;
  if (exporter->has_thread)
    return 0;
  sigfillset (&all);
  pthread_attr_init (&attributes);
  pthread_attr_setstacksize (&attributes, THREAD_STACK_BYTES);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  int r = -pthread_create (&exporter->thread, &attributes, run, exporter);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  pthread_attr_destroy (&attributes);
  exporter->has_thread = r == 0;
  return r;
}

void
prof_exporter_join_thread (ProfExporter *exporter)
{
  bool has_thread = exporter->has_thread;
  exporter->has_thread = false;
  pthread_cond_broadcast (&exporter->changed);
  pthread_mutex_unlock (&exporter->lock);
  if (has_thread)
    pthread_join (exporter->thread, NULL);
}
