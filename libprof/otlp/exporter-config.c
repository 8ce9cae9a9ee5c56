/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strings.h"
#include "otlp/base64.h"
#include "otlp/endpoint.h"
#include "otlp/header-list.h"

static const char http_path[] = "/v1development/profiles";
static const char grpc_path[]
    = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

enum { NS_PER_MS = 1000000 };
static const uint64_t ns_per_s = 1000000000;

typedef const char *(*GetEnv) (const char *name);

typedef struct {
  ProfOtlpConfig *config;
  const ProfExporterConfig *from;
  GetEnv get_env;
  ProfError *reterr;
} Reader;

typedef enum {
  FROM_API,
  FROM_SIGNAL,  /* the variable of profiles alone */
  FROM_GENERAL, /* of all signals */
  FROM_NOWHERE,
} Origin;

/* What a setting is called in each place. */
typedef struct {
  const char *of_api, *of_signal, *of_general;
} Names;

#define NAMES(of_api, suffix)                                                                      \
  {                                                                                                \
    of_api, "OTEL_EXPORTER_OTLP_PROFILES_" suffix, "OTEL_EXPORTER_OTLP_" suffix                    \
  }

static const Names endpoint_names = NAMES ("endpoint", "ENDPOINT");
static const Names protocol_names = NAMES ("protocol", "PROTOCOL");
static const Names insecure_names = NAMES (NULL, "INSECURE");
static const Names timeout_names = NAMES ("timeout_ns", "TIMEOUT");
static const Names headers_names = NAMES ("headers", "HEADERS");
static const Names compression_names = NAMES ("compression", "COMPRESSION");
static const Names ca_names = NAMES ("ca_file", "CERTIFICATE");
static const Names certificate_names = NAMES ("certificate_file", "CLIENT_CERTIFICATE");
static const Names key_names = NAMES ("key_file", "CLIENT_KEY");

/* A text and, for messages, the name of the setting that it is from. */
typedef struct {
  Origin origin;
  const char *name, *text; /* NULL of FROM_NOWHERE */
} Setting;

static Setting
find_setting (const Reader *reader, const char *of_api, const Names *names)
{
  if (of_api != NULL)
    return (Setting){ FROM_API, names->of_api, of_api };
  const char *text = reader->get_env (names->of_signal);
  if (text != NULL && *text != '\0')
    return (Setting){ FROM_SIGNAL, names->of_signal, text };
  text = reader->get_env (names->of_general);
  if (text != NULL && *text != '\0')
    return (Setting){ FROM_GENERAL, names->of_general, text };
  return (Setting){ FROM_NOWHERE, NULL, NULL };
}

static int
fail (const Reader *reader, const char *setting, const char *reason)
{
  return prof_error_set (reader->reterr, -EINVAL, "Can't export with this %s: it %s", setting,
                         reason);
}

static int
fail_of_memory (const Reader *reader)
{
  return prof_error_set (reader->reterr, -ENOMEM, "Can't set up the export: out of memory");
}

/* ---- protocol and endpoint ---- */

static int
read_protocol (const Reader *reader)
{
  const ProfExporterConfig *from = reader->from;
  if (from->has_protocol) {
    reader->config->protocol = from->protocol;
    return from->protocol == PROF_OTLP_HTTP || from->protocol == PROF_OTLP_GRPC
               ? 0
               : fail (reader, protocol_names.of_api, "is no ProfOtlpProtocol");
  }
  Setting setting = find_setting (reader, NULL, &protocol_names);
  if (setting.origin == FROM_NOWHERE || strcmp (setting.text, "http/protobuf") == 0)
    reader->config->protocol = PROF_OTLP_HTTP;
  else if (strcmp (setting.text, "grpc") == 0)
    reader->config->protocol = PROF_OTLP_GRPC;
  else if (strcmp (setting.text, "http/json") == 0)
    return fail (reader, setting.name,
                 "is http/json, which libprof does not speak; use http/protobuf or grpc");
  else
    return fail (reader, setting.name, "is not known; use http/protobuf or grpc");
  return 0;
}

/* Of a gRPC endpoint without a scheme. */
static const char *
get_implied_scheme (const Reader *reader)
{
  Setting insecure = find_setting (reader, NULL, &insecure_names);
  return insecure.text != NULL && strcasecmp (insecure.text, "true") == 0 ? "http://" : "https://";
}

static const char *
find_endpoint_fault (const ProfOtlpConfig *config, const ProfOtlpEndpoint *endpoint, Origin origin)
{
  bool has_path = *endpoint->path != '\0' && strcmp (endpoint->path, "/") != 0;
  if (config->protocol == PROF_OTLP_GRPC)
    return has_path ? "has a path, which gRPC does not take" : NULL;
  if (!endpoint->has_scheme)
    return "does not begin with http:// or https://";
  if (origin == FROM_GENERAL && strchr (endpoint->path, '?') != NULL)
    return "has a query, which the address of all signals does not take";
  return NULL;
}

/* The path of the endpoint, cut to *n, and what follows it. */
static const char *
choose_path (const ProfOtlpConfig *config, const char *path, Origin origin, size_t *n)
{
  *n = strlen (path);
  if (config->protocol == PROF_OTLP_GRPC) {
    *n = 0;
    return grpc_path;
  }
  if (origin == FROM_SIGNAL)
    return *n == 0 ? "/" : "";
  bool is_base = origin == FROM_GENERAL || strcmp (path, "/") == 0 || *n == 0;
  while (is_base && *n > 0 && path[*n - 1] == '/')
    --*n;
  return is_base ? http_path : "";
}

static int
make_url (const Reader *reader, const ProfOtlpEndpoint *endpoint, Origin origin)
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
    return fail_of_memory (reader);
  }
  size_t n_target = config->protocol == PROF_OTLP_GRPC ? strlen (config->url) - strlen (grpc_path)
                                                       : strcspn (config->url, "?");
  config->target = strndup (config->url, n_target);
  return config->target != NULL ? 0 : fail_of_memory (reader);
}

static int
read_endpoint (const Reader *reader)
{
  ProfOtlpConfig *config = reader->config;
  Setting setting = find_setting (reader, reader->from->endpoint, &endpoint_names);
  if (setting.origin == FROM_NOWHERE) {
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
                           fault,
                           config->protocol == PROF_OTLP_GRPC ? "http://localhost:4317"
                                                              : "http://localhost:4318");
  return make_url (reader, &endpoint, setting.origin);
}

/* ---- headers ---- */

static int
set_authorization (const Reader *reader, ProfHeaderList *list, const char *setting, char *value)
{
  const char *reason;
  if (value == NULL)
    return fail_of_memory (reader);
  int r = prof_header_list_set (list, "Authorization", value, strlen (value), &reason);
  return r == -EINVAL ? fail (reader, setting, reason) : r < 0 ? fail_of_memory (reader) : 0;
}

static int
add_bearer_token (const Reader *reader, ProfHeaderList *list)
{
  cleanup (prof_free) char *value = NULL;
  if (*reader->from->bearer_token == '\0')
    return fail (reader, "bearer_token", "is empty");
  if (asprintf (&value, "Bearer %s", reader->from->bearer_token) < 0)
    value = NULL;
  return set_authorization (reader, list, "bearer_token", value);
}

static char *
encode_basic (const char *user, const char *password)
{
  cleanup (prof_free) char *plain = NULL;
  static const char scheme[] = "Basic ";
  int n = asprintf (&plain, "%s:%s", user, password != NULL ? password : "");
  if (n < 0) {
    plain = NULL;
    return NULL;
  }
  char *value = malloc (strlen (scheme) + prof_base64_get_size ((size_t)n));
  if (value != NULL) {
    memcpy (value, scheme, strlen (scheme));
    prof_base64_encode (plain, (size_t)n, value + strlen (scheme));
  }
  return value;
}

static int
add_authentication (const Reader *reader, ProfHeaderList *list)
{
  const ProfExporterConfig *from = reader->from;
  if (from->bearer_token != NULL && (from->user != NULL || from->password != NULL))
    return fail (reader, "bearer_token", "comes with a user or a password; give one of the two");
  if (from->password != NULL && from->user == NULL)
    return fail (reader, "password", "comes without a user");
  if (from->bearer_token != NULL)
    return add_bearer_token (reader, list);
  if (from->user == NULL)
    return 0;
  if (strchr (from->user, ':') != NULL)
    return fail (reader, "user", "holds a ':', which basic authentication can't tell from its end");
  cleanup (prof_free) char *value = encode_basic (from->user, from->password);
  return set_authorization (reader, list, "user", value);
}

static int
add_fields (const Reader *reader, ProfHeaderList *list, const char *const *fields)
{
  for (size_t i = 0; fields != NULL && fields[i] != NULL; i++) {
    const char *reason;
    int r = prof_header_list_add_field (list, fields[i], &reason);
    if (r == -EINVAL)
      return prof_error_set (reader->reterr, r, "Can't export with header %zu: it %s", i + 1,
                             reason);
    if (r < 0)
      return fail_of_memory (reader);
  }
  return 0;
}

static int
collect_headers (const Reader *reader, ProfHeaderList *list)
{
  Setting setting = find_setting (reader, NULL, &headers_names);
  if (setting.text != NULL) {
    const char *reason;
    int r = prof_header_list_add_pairs (list, setting.text, &reason);
    if (r == -EINVAL)
      return prof_error_set (reader->reterr, r, "Can't export with a header of %s: it %s",
                             setting.name, reason);
    if (r < 0)
      return fail_of_memory (reader);
  }
  int r = add_fields (reader, list, reader->from->headers);
  return r < 0 ? r : add_authentication (reader, list);
}

static int
read_headers (const Reader *reader)
{
  ProfHeaderList list = { 0 };
  int r = collect_headers (reader, &list);
  if (r == 0 && (reader->config->headers = prof_header_list_take (&list)) == NULL)
    r = fail_of_memory (reader);
  prof_header_list_finish (&list);
  return r;
}

/* ---- files ---- */

static int
read_file_name (const Reader *reader, const char *of_api, const Names *names, char **ret)
{
  Setting setting = find_setting (reader, of_api, names);
  if (setting.text == NULL)
    return 0;
  cleanup (prof_close) int fd = open (setting.text, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return prof_error_set (reader->reterr, -EINVAL, "Can't export with this %s: can't read %s: %s",
                           setting.name, setting.text, strerror (errno));
  *ret = strdup (setting.text);
  return *ret != NULL ? 0 : fail_of_memory (reader);
}

/* A certificate's file may hold its key too. */
static int
read_files (const Reader *reader)
{
  ProfOtlpConfig *config = reader->config;
  const ProfExporterConfig *from = reader->from;
  int r = read_file_name (reader, from->ca_file, &ca_names, &config->ca_file);
  if (r == 0)
    r = read_file_name (reader, from->certificate_file, &certificate_names,
                        &config->certificate_file);
  if (r == 0)
    r = read_file_name (reader, from->key_file, &key_names, &config->key_file);
  if (r == 0 && config->key_file != NULL && config->certificate_file == NULL)
    return fail (reader, "key_file", "comes without the client's certificate");
  return r;
}

/* ---- the rest ---- */

static int
read_timeout (const Reader *reader)
{
  reader->config->timeout_ns = reader->from->timeout_ns;
  if (reader->config->timeout_ns > 0)
    return 0;
  Setting setting = find_setting (reader, NULL, &timeout_names);
  if (setting.text == NULL) {
    reader->config->timeout_ns = 10 * ns_per_s;
    return 0;
  }
  char *end;
  errno = 0;
  unsigned long ms = strtoul (setting.text, &end, 10);
  bool is_number = *setting.text >= '0' && *setting.text <= '9' && *end == '\0' && errno == 0;
  if (!is_number || ms == 0 || ms > INT32_MAX)
    return fail (reader, setting.name, "is no number of milliseconds from 1 to 2147483647");
  reader->config->timeout_ns = (uint64_t)ms * NS_PER_MS;
  return 0;
}

static int
read_compression (const Reader *reader)
{
  Setting setting = find_setting (reader, reader->from->compression, &compression_names);
  reader->config->has_gzip = setting.text == NULL || strcmp (setting.text, "gzip") == 0;
  if (!reader->config->has_gzip && strcmp (setting.text, "none") != 0)
    return fail (reader, setting.name, "is not known; use gzip or none");
  return 0;
}

/* Keys and values are copied behind the array, in one allocation. */
static int
copy_resource (const Reader *reader)
{
  const ProfExporterConfig *from = reader->from;
  size_t n = from->n_resource, n_bytes = n * sizeof (ProfOtlpAttribute);
  for (size_t i = 0; i < n; i++) {
    if (from->resource[i].key == NULL || *from->resource[i].key == '\0')
      return fail (reader, "resource", "has an attribute without a key");
    n_bytes += strlen (from->resource[i].key) + 1;
    n_bytes += from->resource[i].value != NULL ? strlen (from->resource[i].value) + 1 : 0;
  }
  if (n == 0)
    return 0;
  ProfOtlpAttribute *resource = reader->config->resource = malloc (n_bytes);
  if (resource == NULL)
    return fail_of_memory (reader);
  char *text = (char *)(resource + n);
  for (size_t i = 0; i < n; i++) {
    resource[i] = from->resource[i];
    resource[i].key = text;
    text = stpcpy (text, from->resource[i].key) + 1;
    if (from->resource[i].value != NULL) {
      resource[i].value = text;
      text = stpcpy (text, from->resource[i].value) + 1;
    }
  }
  reader->config->n_resource = n;
  return 0;
}

static void
take_numbers (ProfOtlpConfig *config, const ProfExporterConfig *from)
{
  config->has_layout = from->has_layout;
  config->layout = from->has_layout ? from->layout : PROF_OTLP_LAYOUT_1_10;
  config->has_timestamps = from->has_timestamps;
  config->max_request_bytes = from->max_request_bytes > 0 ? from->max_request_bytes : 4000000;
  config->max_retry_ns = from->max_retry_ns > 0 ? from->max_retry_ns : 300 * ns_per_s;
  config->batch.max_queued = from->batch.max_queued > 0 ? from->batch.max_queued : 64;
  config->batch.max_batch = from->batch.max_batch > 0 ? from->batch.max_batch : 8;
  config->batch.max_delay_ns
      = from->batch.max_delay_ns > 0 ? from->batch.max_delay_ns : 5 * ns_per_s;
}

int
prof_otlp_config_init (ProfOtlpConfig *config,
                       const ProfExporterConfig *from,
                       const char *(*get_env) (const char *name),
                       ProfError *reterr)
{
  *config = (ProfOtlpConfig){ 0 };
  if (from == NULL || from->size != sizeof *from)
    return prof_error_set (reterr, -EINVAL,
                           "prof_exporter_new: config is not set by PROF_EXPORTER_CONFIG_INIT");
  const Reader reader = { config, from, get_env, reterr };
  static int (*const steps[]) (const Reader *reader)
      = { read_protocol, read_endpoint,    read_headers, read_files,
          read_timeout,  read_compression, copy_resource };
  take_numbers (config, from);
  const char *disabled = get_env ("OTEL_SDK_DISABLED");
  config->is_disabled = disabled != NULL && strcasecmp (disabled, "true") == 0;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    int r = steps[i](&reader);
    if (r < 0)
      return r;
  }
  return 0;
}

void
prof_otlp_config_done (ProfOtlpConfig *config)
{
  free (config->url);
  free (config->target);
  prof_strings_free (config->headers);
  free (config->ca_file);
  free (config->certificate_file);
  free (config->key_file);
  free (config->resource);
  *config = (ProfOtlpConfig){ 0 };
}
