/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/exporter.h>

/* What holds after the API's configuration, the environment and the defaults were put together.
 * Owns its strings. */
typedef struct {
  bool is_disabled; /* OTEL_SDK_DISABLED: nothing is to be sent */
  ProfOtlpProtocol protocol;
  char *url;    /* whole: with the path of OTLP/HTTP or of the gRPC method */
  char *target; /* the same for messages: without a query; of gRPC without the method */
  uint64_t timeout_ns, max_retry_ns;
  char **headers; /* "Name: value", NULL-terminated, authentication among them; no newline in any */
  char *ca_file, *certificate_file, *key_file; /* NULL: none */
  bool has_gzip;
  bool has_layout;
  ProfOtlpLayout layout;
  bool has_timestamps;
  bool is_relay;
  size_t max_request_bytes;
  ProfBatchConfig batch;
  ProfOtlpAttribute *resource; /* of the API */
  size_t n_resource;
} ProfOtlpConfig;

/* `get_env` is getenv but for tests. -EINVAL with a sentence that holds no secret, -ENOMEM; done in
 * any case. The variables: the OpenTelemetry specification, "OTLP Exporter Configuration". */
int prof_otlp_config_init (ProfOtlpConfig *config,
                           const ProfExporterConfig *from,
                           const char *(*get_env) (const char *name),
                           ProfError *reterr);
void prof_otlp_config_done (ProfOtlpConfig *config);
