/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-setting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "otlp/endpoint.h"

static const char http_path[] = "/v1development/profiles";
static const char grpc_path[]
    = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

static const ProfSettingNames endpoint_names = PROF_SETTING_NAMES ("endpoint", "ENDPOINT");
static const ProfSettingNames insecure_names = PROF_SETTING_NAMES (NULL, "INSECURE");

/* Of a gRPC endpoint without a scheme. */
static const char *
get_implied_scheme (const ProfSettingReader *reader)
{
  ProfSetting insecure = prof_setting_find (reader, NULL, &insecure_names);
  return insecure.text != NULL && strcasecmp (insecure.text, "true") == 0 ? "http://" : "https://";
}

static const char *
find_endpoint_fault (const ProfOtlpConfig *config,
                     const ProfOtlpEndpoint *endpoint,
                     ProfSettingOrigin origin)
{
  bool has_path = *endpoint->path != '\0' && strcmp (endpoint->path, "/") != 0;
  if (config->protocol == PROF_OTLP_GRPC)
    return has_path ? "has a path, which gRPC does not take" : NULL;
  if (!endpoint->has_scheme)
    return N_ ("does not begin with http:// or https://");
  if (origin == PROF_SETTING_FROM_GENERAL && strchr (endpoint->path, '?') != NULL)
    return N_ ("has a query, which the address of all signals does not take");
  return NULL;
}

/* The path of the endpoint, cut to *n, and what follows it. */
static const char *
choose_path (const ProfOtlpConfig *config, const char *path, ProfSettingOrigin origin, size_t *n)
{
  *n = strlen (path);
  if (config->protocol == PROF_OTLP_GRPC) {
    *n = 0;
    return grpc_path;
  }
  if (origin == PROF_SETTING_FROM_SIGNAL)
    return *n == 0 ? "/" : "";
  bool is_base = origin == PROF_SETTING_FROM_GENERAL || strcmp (path, "/") == 0 || *n == 0;
  while (is_base && *n > 0 && path[*n - 1] == '/')
    --*n;
  return is_base ? http_path : "";
}

static int
make_url (const ProfSettingReader *reader,
          const ProfOtlpEndpoint *endpoint,
          ProfSettingOrigin origin)
{
  ProfOtlpConfig *config = reader->config;
  const char *scheme = !endpoint->has_scheme ? get_implied_scheme (reader)
                       : endpoint->is_https  ? "https://"
                                             : "http://";
  int n_authority = (int)endpoint->n_authority;
  size_t n_path;
  const char *more = choose_path (config, endpoint->path, origin, &n_path);
  if (asprintf (&config->url, "%s%.*s%.*s%s", scheme, n_authority, endpoint->authority, (int)n_path,
                endpoint->path, more)
      < 0) {
    config->url = NULL;
    return prof_setting_fail_of_memory (reader);
  }
  size_t n_target = config->protocol == PROF_OTLP_GRPC ? strlen (config->url) - strlen (grpc_path)
                                                       : strcspn (config->url, "?");
  config->target = strndup (config->url, n_target);
  return config->target != NULL ? 0 : prof_setting_fail_of_memory (reader);
}

int
prof_setting_read_endpoint (const ProfSettingReader *reader)
{
  ProfOtlpConfig *config = reader->config;
  ProfSetting setting = prof_setting_find (reader, reader->from->endpoint, &endpoint_names);
  if (setting.origin == PROF_SETTING_FROM_NOWHERE) {
    bool is_grpc = config->protocol == PROF_OTLP_GRPC;
    setting.text = is_grpc ? "http://localhost:4317" : "http://localhost:4318";
  }
  ProfOtlpEndpoint endpoint;
  const char *fault = prof_otlp_endpoint_parse (setting.text, &endpoint);
  if (fault == NULL)
    fault = find_endpoint_fault (config, &endpoint, setting.origin);
  if (fault != NULL)
    return prof_error_set (reader->reterr, -EINVAL,
                           "Can't export with this %s: it %s; write it like %s", setting.name,
                           _ (fault),
                           config->protocol == PROF_OTLP_GRPC ? "http://localhost:4317"
                                                              : "http://localhost:4318");
  return make_url (reader, &endpoint, setting.origin);
}
