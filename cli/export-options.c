/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "export-options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "text.h"

enum { MAX_SECRET_BYTES = 65536 };

/* One more than the number of the name in the list. */
static int
parse_name (const char *text, const char *const *names, size_t n_names, void *ret)
{
  for (unsigned i = 0; i < n_names; i++)
    if (strcmp (text, names[i]) == 0) {
      *(unsigned *)ret = i + 1;
      return 0;
    }
  return -EINVAL;
}

static int
parse_protocol (const char *text, void *ret)
{
  static const char *const names[] = { [PROF_OTLP_HTTP] = "http", [PROF_OTLP_GRPC] = "grpc" };
  if (strcmp (text, "http/protobuf") == 0) /* OTEL_EXPORTER_OTLP_PROTOCOL has it so */
    text = "http";
  return parse_name (text, names, sizeof names / sizeof *names, ret);
}

static int
parse_layout (const char *text, void *ret)
{
  static const char *const names[] = {
    [PROF_OTLP_LAYOUT_1_10] = "1.10", [PROF_OTLP_LAYOUT_1_9] = "1.9", [PROF_OTLP_LAYOUT_1_8] = "1.8"
  };
  return parse_name (text, names, sizeof names / sizeof *names, ret);
}

static int
parse_compression (const char *text, void *ret)
{
  if (strcmp (text, "gzip") != 0 && strcmp (text, "none") != 0)
    return -EINVAL;
  *(const char **)ret = text;
  return 0;
}

static int
add_header (const char *text, void *ret)
{
  return string_list_append (ret, text, strlen (text));
}

static int
add_attribute (const char *text, void *ret)
{
  const char *equals = strchr (text, '=');
  return equals != NULL && equals > text ? string_list_append (ret, text, strlen (text)) : -EINVAL;
}

static int
parse_timeout (const char *text, void *ret)
{
  int r = parse_duration (text, ret);
  return r == 0 && *(uint64_t *)ret == 0 ? -EINVAL : r;
}

const OptionType export_protocol_type = { parse_protocol, N_ ("http or grpc") };
const OptionType export_layout_type = { parse_layout, N_ ("1.10, 1.9 or 1.8") };
const OptionType export_compression_type = { parse_compression, N_ ("gzip or none") };
const OptionType export_header_type = { add_header, N_ ("a header such as 'X-Scope-OrgID: team'") };
const OptionType export_attribute_type = { add_attribute, N_ ("KEY=VALUE") };
const OptionType export_timeout_type = { parse_timeout, N_ ("a duration such as 10s or 500ms") };

#define VALUE(member) offsetof (ExportOptions, member)

const Option export_options[] = {
  EXPORT_CONNECTION_OPTIONS (0),
  { "retry-for", 0, &option_duration, VALUE (retry_ns), "TIME",
    N_ ("try each profile again for so long when the collector is away; 0: once (default: 300s)") },
  { "json", 0, &option_switch, VALUE (json), NULL, N_ ("print the result as JSON") },
  { "quiet", 'q', &option_switch, VALUE (quiet), NULL,
    N_ ("no progress, no results; errors only") },
  { NULL },
};

const ExportOptions export_defaults = { .retry_ns = UINT64_MAX };

/* Without what is around it. Its contents are in no message. */
static int
read_secret (const char *path, char **ret)
{
  cleanup (fclose) FILE *file = fopen (path, "re");
  cleanup (free) char *text = calloc (MAX_SECRET_BYTES + 1, 1);
  if (text == NULL)
    return fail_out_of_memory ();
  size_t n = file != NULL ? fread (text, 1, MAX_SECRET_BYTES + 1, file) : 0;
  if (file == NULL || ferror (file)) {
    message ("can't read %s: %s", path, strerror (errno));
    return STATUS_FAILURE;
  }
  size_t n_text = n <= MAX_SECRET_BYTES ? strlen (text) : 0;
  while (n_text > 0 && strchr ("\r\n \t", text[n_text - 1]) != NULL)
    text[--n_text] = '\0';
  if (n_text == 0) {
    message ("can't use %s: %s", path, n == 0 ? "it is empty" : "it holds no text to use");
    return STATUS_FAILURE;
  }
  *ret = text;
  text = NULL;
  return STATUS_OK;
}

static int
add_header_file (const char *path, StringList *headers)
{
  cleanup (free) char *text = NULL;
  int status = read_secret (path, &text);
  char *rest = text;
  for (char *line; status == STATUS_OK && (line = strsep (&rest, "\r\n")) != NULL;) {
    if (*line == '\0')
      continue;
    if (strchr (line, ':') == NULL) {
      message ("can't use %s: NAME: VALUE is expected in each line", path);
      return STATUS_FAILURE;
    }
    if (string_list_append (headers, line, strlen (line)) < 0)
      return fail_out_of_memory ();
  }
  return status;
}

static int
get_headers (const ExportOptions *chosen, ExportConfig *ret)
{
  int status = STATUS_OK;
  if (chosen->header_file != NULL)
    status = add_header_file (chosen->header_file, &ret->headers);
  for (size_t i = 0; i < chosen->headers.n && status == STATUS_OK; i++)
    if (string_list_append (&ret->headers, chosen->headers.items[i],
                            strlen (chosen->headers.items[i]))
        < 0)
      status = fail_out_of_memory ();
  ret->config.headers = string_list_get (&ret->headers);
  return status;
}

static int
get_authentication (const ExportOptions *chosen, ExportConfig *ret)
{
  int status = STATUS_OK;
  if (chosen->bearer_file != NULL)
    status = read_secret (chosen->bearer_file, &ret->bearer_token);
  if (chosen->user_file != NULL && status == STATUS_OK)
    status = read_secret (chosen->user_file, &ret->user);
  if (status != STATUS_OK || ret->user == NULL) {
    ret->config.bearer_token = ret->bearer_token;
    return status;
  }
  char *colon = strchr (ret->user, ':');
  if (colon == NULL) {
    message ("can't use %s: USER:PASSWORD is expected in it", chosen->user_file);
    return STATUS_FAILURE;
  }
  *colon = '\0';
  ret->config.bearer_token = ret->bearer_token;
  ret->config.user = ret->user;
  ret->config.password = colon + 1;
  return STATUS_OK;
}

/* The keys are cut off in the options' own list. */
static int
get_resource (ExportOptions *chosen, ExportConfig *ret)
{
  size_t n = chosen->resource.n;
  ret->resource = calloc (n + 1, sizeof *ret->resource);
  if (ret->resource == NULL)
    return fail_out_of_memory ();
  for (size_t i = 0; i < n; i++) {
    char *equals = strchr (chosen->resource.items[i], '=');
    *equals = '\0';
    ret->resource[i] = (ProfOtlpAttribute){ .key = chosen->resource.items[i], .value = equals + 1 };
  }
  ret->config.resource = ret->resource;
  ret->config.n_resource = n;
  return STATUS_OK;
}

int
export_options_get (const char *command, ExportOptions *chosen, ExportConfig *ret)
{
  *ret = (ExportConfig){ .config = PROF_EXPORTER_CONFIG_INIT };
  ProfExporterConfig *config = &ret->config;
  if ((chosen->certificate_file == NULL) != (chosen->key_file == NULL))
    return usage_error (command, "--cert and --key go together");
  if (chosen->bearer_file != NULL && chosen->user_file != NULL)
    return usage_error (command, "--bearer-file and --user-file exclude each other");
  config->endpoint = chosen->endpoint;
  config->has_protocol = chosen->protocol > 0;
  config->protocol = chosen->protocol > 0 ? chosen->protocol - 1 : PROF_OTLP_HTTP;
  config->has_layout = chosen->layout > 0;
  config->layout = chosen->layout > 0 ? chosen->layout - 1 : PROF_OTLP_LAYOUT_1_10;
  config->ca_file = chosen->ca_file;
  config->certificate_file = chosen->certificate_file;
  config->key_file = chosen->key_file;
  config->compression = chosen->compression;
  config->has_timestamps = chosen->timestamps;
  config->timeout_ns = chosen->timeout_ns;
  /* 0 is the library's default. */
  config->max_retry_ns = chosen->retry_ns == UINT64_MAX ? 0
                         : chosen->retry_ns == 0        ? 1
                                                        : chosen->retry_ns;
  int status = get_headers (chosen, ret);
  if (status == STATUS_OK)
    status = get_authentication (chosen, ret);
  return status == STATUS_OK ? get_resource (chosen, ret) : status;
}

static void
wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  free (secret);
}

void
export_config_clear (ExportConfig *config)
{
  string_list_clear (&config->headers);
  free (config->resource);
  wipe (config->bearer_token);
  wipe (config->user);
}

void
export_options_clear (void *values)
{
  ExportOptions *chosen = values;
  string_list_clear (&chosen->headers);
  string_list_clear (&chosen->resource);
}
