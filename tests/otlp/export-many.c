/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prof/exporter.h>

/* export-many ENDPOINT http|grpc N: queues N profiles, whose samples have their numbers as label
 * "id", and says what became of them. */

static ProfProfile *
make_profile (int64_t id)
{
  ProfProfile *profile;
  const int64_t value = 1;
  if (prof_profile_new (&profile) < 0
      || prof_profile_add_value_type (profile, "samples", "count") < 0
      || prof_profile_set_period (profile, "cpu", "nanoseconds", 1) < 0
      || prof_profile_add_sample (profile, NULL, 0, &value) < 0
      || prof_profile_add_number_label (profile, 0, "id", id, NULL) < 0)
    abort ();
  prof_profile_set_time (profile, 1700000000000000000, 1000000000);
  return profile;
}

static int
fail (const ProfError *error)
{
  fprintf (stderr, "%s\n", error->message);
  return 1;
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    return 2;
  int64_t n = atoll (argv[3]);
  ProfExporterConfig config = PROF_EXPORTER_CONFIG_INIT;
  ProfExporter *exporter;
  ProfExporterStats stats = PROF_EXPORTER_STATS_INIT;
  ProfError error = PROF_ERROR_INIT;
  config.endpoint = argv[1];
  config.has_protocol = true;
  config.protocol = strcmp (argv[2], "grpc") == 0 ? PROF_OTLP_GRPC : PROF_OTLP_HTTP;
  config.batch = (ProfBatchConfig){ (size_t)n, 10, 1000000000 };
  if (prof_exporter_new (&config, &exporter, &error) < 0)
    return fail (&error);
  for (int64_t id = 0; id < n; id++) {
    ProfProfile *profile = make_profile (id);
    if (prof_exporter_export_batch (exporter, &profile, 1) != 0)
      abort ();
    prof_profile_unref (profile);
  }
  if (prof_exporter_shutdown (exporter, (uint64_t)300 * 1000000000, &error) < 0)
    return fail (&error);
  prof_exporter_get_stats (exporter, &stats);
  prof_exporter_free (exporter);
  printf ("{\"exported\": %" PRIu64 ", \"failed\": %" PRIu64 ", \"dropped\": %" PRIu64
          ", \"requests\": %" PRIu64 ", \"retries\": %" PRIu64 "}\n",
          stats.n_exported, stats.n_failed, stats.n_dropped, stats.n_requests, stats.n_retries);
  return 0;
}
