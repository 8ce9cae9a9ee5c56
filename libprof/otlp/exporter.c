/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sized.h"
#include "otlp/exporter-private.h"
#include "otlp/sigpipe.h"

PROF_DEFINE_CLEANUP (ProfExporter *, prof_exporter_free)

static bool
is_of_this_process (const ProfExporter *exporter)
{
  return exporter->own.pid == getpid ();
}

/* ---- life ---- */

static const ProfTransportFuncs transport_funcs = {
  prof_otlp_transport_new,
  prof_otlp_transport_send,
  prof_otlp_transport_free,
};

static const char *
get_variable (const char *name)
{
  return getenv (name);
}

static void
init_locks (ProfExporter *exporter)
{
  pthread_condattr_t attributes;
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&exporter->changed, &attributes);
  pthread_condattr_destroy (&attributes);
  pthread_mutex_init (&exporter->lock, NULL);
  pthread_mutex_init (&exporter->call_lock, NULL);
}

static int
init_contents (ProfExporter *exporter, const char *(*get_env) (const char *name))
{
  ProfOtlpConfig *config = &exporter->config;
  prof_own_process_read (&exporter->own);
  prof_otlp_resource_add_all (&exporter->resource, config->resource, config->n_resource);
  prof_otlp_resource_add_environment (&exporter->resource, get_env ("OTEL_SERVICE_NAME"),
                                      get_env ("OTEL_RESOURCE_ATTRIBUTES"));
  exporter->layout = config->layout;
  exporter->prng.state = prof_monotonic_ns () ^ (uint64_t)exporter->own.pid << 32;
  uint64_t seed;
  if (getrandom (&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed)
    exporter->prng.state = seed;
  return exporter->resource.is_failed
             ? -ENOMEM
             : prof_profile_queue_init (&exporter->queue, config->batch.max_queued);
}

int
prof_exporter_new_with (const ProfExporterConfig *config,
                        const ProfTransportFuncs *funcs,
                        const char *(*get_env) (const char *name),
                        ProfExporter **ret,
                        ProfError *reterr)
{
  cleanup (prof_exporter_free) ProfExporter *exporter = calloc (1, sizeof *exporter);
  if (exporter == NULL)
    return prof_error_set (reterr, -ENOMEM, "Can't make an exporter: out of memory");
  exporter->own.pid = getpid ();
  exporter->funcs = funcs;
  init_locks (exporter);
  prof_mapping_hashes_init (&exporter->hashes);
  int r = prof_otlp_config_init (&exporter->config, config, get_env, reterr);
  if (r < 0)
    return r;
  if (init_contents (exporter, get_env) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't make an exporter: out of memory");
  *ret = steal (&exporter);
  return 0;
}

int
prof_exporter_new (const ProfExporterConfig *config, ProfExporter **ret, ProfError *reterr)
{
  return prof_exporter_new_with (config, &transport_funcs, get_variable, ret, reterr);
}

/* Nothing is freed in a child of fork: the thread that may have held the lock is not there, and
 * what TLS says at the end of a connection would end the parent's. */
ProfExporter *
prof_exporter_free (ProfExporter *exporter)
{
  if (exporter == NULL || !is_of_this_process (exporter))
    return NULL;
  pthread_mutex_lock (&exporter->lock);
  exporter->is_shut_down = true;
  exporter->is_canceled = true;
  prof_exporter_join_thread (exporter);
  exporter->funcs->close (exporter->thread_transport);
  exporter->funcs->close (exporter->call_transport);
  prof_profile_queue_finish (&exporter->queue);
  prof_otlp_resource_finish (&exporter->resource);
  prof_mapping_hashes_finish (&exporter->hashes);
  prof_otlp_config_done (&exporter->config);
  pthread_mutex_destroy (&exporter->call_lock);
  pthread_mutex_destroy (&exporter->lock);
  pthread_cond_destroy (&exporter->changed);
  free (exporter);
  return NULL;
}

/* ---- exporting ---- */

static int
check_owner (const ProfExporter *exporter, ProfError *reterr)
{
  if (is_of_this_process (exporter))
    return 0;
  return prof_error_set (reterr, -EOWNERDEAD,
                         "Can't export in a child of fork: make an exporter of its own there");
}

static int
count_disabled (ProfExporter *exporter, size_t n_profiles)
{
  pthread_mutex_lock (&exporter->lock);
  exporter->stats.n_dropped += n_profiles;
  pthread_mutex_unlock (&exporter->lock);
  return 0;
}

/* A shutdown waits for a call that has begun; one that has not is refused. */
static bool
begin_call (ProfExporter *exporter)
{
  pthread_mutex_lock (&exporter->lock);
  bool is_begun = !exporter->is_shut_down;
  exporter->n_calls += is_begun;
  pthread_mutex_unlock (&exporter->lock);
  return is_begun;
}

static void
end_call (ProfExporter *exporter, int r, const ProfError *error)
{
  pthread_mutex_lock (&exporter->lock);
  prof_exporter_count_profile (exporter, r, error);
  exporter->n_calls--;
  pthread_cond_broadcast (&exporter->changed);
  pthread_mutex_unlock (&exporter->lock);
}

int
prof_exporter_export (ProfExporter *exporter, ProfProfile *profile, ProfError *reterr)
{
  int r = check_owner (exporter, reterr);
  if (r < 0)
    return r;
  if (profile == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_exporter_export: profile is NULL");
  if (exporter->config.is_disabled && !prof_exporter_is_shut_down (exporter))
    return count_disabled (exporter, 1);
  if (!begin_call (exporter))
    return prof_error_set (reterr, -ESHUTDOWN, "Can't export: the exporter was shut down");
  ProfError error = PROF_ERROR_INIT;
  ProfSigpipe sigpipe;
  pthread_mutex_lock (&exporter->call_lock);
  prof_sigpipe_block (&sigpipe);
  r = prof_exporter_deliver (exporter, &exporter->call_transport, profile, &error);
  prof_sigpipe_restore (&sigpipe);
  pthread_mutex_unlock (&exporter->call_lock);
  end_call (exporter, r, &error);
  return r < 0 ? prof_error_set (reterr, r, "%s", error.message) : 0;
}

/* 1: an older profile was dropped for it; 0; negative errno. */
static int
queue_profile (ProfExporter *exporter, ProfProfile *profile)
{
  if (profile == NULL)
    return -EINVAL;
  pthread_mutex_lock (&exporter->lock);
  int r = exporter->is_shut_down ? -ESHUTDOWN : prof_exporter_start_thread (exporter);
  ProfProfile *dropped = NULL;
  if (r == 0)
    dropped = prof_profile_queue_push (&exporter->queue, prof_profile_ref (profile),
                                       prof_monotonic_ns ());
  exporter->stats.n_dropped += dropped != NULL;
  size_t n = exporter->queue.n;
  if (r == 0 && (n == 1 || n >= exporter->config.batch.max_batch))
    pthread_cond_broadcast (&exporter->changed);
  pthread_mutex_unlock (&exporter->lock);
  prof_profile_unref (dropped);
  return r < 0 ? r : dropped != NULL;
}

int
prof_exporter_export_batch (ProfExporter *exporter, ProfProfile *const *profiles, size_t n_profiles)
{
  int n_dropped = check_owner (exporter, NULL);
  if (n_dropped == 0 && exporter->config.is_disabled)
    return count_disabled (exporter, n_profiles);
  for (size_t i = 0; i < n_profiles && n_dropped >= 0; i++) {
    int r = queue_profile (exporter, profiles[i]);
    n_dropped = r < 0 ? r : n_dropped + r;
  }
  return n_dropped;
}

/* Those that nobody will send any more. */
static void
drop_queued (ProfExporter *exporter)
{
  pthread_mutex_lock (&exporter->lock);
  ProfProfileQueue *queue = &exporter->queue;
  exporter->stats.n_dropped += queue->n;
  while (queue->n > 0)
    prof_profile_unref (prof_profile_queue_pop (queue));
  pthread_mutex_unlock (&exporter->lock);
}

/* With the lock held. */
static bool
is_sending (const ProfExporter *exporter)
{
  return exporter->n_calls > 0 || (exporter->has_thread && !exporter->has_thread_ended);
}

int
prof_exporter_shutdown (ProfExporter *exporter, uint64_t timeout_ns, ProfError *reterr)
{
  int r = check_owner (exporter, reterr);
  if (r < 0)
    return r;
  uint64_t now_ns = prof_monotonic_ns ();
  uint64_t end_ns = timeout_ns < INT64_MAX - now_ns ? now_ns + timeout_ns : INT64_MAX;
  pthread_mutex_lock (&exporter->lock);
  uint64_t n_dropped = exporter->stats.n_dropped;
  exporter->is_shut_down = true;
  pthread_cond_broadcast (&exporter->changed);
  while (is_sending (exporter) && prof_monotonic_ns () < end_ns)
    prof_exporter_wait (exporter, end_ns);
  exporter->is_canceled |= is_sending (exporter);
  prof_exporter_join_thread (exporter);
  drop_queued (exporter);

  ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
  prof_exporter_get_stats (exporter, &stats);
  if (stats.n_dropped == n_dropped)
    return 0;
  return prof_error_set (reterr, -ETIMEDOUT,
                         "Can't send what was queued within %.3g s: %" PRIu64
                         " profiles were dropped%s%s",
                         (double)timeout_ns / 1e9, stats.n_dropped - n_dropped,
                         stats.last_error[0] != '\0' ? "; last: " : "", stats.last_error);
}

int
prof_exporter_get_stats (ProfExporter *exporter, ProfExporterStats *ret)
{
  bool has_lock = is_of_this_process (exporter);
  if (has_lock)
    pthread_mutex_lock (&exporter->lock);
  ProfExporterStats stats = exporter->stats;
  stats.n_queued = exporter->queue.n + exporter->n_sending;
  if (has_lock)
    pthread_mutex_unlock (&exporter->lock);
  return prof_sized_fill (ret, &stats, sizeof stats);
}

void
prof_exporter_set_func (ProfExporter *exporter, ProfExporterFunc func, void *user_data)
{
  exporter->func = func;
  exporter->user_data = user_data;
}
