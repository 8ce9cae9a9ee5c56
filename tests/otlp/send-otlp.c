/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* send-otlp FILE [SETTING=VALUE...]: sends a request with the library's transport, and prints a
 * line of JSON for each answer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/read-file.h"
#include "otlp/transport.h"

enum { MAX_HEADERS = 8, MAX_FILE_BYTES = 64 << 20, NS_PER_MS = 1000000 };

typedef struct {
  ProfExporterConfig config;
  const char *headers[MAX_HEADERS + 1];
  size_t n_headers;
  unsigned n_times;
  atomic_bool is_cancelled;
} Options;

static const char *
get_value (const char *argument, const char *name)
{
  size_t n = strlen (name);
  return strncmp (argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

static bool
take_text (Options *options, const char *argument)
{
  ProfExporterConfig *config = &options->config;
  const struct {
    const char *name;
    const char **place;
  } texts[] = {
    { "endpoint", &config->endpoint }, { "bearer_token", &config->bearer_token },
    { "user", &config->user },         { "password", &config->password },
    { "ca_file", &config->ca_file },   { "certificate_file", &config->certificate_file },
    { "key_file", &config->key_file }, { "compression", &config->compression },
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *value = get_value (argument, texts[i].name);
    if (value != NULL) {
      *texts[i].place = value;
      return true;
    }
  }
  return false;
}

static bool
take_other (Options *options, const char *argument)
{
  const char *value;
  if ((value = get_value (argument, "protocol")) != NULL) {
    options->config.has_protocol = true;
    options->config.protocol = strcmp (value, "grpc") == 0 ? PROF_OTLP_GRPC : PROF_OTLP_HTTP;
  } else if ((value = get_value (argument, "timeout_ms")) != NULL) {
    options->config.timeout_ns = strtoull (value, NULL, 10) * NS_PER_MS;
  } else if ((value = get_value (argument, "times")) != NULL) {
    options->n_times = (unsigned)strtoul (value, NULL, 10);
  } else if ((value = get_value (argument, "cancelled")) != NULL) {
    atomic_store (&options->is_cancelled, true);
  } else if ((value = get_value (argument, "header")) != NULL && options->n_headers < MAX_HEADERS) {
    options->headers[options->n_headers++] = value;
    options->config.headers = options->headers;
  } else {
    return false;
  }
  return true;
}

static void
print_answer (const ProfOtlpAnswer *answer)
{
  static const char *const outcomes[] = { "taken", "retry", "failed", "wrong layout" };
  printf ("{\"outcome\": \"%s\", \"code\": \"%s\", \"retry_after_ms\": %llu, \"n_rejected\": %lld, "
          "\"message\": \"",
          outcomes[answer->outcome], answer->code == 0 ? "" : strerrorname_np (-answer->code),
          (unsigned long long)answer->retry_after_ns / NS_PER_MS, (long long)answer->n_rejected);
  for (const char *p = answer->message; *p != '\0'; p++)
    printf (*p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
  puts ("\"}");
}

static int
send_all (const ProfOtlpConfig *config, Options *options, const char *bytes, size_t n_bytes)
{
  ProfOtlpTransport *transport;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_otlp_transport_new (config, &transport, &error);
  if (r < 0) {
    fprintf (stderr, "%s\n", error.message);
    return r;
  }
  for (unsigned i = 0; i < options->n_times; i++) {
    ProfOtlpAnswer answer;
    prof_otlp_transport_send (transport, (const uint8_t *)bytes, n_bytes, config->timeout_ns,
                              &options->is_cancelled, &answer);
    print_answer (&answer);
  }
  prof_otlp_transport_free (transport);
  return 0;
}

static const char *
get_env (const char *name)
{
  return getenv (name);
}

int
main (int argc, char **argv)
{
  Options options = { .config = PROF_EXPORTER_CONFIG_INIT, .n_times = 1 };
  for (int i = 2; i < argc; i++)
    if (!take_text (&options, argv[i]) && !take_other (&options, argv[i]))
      return 2;
  cleanup (prof_free) char *bytes = NULL;
  size_t n_bytes;
  if (argc < 2 || prof_read_file (argv[1], MAX_FILE_BYTES, &bytes, &n_bytes) < 0)
    return 2;
  ProfOtlpConfig config;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_otlp_config_init (&config, &options.config, get_env, &error);
  if (r < 0)
    fprintf (stderr, "%s\n", error.message);
  else
    r = send_all (&config, &options, bytes, n_bytes);
  prof_otlp_config_done (&config);
  return r < 0;
}
