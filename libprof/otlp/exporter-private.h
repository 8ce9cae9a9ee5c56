/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include <prof/exporter.h>

#include "otlp/delivery.h"
#include "otlp/mapping-hashes.h"
#include "otlp/own-process.h"
#include "otlp/profile-queue.h"
#include "otlp/resource.h"
#include "otlp/transport.h"

/* What of the transport the exporter uses; tests have one without a network. */
typedef struct {
  int (*open) (const ProfOtlpConfig *config, ProfOtlpTransport **ret, ProfError *reterr);
  void (*send) (ProfOtlpTransport *transport,
                const uint8_t *bytes,
                size_t n_bytes,
                uint64_t timeout_ns,
                const atomic_bool *cancel,
                ProfOtlpAnswer *ret);
  ProfOtlpTransport *(*close) (ProfOtlpTransport *transport);
} ProfTransportFuncs;

/* The exporter's own thread has `thread_transport`, those that wait for their export take turns
 * with `call_transport`. All that both know is under `lock`, which is never held for long. */
struct ProfExporter {
  ProfOtlpConfig config;
  const ProfTransportFuncs *funcs;
  ProfOtlpResource resource; /* of the configuration and the environment */
  ProfOwnProcess own;        /* whose it is: not that of a child of fork */
  ProfMappingHashes hashes;
  ProfExporterFunc func;
  void *user_data;

  pthread_mutex_t lock;
  pthread_cond_t changed; /* anything below; waits on CLOCK_MONOTONIC */
  ProfProfileQueue queue;
  ProfOtlpLayout layout; /* that the collector took last */
  ProfPrng prng;
  ProfExporterStats stats;
  size_t n_sending;
  int n_calls; /* of prof_exporter_export, that have not returned */
  bool has_thread, has_thread_ended;
  bool is_shut_down;       /* nothing new is taken; what is queued is sent */
  atomic_bool is_canceled; /* no more is sent */
  pthread_t thread;
  ProfOtlpTransport *thread_transport;

  pthread_mutex_t call_lock;
  ProfOtlpTransport *call_transport;
};

/* As prof_exporter_new. */
int prof_exporter_new_with (const ProfExporterConfig *config,
                            const ProfTransportFuncs *funcs,
                            const char *(*get_env) (const char *name),
                            ProfExporter **ret,
                            ProfError *reterr);

/* Sends a profile with all tries, in the calling thread, over `*transport`, which is opened when it
 * is NULL. Counts requests, not profiles. 0, -ECANCELED, or what went wrong with a sentence. */
int prof_exporter_deliver (ProfExporter *exporter,
                           ProfOtlpTransport **transport,
                           ProfProfile *profile,
                           ProfError *reterr);

/* What is sent along with a profile. *ret_is_of_here: it was recorded on this machine. */
void prof_exporter_find_resource (const ProfExporter *exporter,
                                  const ProfProfile *profile,
                                  ProfOtlpResource *resource,
                                  bool *ret_is_of_here);

bool prof_exporter_is_shut_down (ProfExporter *exporter);

/* Waits for a change with the lock held, until then at most. */
void prof_exporter_wait (ProfExporter *exporter, uint64_t until_ns);

/* What became of a profile: 0, or an error with its sentence. With the lock held. */
void prof_exporter_count_profile (ProfExporter *exporter, int r, const ProfError *error);

/* With the lock held. 0, also if it runs; -EAGAIN. */
int prof_exporter_start_thread (ProfExporter *exporter);
/* With the lock held, which is given up. */
void prof_exporter_join_thread (ProfExporter *exporter);
