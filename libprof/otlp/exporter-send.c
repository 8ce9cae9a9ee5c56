/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "otlp/exporter-private.h"

void
prof_exporter_wait (ProfExporter *exporter, uint64_t until_ns)
{
  const struct timespec until
      = { .tv_sec = (time_t)(until_ns / 1000000000), .tv_nsec = (long)(until_ns % 1000000000) };
  pthread_cond_timedwait (&exporter->changed, &exporter->lock, &until);
}

/* A shutdown that began since the try did shortens the wait to what the collector asked for. */
static void
wait_between_tries (ProfExporter *exporter, const ProfOtlpDeliveryWait *wait, bool was_shut_down)
{
  pthread_mutex_lock (&exporter->lock);
  while (!exporter->is_canceled) {
    bool is_hurried = exporter->is_shut_down && !was_shut_down;
    uint64_t end_ns = is_hurried ? wait->earliest_ns : wait->until_ns;
    if (prof_monotonic_ns () >= end_ns)
      break;
    prof_exporter_wait (exporter, end_ns);
  }
  pthread_mutex_unlock (&exporter->lock);
}

bool
prof_exporter_is_shut_down (ProfExporter *exporter)
{
  pthread_mutex_lock (&exporter->lock);
  bool is_so = exporter->is_shut_down;
  pthread_mutex_unlock (&exporter->lock);
  return is_so;
}

/* What one try has shown. */
typedef struct {
  ProfOtlpLayout layout;
  size_t n_bytes;
  ProfOtlpAnswer answer;
  ProfOtlpDeliveryState next;
} Try;

static void
record_try (ProfExporter *exporter, const Try *try)
{
  const ProfOtlpAnswer *answer = &try->answer;
  pthread_mutex_lock (&exporter->lock);
  ProfExporterStats *stats = &exporter->stats;
  stats->n_requests++;
  stats->n_bytes += try->n_bytes;
  stats->n_retries += try->next == PROF_DELIVERY_WAIT;
  if (answer->outcome == PROF_OTLP_TAKEN)
    exporter->layout = try->layout;
  if (answer->n_rejected > 0)
    stats->n_rejected_profiles += (uint64_t)answer->n_rejected;
  if (answer->message[0] != '\0')
    memcpy (stats->last_error, answer->message, sizeof stats->last_error);
  pthread_mutex_unlock (&exporter->lock);
  if (exporter->func != NULL)
    exporter->func (answer->message, try->next == PROF_DELIVERY_WAIT, exporter->user_data);
}

static int
send_all (ProfExporter *exporter,
          ProfOtlpTransport *transport,
          ProfOtlpDelivery *delivery,
          ProfError *reterr)
{
  ProfOtlpDeliveryState next = PROF_DELIVERY_SEND;
  while (next != PROF_DELIVERY_DONE) {
    if (exporter->is_canceled)
      return prof_error_set (reterr, -ECANCELED,
                             "Can't send the profile: the exporter was shut down before");
    bool was_shut_down = prof_exporter_is_shut_down (exporter);
    Try try = { .layout = delivery->options.layout, .n_bytes = delivery->n_request_bytes };
    ProfOtlpDeliveryWait wait;
    exporter->funcs->send (transport, delivery->request, delivery->n_request_bytes,
                           exporter->config.timeout_ns, &exporter->is_canceled, &try.answer);
    next = try.next
        = prof_otlp_delivery_take_answer (delivery, &try.answer, prof_monotonic_ns (), &wait);
    record_try (exporter, &try);
    if (next == PROF_DELIVERY_FAILED)
      return prof_error_set (reterr, try.answer.code, "%s", try.answer.message);
    if (next == PROF_DELIVERY_WAIT)
      wait_between_tries (exporter, &wait, was_shut_down);
  }
  return 0;
}

/* ---- a profile ---- */

static void
choose_ids (ProfExporter *exporter, ProfOtlpOptions *options, ProfOtlpDeliveryStart *start)
{
  pthread_mutex_lock (&exporter->lock);
  start->layout = exporter->layout;
  start->seed = prof_prng_next (&exporter->prng);
  for (size_t i = 0; i < sizeof options->profile_id; i++)
    options->profile_id[i] = (uint8_t)prof_prng_next (&exporter->prng);
  pthread_mutex_unlock (&exporter->lock);
}

static int
deliver (ProfExporter *exporter,
         ProfOtlpTransport *transport,
         ProfProfile *profile,
         ProfOtlpResource *resource,
         ProfError *reterr)
{
  bool is_of_here;
  prof_exporter_find_resource (exporter, profile, resource, &is_of_here);
  cleanup (prof_free) const char **hashes
      = is_of_here ? prof_mapping_hashes_get (&exporter->hashes, profile) : NULL;
  if (resource->is_failed || (is_of_here && hashes == NULL))
    return prof_error_set (reterr, -ENOMEM, "Can't export the profile: out of memory");
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  options.has_timestamps = exporter->config.has_timestamps;
  options.max_bytes = exporter->config.max_request_bytes;
  options.resource = resource->attributes.items;
  options.n_resource = resource->attributes.n;
  options.file_hashes = hashes;
  ProfOtlpDeliveryStart start = {
    .has_fixed_layout = exporter->config.has_layout,
    .max_retry_ns = exporter->config.max_retry_ns,
    .now_ns = prof_monotonic_ns (),
  };
  choose_ids (exporter, &options, &start);

  ProfOtlpDelivery delivery;
  int r = prof_otlp_delivery_init (&delivery, profile, &options, &start, reterr);
  if (r == 0)
    r = send_all (exporter, transport, &delivery, reterr);
  prof_otlp_delivery_finish (&delivery);
  return r;
}

int
prof_exporter_deliver (ProfExporter *exporter,
                       ProfOtlpTransport **transport,
                       ProfProfile *profile,
                       ProfError *reterr)
{
  int r = *transport != NULL ? 0 : exporter->funcs->open (&exporter->config, transport, reterr);
  if (r < 0)
    return r;
  ProfOtlpResource resource = { 0 };
  r = deliver (exporter, *transport, profile, &resource, reterr);
  prof_otlp_resource_finish (&resource);
  return r;
}
