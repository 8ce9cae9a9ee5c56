/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/exporter-config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strings.h"
#include "otlp/exporter-setting.h"
#include "otlp/resource.h"

enum { NS_PER_MS = 1000000 };
static const uint64_t ns_per_s = 1000000000;

static const ProfSettingNames protocol_names = PROF_SETTING_NAMES ("protocol", "PROTOCOL");
static const ProfSettingNames timeout_names = PROF_SETTING_NAMES ("timeout_ns", "TIMEOUT");
static const ProfSettingNames compression_names = PROF_SETTING_NAMES ("compression", "COMPRESSION");
static const ProfSettingNames ca_names = PROF_SETTING_NAMES ("ca_file", "CERTIFICATE");
static const ProfSettingNames certificate_names
    = PROF_SETTING_NAMES ("certificate_file", "CLIENT_CERTIFICATE");
static const ProfSettingNames key_names = PROF_SETTING_NAMES ("key_file", "CLIENT_KEY");

static int
read_protocol (const ProfSettingReader *reader)
{
  const ProfExporterConfig *from = reader->from;
  if (from->has_protocol) {
    reader->config->protocol = from->protocol;
    return from->protocol == PROF_OTLP_HTTP || from->protocol == PROF_OTLP_GRPC
               ? 0
               : prof_setting_fail (reader, protocol_names.of_api, "is no ProfOtlpProtocol");
  }
  ProfSetting setting = prof_setting_find (reader, NULL, &protocol_names);
  if (setting.origin == PROF_SETTING_FROM_NOWHERE || strcmp (setting.text, "http/protobuf") == 0)
    reader->config->protocol = PROF_OTLP_HTTP;
  else if (strcmp (setting.text, "grpc") == 0)
    reader->config->protocol = PROF_OTLP_GRPC;
  else if (strcmp (setting.text, "http/json") == 0)
    return prof_setting_fail (reader, setting.name,
                              "is http/json, which libprof does not speak; use http/protobuf or "
                              "grpc");
  else
    return prof_setting_fail (reader, setting.name, "is not known; use http/protobuf or grpc");
  return 0;
}

static int
read_file_name (const ProfSettingReader *reader,
                const char *of_api,
                const ProfSettingNames *names,
                char **ret)
{
  ProfSetting setting = prof_setting_find (reader, of_api, names);
  if (setting.text == NULL)
    return 0;
  cleanup (prof_close) int fd = open (setting.text, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return prof_error_set (reader->reterr, -EINVAL, "Can't export with this %s: can't read %s: %s",
                           setting.name, setting.text, strerror (errno));
  *ret = strdup (setting.text);
  return *ret != NULL ? 0 : prof_setting_fail_of_memory (reader);
}

/* A certificate's file may hold its key too. */
static int
read_files (const ProfSettingReader *reader)
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
    return prof_setting_fail (reader, "key_file", "comes without the client's certificate");
  return r;
}

static int
read_timeout (const ProfSettingReader *reader)
{
  reader->config->timeout_ns = reader->from->timeout_ns;
  if (reader->config->timeout_ns > 0)
    return 0;
  ProfSetting setting = prof_setting_find (reader, NULL, &timeout_names);
  if (setting.text == NULL) {
    reader->config->timeout_ns = 10 * ns_per_s;
    return 0;
  }
  char *end;
  errno = 0;
  unsigned long ms = strtoul (setting.text, &end, 10);
  bool is_number = *setting.text >= '0' && *setting.text <= '9' && *end == '\0' && errno == 0;
  if (!is_number || ms == 0 || ms > INT32_MAX)
    return prof_setting_fail (reader, setting.name,
                              "is no number of milliseconds from 1 to 2147483647");
  reader->config->timeout_ns = (uint64_t)ms * NS_PER_MS;
  return 0;
}

static int
read_compression (const ProfSettingReader *reader)
{
  ProfSetting setting = prof_setting_find (reader, reader->from->compression, &compression_names);
  reader->config->has_gzip = setting.text == NULL || strcmp (setting.text, "gzip") == 0;
  if (!reader->config->has_gzip && strcmp (setting.text, "none") != 0)
    return prof_setting_fail (reader, setting.name, "is not known; use gzip or none");
  return 0;
}

static int
copy_resource (const ProfSettingReader *reader)
{
  const ProfExporterConfig *from = reader->from;
  for (size_t i = 0; i < from->n_resource; i++)
    if (from->resource[i].key == NULL || *from->resource[i].key == '\0')
      return prof_setting_fail (reader, "resource", "has an attribute without a key");
  if (from->n_resource == 0)
    return 0;
  reader->config->resource = prof_otlp_attributes_copy (from->resource, from->n_resource);
  if (reader->config->resource == NULL)
    return prof_setting_fail_of_memory (reader);
  reader->config->n_resource = from->n_resource;
  return 0;
}

static int
check_layout (const ProfSettingReader *reader)
{
  const ProfExporterConfig *from = reader->from;
  bool is_known = from->layout >= PROF_OTLP_LAYOUT_1_10 && from->layout <= PROF_OTLP_LAYOUT_1_8;
  return is_known || !from->has_layout
             ? 0
             : prof_setting_fail (reader, "layout", "is no ProfOtlpLayout");
}

static void
take_numbers (ProfOtlpConfig *config, const ProfExporterConfig *from)
{
  config->has_layout = from->has_layout;
  config->layout = from->has_layout ? from->layout : PROF_OTLP_LAYOUT_1_10;
  config->has_timestamps = from->has_timestamps;
  config->is_relay = from->is_relay;
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
  if (from == NULL || from->size < sizeof from->size || from->size > sizeof *from)
    return prof_error_set (reterr, -EINVAL,
                           "prof_exporter_new: config is not set by PROF_EXPORTER_CONFIG_INIT");
  ProfExporterConfig whole = PROF_EXPORTER_CONFIG_INIT;
  memcpy (&whole, from, from->size);
  const ProfSettingReader reader = { config, &whole, get_env, reterr };
  static int (*const steps[]) (const ProfSettingReader *reader) = { read_protocol,
                                                                    prof_setting_read_endpoint,
                                                                    prof_setting_read_headers,
                                                                    read_files,
                                                                    read_timeout,
                                                                    read_compression,
                                                                    check_layout,
                                                                    copy_resource };
  take_numbers (config, &whole);
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
