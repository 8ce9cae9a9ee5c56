/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/otlp.h>
#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sends profiles to an OTLP collector, over gRPC or HTTP. With OTEL_SDK_DISABLED=true in the
 * environment nothing is sent, and every profile counts as dropped. */
typedef struct ProfExporter ProfExporter;

/* How requests travel. */
typedef enum {
  PROF_OTLP_HTTP, /* OTLP/HTTP with protobuf */
  PROF_OTLP_GRPC,
} ProfOtlpProtocol;

/* How profiles wait for each other. */
typedef struct {
  size_t max_queued;     /* profiles; a full queue drops its oldest */
  size_t max_batch;      /* so many are waited for, then sent one after the other; each has its
                            own request, because a request has one dictionary */
  uint64_t max_delay_ns; /* a profile waits at most that long for others */
} ProfBatchConfig;

/* NULL, and the numbers' 0, stand for the environment variable of the OpenTelemetry specification
 * (OTEL_EXPORTER_OTLP_PROFILES_*, then OTEL_EXPORTER_OTLP_*), and without one for the default. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  /* http(s)://host[:port][/path]; http://localhost:4318, gRPC: http://localhost:4317. HTTP without
   * a path takes /v1development/profiles. Proxies: http_proxy, https_proxy and no_proxy. */
  const char *endpoint;
  bool has_protocol; /* else the environment's, else HTTP */
  ProfOtlpProtocol protocol;
  uint64_t timeout_ns; /* of one try; 10 s */
  const char *bearer_token;
  const char *user, *password; /* basic authentication */
  const char *const *headers;  /* "Name: value", NULL-terminated; beat the environment's */
  const char *ca_file;         /* PEM; else the system's */
  const char *certificate_file, *key_file; /* of the client, PEM */
  const char *compression;                 /* "gzip", the default, or "none" */
  bool has_layout; /* else the current one, or an older one if the collector wants it */
  ProfOtlpLayout layout;
  bool has_timestamps;               /* as in ProfOtlpOptions */
  size_t max_request_bytes;          /* before compression; 4,000,000 */
  const ProfOtlpAttribute *resource; /* beat the environment's and what is found */
  size_t n_resource;
  uint64_t max_retry_ns; /* how long a request is tried again; 300 s */
  ProfBatchConfig batch; /* 64 profiles, 8, 5 s */
  /* Profiles come from elsewhere, such as files: of one without a session nothing is found, where
   * else it is taken for this process's own. */
  bool is_relay;
} ProfExporterConfig;

/* All from the environment, else the defaults. */
#define PROF_EXPORTER_CONFIG_INIT                                                                  \
  {                                                                                                \
    .size = sizeof (ProfExporterConfig), .endpoint = NULL, .has_protocol = false,                  \
    .protocol = PROF_OTLP_HTTP, .timeout_ns = 0, .bearer_token = NULL, .user = NULL,               \
    .password = NULL, .headers = NULL, .ca_file = NULL, .certificate_file = NULL,                  \
    .key_file = NULL, .compression = NULL, .has_layout = false, .layout = PROF_OTLP_LAYOUT_1_10,   \
    .has_timestamps = false, .max_request_bytes = 0, .resource = NULL, .n_resource = 0,            \
    .max_retry_ns = 0, .batch = { 0, 0, 0 }, .is_relay = false                                     \
  }

/* What became of the profiles. */
typedef struct {
  size_t size;         /* set by the initializer; lets the struct grow */
  uint64_t n_exported; /* profiles that the collector took, in part or as a whole */
  uint64_t n_failed;   /* profiles that it refused, or that could not be sent in time */
  uint64_t n_dropped;  /* by a full queue, or at shutdown */
  uint64_t n_queued;   /* now */
  uint64_t n_requests, n_retries, n_rejected_profiles;
  uint64_t n_bytes;     /* of requests, before compression */
  char last_error[512]; /* a sentence; "" if there was none */
} ProfExporterStats;

/* All 0. */
#define PROF_EXPORTER_STATS_INIT                                                                   \
  {                                                                                                \
    .size = sizeof (ProfExporterStats), .n_exported = 0, .n_failed = 0, .n_dropped = 0,            \
    .n_queued = 0, .n_requests = 0, .n_retries = 0, .n_rejected_profiles = 0, .n_bytes = 0,        \
    .last_error = ""                                                                               \
  }

/* Opens no connection. -EINVAL: the configuration or an environment variable is wrong, said in
 * `reterr` without any secret; -ENOMEM. */
PROF_API int prof_exporter_new (const ProfExporterConfig *config,
                                ProfExporter **ret,
                                ProfError *reterr);
/* Drops what is queued. Returns NULL. In a child of fork an exporter is of no use: there this does
 * nothing, and the others return -EOWNERDEAD. */
PROF_API ProfExporter *prof_exporter_free (ProfExporter *exporter);

/* The attributes of the resource that are sent along with this profile: the configuration's, the
 * environment's, then what is found. Sends nothing. Any thread. free(*ret), which holds the texts
 * too. -ENOMEM; -EINVAL: the profile is NULL. */
PROF_API int prof_exporter_get_resource (ProfExporter *exporter,
                                         ProfProfile *profile,
                                         ProfOtlpAttribute **ret,
                                         size_t *ret_n,
                                         ProfError *reterr);

/* Sends in the calling thread, with retries, until the collector has answered or max_retry_ns are
 * over. Any thread; several take turns. 0: taken (a warning of the collector is in the statistics);
 * else a negative errno with a sentence that says what to change. */
PROF_API int prof_exporter_export (ProfExporter *exporter, ProfProfile *profile, ProfError *reterr);

/* Any thread, never waits. Queues references; the exporter's own thread, started here, sends and
 * retries. 0 or the number of older profiles that were dropped for want of room; -EAGAIN: no thread
 * can be started; -ESHUTDOWN; -EINVAL: a profile is NULL, those before it are queued. */
PROF_API int prof_exporter_export_batch (ProfExporter *exporter,
                                         ProfProfile *const *profiles,
                                         size_t n_profiles);

/* Sends what is queued, waits at most that long, stops the thread. Once, in one thread. -ETIMEDOUT:
 * what was left is dropped and counted. The exporter takes nothing any more, and calls of export in
 * other threads that are not done by then return -ECANCELED. */
PROF_API int prof_exporter_shutdown (ProfExporter *exporter,
                                     uint64_t timeout_ns,
                                     ProfError *reterr);

/* -EINVAL: *ret is not set by PROF_EXPORTER_STATS_INIT. Any thread. */
PROF_API int prof_exporter_get_stats (ProfExporter *exporter, ProfExporterStats *ret);

/* Called in the thread that sends, after each try: `message` is a sentence, "" for success. It may
 * not shut down or free the exporter. */
typedef void (*ProfExporterFunc) (const char *message, bool will_retry, void *user_data);
/* Before the first export. */
PROF_API void prof_exporter_set_func (ProfExporter *exporter,
                                      ProfExporterFunc func,
                                      void *user_data);

#ifdef __cplusplus
}
#endif
