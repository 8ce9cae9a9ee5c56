/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "export-options.h"
#include "input.h"
#include "json.h"
#include "message.h"
#include "sender.h"
#include "terminal.h"
#include "text.h"
#include "units.h"

/* A file that could not be read has an error, and no result. */
typedef struct {
  const char *path, *error;
  SenderResult result;
  const char *warning; /* of the collector; "" if there was none */
} Outcome;

static void
print_json (Json *json, const Outcome *outcome)
{
  json_begin_object (json, NULL);
  json_add_string (json, "file", outcome->path);
  json_add_bool (json, "sent", outcome->error == NULL);
  json_add_unsigned (json, "requests", outcome->result.n_requests);
  json_add_unsigned (json, "retries", outcome->result.n_retries);
  json_add_unsigned (json, "bytes", outcome->result.n_bytes);
  json_add_unsigned (json, "rejected_profiles", outcome->result.n_rejected_profiles);
  if (outcome->error != NULL)
    json_add_string (json, "error", outcome->error);
  else if (outcome->warning[0] != '\0')
    json_add_string (json, "warning", outcome->warning);
  json_end_object (json);
}

static void
print_line (const Outcome *outcome)
{
  const SenderResult *result = &outcome->result;
  if (outcome->error != NULL)
    return;
  print_text (outcome->path, SIZE_MAX);
  printf (ngettext (": sent, %s request, %s", ": sent, %s requests, %s", result->n_requests),
          format_count ((double)result->n_requests).text,
          format_bytes ((double)result->n_bytes).text);
  if (result->n_retries > 0)
    printf (ngettext (", tried again %s time", ", tried again %s times", result->n_retries),
            format_count ((double)result->n_retries).text);
  if (result->n_rejected_profiles > 0)
    printf (_ (", %s rejected by the collector"),
            format_count ((double)result->n_rejected_profiles).text);
  printf ("\n");
  fflush (stdout);
}

static int
export_file (Sender *sender, const ExportOptions *chosen, const char *path, Json *json)
{
  const char *name = strcmp (path, "-") == 0 ? _ ("standard input") : path;
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  ProfError error = PROF_ERROR_INIT;
  Outcome outcome
      = { .path = name, .error = _ ("it could not be read"), .warning = sender->warning };
  bool is_read = read_profile (path, INPUT_ANY, &profile) == 0;
  int r = is_read ? sender_send (sender, name, profile, &outcome.result, &error) : -1;
  if (is_read)
    outcome.error = r < 0 ? error.message : NULL;
  if (is_read && r < 0)
    fail_about (name, &error);
  else if (is_read && sender->warning[0] != '\0')
    message ("%s: the collector took it and says: %s", name, sender->warning);
  if (chosen->json)
    print_json (json, &outcome);
  else if (!chosen->quiet)
    print_line (&outcome);
  return r < 0 ? STATUS_FAILURE : STATUS_OK;
}

static int
run (void *values, char **operands, size_t n_operands)
{
  ExportOptions *chosen = values;
  cleanup (export_config_clear) ExportConfig config;
  cleanup (sender_close) Sender sender = { 0 };
  Json json = JSON_INIT (stdout);
  int status = export_options_get ("export", chosen, &config);
  if (status == STATUS_OK)
    status = sender_open (&sender, &config.config, chosen->quiet);
  if (status != STATUS_OK)
    return status;
  if (chosen->json) {
    json_begin_object (&json, NULL);
    json_begin_array (&json, "profiles");
  }
  for (size_t i = 0; i < n_operands; i++)
    if (export_file (&sender, chosen, operands[i], &json) != STATUS_OK)
      status = STATUS_FAILURE;
  if (chosen->json) {
    json_end_array (&json);
    json_end_object (&json);
  }
  return status;
}

const Command command_export = {
  .name = "export",
  .summary = N_ ("send profiles to an OpenTelemetry collector"),
  .usage = "[OPTION]... FILE...",
  .description
  = N_ ("Sends profiles over OTLP to the OpenTelemetry Collector, Pyroscope, Parca or whatever "
        "takes it, and tries again while the collector is away. FILE - is standard input. What is "
        "not "
        "given as an option comes from the environment variables OTEL_EXPORTER_OTLP_PROFILES_* and "
        "OTEL_EXPORTER_OTLP_* of the OpenTelemetry specification.\n"
        "\n"
        "The exit status is 0 if every profile was taken, 1 if not, 2 for a mistake in the "
        "options.\n"),
  .examples = N_ ("  prof export prof-xz.pb.gz --endpoint http://localhost:4318\n"
                  "  prof export -e https://otel.example:4317 --protocol grpc \\\n"
                  "    --bearer-file token -r service.name=shop prof-*.pb.gz\n"
                  "  prof record -o - -- ./sort | prof export -e http://localhost:4040 -\n"),
  .options = export_options,
  .defaults = &export_defaults,
  .values_size = sizeof (ExportOptions),
  .min_operands = 1,
  .max_operands = SIZE_MAX,
  .operands = N_ ("at least one profile"),
  .run = run,
  .clear = export_options_clear,
};
