/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Ties samples to the spans of distributed traces: trace FILE */
#include <prof/prof.h>

#include <stdio.h>
#include <time.h>

static volatile unsigned long sink;

static void
burn (void)
{
  for (clock_t end = clock () + CLOCKS_PER_SEC / 4; clock () < end;)
    for (int i = 0; i < 10000; i++)
      sink = sink + 1;
}

/* As the header of a request names it (W3C Trace Context). While the span is the thread's current
 * one, what is sampled in this thread gets the labels trace_id and span_id. */
static int
handle_request (const char *traceparent)
{
  ProfTraceLink span;
  int r = prof_trace_parse (traceparent, &span);
  if (r < 0)
    return r;
  prof_trace_set_current (&span);
  burn ();
  prof_trace_set_current (NULL);
  return 0;
}

/* Profilers outside, such as an eBPF agent, find the spans too, and whose they are. */
static int
publish (ProfError *error)
{
  static const ProfOtlpAttribute attributes[] = { { "service.name", "trace-example", 0 } };
  return prof_process_context_publish (attributes, 1, error);
}

/* What was sampled outside of requests belongs to the span in which the profile is made. */
static int
link_rest (ProfProfile *profile)
{
  ProfTraceLink span;
  int r = prof_trace_parse ("00-cccccccccccccccccccccccccccccccc-cccccccccccccccc-01", &span);
  if (r < 0)
    return r;
  prof_trace_set_current (&span);
  r = prof_profile_link_current_trace (profile);
  prof_trace_set_current (NULL);
  return r;
}

/* The other way round: what a log or a span tells of the profile. ProfOtlpOptions takes it. */
static int
print_id (void)
{
  ProfProfileId id;
  int r = prof_generate_profile_id (&id);
  for (size_t i = 0; r >= 0 && i < sizeof id.bytes; i++)
    printf ("%02x", id.bytes[i]);
  puts ("");
  return r;
}

static int
profile_requests (const char *path, ProfError *error)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  ProfCpuProfiler *profiler = NULL;
  ProfProfile *profile = NULL;
  int r = publish (error);
  if (r >= 0)
    r = prof_cpu_profiler_new (&config, &profiler, error);
  if (r >= 0)
    r = prof_cpu_profiler_start (profiler, error);
  if (r >= 0) {
    handle_request ("00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-aaaaaaaaaaaaaaaa-01");
    handle_request ("00-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-bbbbbbbbbbbbbbbb-01");
    burn ();
    r = prof_cpu_profiler_stop (profiler, error);
  }
  if (r >= 0)
    r = prof_cpu_profiler_generate_profile (profiler, &profile, error);
  if (r >= 0)
    r = link_rest (profile);
  if (r >= 0)
    r = print_id ();
  if (r >= 0)
    r = prof_pprof_save (profile, path, error);
  prof_profile_unref (profile);
  prof_cpu_profiler_free (profiler);
  prof_process_context_clear ();
  return r;
}

int
main (int argc, char **argv)
{
  ProfError error = PROF_ERROR_INIT;
  if (profile_requests (argc > 1 ? argv[1] : "trace.pb.gz", &error) < 0) {
    fprintf (stderr, "%s\n", error.message);
    return 1;
  }
  return 0;
}
