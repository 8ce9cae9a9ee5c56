/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Sends profiles to an OpenTelemetry collector: exporter ENDPOINT FILE... */
#include <prof/prof.h>

#include <stdio.h>
#include <string.h>

#define SECOND_NS 1000000000u

/* Called in the thread that sends. */
static void
tell (const char *message, bool will_retry, void *user_data)
{
  (void)user_data;
  if (message[0] != '\0')
    fprintf (stderr, "%s%s\n", message, will_retry ? " (will be tried again)" : "");
}

/* Returns at once: the exporter holds a reference of its own until the collector has the profile.
 * A program that records all the time does this with each, and never waits for the network. */
static int
queue (ProfExporter *exporter, ProfProfile *profile)
{
  int n_dropped = prof_exporter_export_batch (exporter, &profile, 1);
  if (n_dropped > 0)
    fprintf (stderr, "The queue is full: %d older profiles were dropped.\n", n_dropped);
  return n_dropped < 0 ? n_dropped : 0;
}

static int
export_file (ProfExporter *exporter, const char *path, bool is_only_one, ProfError *error)
{
  ProfProfile *profile = NULL;
  int r = prof_pprof_open (path, &profile, error);
  if (r >= 0 && is_only_one)
    r = prof_exporter_export (exporter, profile, error); /* waits for the answer */
  else if (r >= 0)
    r = queue (exporter, profile);
  prof_profile_unref (profile);
  return r;
}

static void
print_stats (ProfExporter *exporter)
{
  ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
  prof_exporter_get_stats (exporter, &stats);
  printf ("%llu exported, %llu failed, %llu dropped\n", (unsigned long long)stats.n_exported,
          (unsigned long long)stats.n_failed, (unsigned long long)stats.n_dropped);
}

int
main (int argc, char **argv)
{
  /* What is not set here comes from the environment (OTEL_EXPORTER_OTLP_...) or is the default. */
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  ProfOtlpAttribute service = { "service.name", "example", 0 };
  ProfExporter *exporter = NULL;
  ProfError error = PROF_ERROR_INIT;
  config.endpoint = argc > 1 ? argv[1] : NULL;
  config.resource = &service;
  config.n_resource = 1;
  config.max_retry_ns = 5 * (uint64_t)SECOND_NS;

  int r = prof_exporter_new (&config, &exporter, &error);
  if (r >= 0)
    prof_exporter_set_func (exporter, tell, NULL);
  for (int i = 2; r >= 0 && i < argc; i++)
    r = export_file (exporter, argv[i], argc == 3, &error);
  /* What is still queued gets this time. */
  if (r >= 0)
    r = prof_exporter_shutdown (exporter, 30 * (uint64_t)SECOND_NS, &error);
  if (r >= 0)
    print_stats (exporter);
  else
    fprintf (stderr, "%s\n", error.code != 0 ? error.message : strerror (-r));
  prof_exporter_free (exporter);
  return r < 0;
}
