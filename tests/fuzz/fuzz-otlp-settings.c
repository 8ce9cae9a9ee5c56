/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/exporter-config.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { ENDPOINT, HEADERS, FIELD, TIMEOUT, N_TEXTS };
static const char *texts[N_TEXTS];

static void
require (int is_true)
{
  if (!is_true)
    abort ();
}

static const char *
get_env (const char *name)
{
  if (strcmp (name, "OTEL_EXPORTER_OTLP_ENDPOINT") == 0)
    return texts[ENDPOINT];
  if (strcmp (name, "OTEL_EXPORTER_OTLP_HEADERS") == 0)
    return texts[HEADERS];
  return strcmp (name, "OTEL_EXPORTER_OTLP_TIMEOUT") == 0 ? texts[TIMEOUT] : NULL;
}

/* A header never has a second line, and an address nothing but printable ASCII. */
static void
check_config (const ProfOtlpConfig *config)
{
  for (size_t i = 0; config->headers[i] != NULL; i++)
    require (strpbrk (config->headers[i], "\r\n") == NULL
             && strstr (config->headers[i], ": ") != NULL);
  for (const char *p = config->url; *p != '\0'; p++)
    require (*p > ' ' && *p < 0x7f);
  require (strncmp (config->url, "http", 4) == 0 && config->timeout_ns > 0);
  require (strncmp (config->url, config->target, strlen (config->target)) == 0);
  require (strcspn (config->url + 8, "/") < strcspn (config->url + 8, "@?#"));
}

static void
read_config (ProfOtlpProtocol protocol)
{
  const char *const fields[] = { texts[FIELD], NULL };
  const ProfExporterConfig from = {
    .size = sizeof from,
    .has_protocol = true,
    .protocol = protocol,
    .headers = fields,
  };
  ProfOtlpConfig config;
  ProfError error = PROF_ERROR_INIT;
  int r = prof_otlp_config_init (&config, &from, get_env, &error);
  require (r == 0 || r == -EINVAL);
  if (r == 0)
    check_config (&config);
  else
    require (*error.message != '\0');
  prof_otlp_config_done (&config);
}

/* A setting on each line. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *copy = malloc (size + 1);
  require (copy != NULL);
  memcpy (copy, data, size);
  copy[size] = '\0';
  char *rest = copy;
  for (unsigned i = 0; i < N_TEXTS; i++) {
    char *line = strsep (&rest, "\n");
    texts[i] = line != NULL ? line : "";
  }
  read_config (PROF_OTLP_HTTP);
  read_config (PROF_OTLP_GRPC);
  free (copy);
  return 0;
}
