/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/sample-writer.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/trace-ids.h"

int
prof_sample_writer_begin (ProfSampleWriter *writer, ProfProfileMakerStats *ret_stats)
{
  writer->locations = calloc (writer->tables->frames.n + 1, sizeof *writer->locations);
  if (writer->locations == NULL)
    return -ENOMEM;
  return prof_profile_add_symbols (writer->profile, writer->tables, writer->symbolizer,
                                   writer->symbol_cache, writer->locations, ret_stats);
}

void
prof_sample_writer_finish (ProfSampleWriter *writer)
{
  free (writer->locations);
  writer->locations = NULL;
  prof_vec_clear (&writer->stack);
}

int
prof_sample_writer_add (ProfSampleWriter *writer, uint32_t node, const int64_t *values)
{
  const ProfStackNode *nodes = writer->tables->nodes.items;
  writer->stack.n = 0;
  for (; node != 0; node = nodes[node].parent)
    if (prof_vec_push (&writer->stack, writer->locations[nodes[node].frame]) < 0)
      return -ENOMEM;
  return prof_profile_add_sample (writer->profile, writer->stack.items, writer->stack.n, values);
}

int
prof_sample_writer_add_thread (ProfSampleWriter *writer, uint32_t sample, uint32_t thread)
{
  if (thread == PROF_NO_THREAD)
    return 0;
  const ProfThread *row = &writer->tables->threads.items[thread];
  int r = 0;
  if (writer->has_thread_names)
    r = prof_profile_add_label (writer->profile, sample, "thread",
                                prof_stack_tables_get_thread_name (writer->tables, thread));
  if (r < 0 || !writer->has_thread_ids)
    return r;
  r = prof_profile_add_number_label (writer->profile, sample, "pid", row->pid, NULL);
  return r < 0 ? r : prof_profile_add_number_label (writer->profile, sample, "tid", row->tid, NULL);
}

int
prof_sample_writer_add_span (ProfSampleWriter *writer, uint32_t sample, uint32_t span)
{
  const ProfTraceLink *link
      = span == 0 ? &writer->default_link : &writer->tables->spans.items[span - 1];
  if (prof_trace_link_is_none (link))
    return 0;
  char text[PROF_TRACE_ID_TEXT];
  prof_trace_format_id (link->trace_id, sizeof link->trace_id, text);
  int r = prof_profile_add_label (writer->profile, sample, "trace_id", text);
  if (r < 0)
    return r;
  prof_trace_format_id (link->span_id, sizeof link->span_id, text);
  return prof_profile_add_label (writer->profile, sample, "span_id", text);
}

int
prof_sample_writer_add_time (ProfSampleWriter *writer,
                             uint32_t sample,
                             const char *key,
                             uint64_t time_ns)
{
  uint64_t unix_ns = writer->start_unix_ns + (time_ns - writer->start_monotonic_ns);
  return prof_profile_add_number_label (writer->profile, sample, key, (int64_t)unix_ns,
                                        "nanoseconds");
}
