/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/sample-writer.h"

#include <errno.h>
#include <stdlib.h>

#include "profile/profile-tables.h"
#include "trace/trace-ids.h"

int
prof_sample_writer_begin (ProfSampleWriter *writer,
                          size_t n_samples,
                          size_t n_labels,
                          ProfProfileMakerStats *ret_stats)
{
  writer->locations = calloc (writer->tables->frames.n + 1, sizeof *writer->locations);
  writer->thread_names = calloc (writer->tables->threads.n + 1, sizeof *writer->thread_names);
  if (writer->locations == NULL || writer->thread_names == NULL
      || prof_profile_reserve_samples (writer->profile, n_samples, n_labels) < 0)
    return -ENOMEM;
  return prof_profile_add_symbols (writer->profile, writer->tables, writer->symbolizer,
                                   writer->symbol_cache, writer->kallsyms_fd, writer->locations,
                                   ret_stats);
}

void
prof_sample_writer_finish (ProfSampleWriter *writer)
{
  free (writer->locations);
  free (writer->thread_names);
  writer->locations = writer->thread_names = NULL;
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

/* ---- labels ---- */

/* All samples share their labels' strings: each is looked up once. */
static int
get_string (ProfSampleWriter *writer, uint32_t *string, const char *text)
{
  if (*string != 0)
    return 0;
  int r = prof_profile_add_string (writer->profile, text);
  if (r > 0)
    *string = (uint32_t)r;
  return r;
}

static int
add_string_label (ProfSampleWriter *writer, uint32_t key, uint32_t string)
{
  return prof_profile_append_label (writer->profile, &(ProfLabel){ .key = key, .string = string });
}

static int
add_number_label (ProfSampleWriter *writer, uint32_t key, int64_t number, uint32_t unit)
{
  ProfLabel label = { .key = key, .number = number, .unit = unit };
  return prof_profile_append_label (writer->profile, &label);
}

static int
add_thread_name (ProfSampleWriter *writer, uint32_t thread)
{
  uint32_t *name = &writer->thread_names[thread];
  const char *text = prof_stack_tables_get_thread_name (writer->tables, thread);
  int r = get_string (writer, &writer->thread_key, "thread");
  if (r < 0 || (r = get_string (writer, name, text)) < 0)
    return r;
  return add_string_label (writer, writer->thread_key, *name);
}

static int
add_thread_ids (ProfSampleWriter *writer, const ProfThread *thread)
{
  int r = get_string (writer, &writer->pid_key, "pid");
  if (r < 0 || (r = get_string (writer, &writer->tid_key, "tid")) < 0
      || (r = add_number_label (writer, writer->pid_key, thread->pid, 0)) < 0)
    return r;
  return add_number_label (writer, writer->tid_key, thread->tid, 0);
}

int
prof_sample_writer_add_thread (ProfSampleWriter *writer, uint32_t thread)
{
  if (thread == PROF_NO_THREAD)
    return 0;
  int r = writer->has_thread_names ? add_thread_name (writer, thread) : 0;
  if (r < 0 || !writer->has_thread_ids)
    return r;
  return add_thread_ids (writer, &writer->tables->threads.items[thread]);
}

static int
add_id (ProfSampleWriter *writer, const char *key, const uint8_t *id, size_t n_bytes)
{
  char text[PROF_TRACE_ID_TEXT];
  prof_trace_format_id (id, n_bytes, text);
  uint32_t key_string = 0, id_string = 0;
  int r = get_string (writer, &key_string, key);
  if (r < 0 || (r = get_string (writer, &id_string, text)) < 0)
    return r;
  return add_string_label (writer, key_string, id_string);
}

int
prof_sample_writer_add_span (ProfSampleWriter *writer, uint32_t span)
{
  const ProfTraceLink *link
      = span == 0 ? &writer->default_link : &writer->tables->spans.items[span - 1];
  if (prof_trace_link_is_none (link))
    return 0;
  int r = add_id (writer, "trace_id", link->trace_id, sizeof link->trace_id);
  return r < 0 ? r : add_id (writer, "span_id", link->span_id, sizeof link->span_id);
}

int
prof_sample_writer_add_time (ProfSampleWriter *writer, ProfTimeLabel label, uint64_t time_ns)
{
  static const char *const names[PROF_N_TIMES] = {
    [PROF_TIME_END] = "end_timestamp_ns",
    [PROF_TIME_FREED] = "freed_timestamp_ns",
    [PROF_TIME_EXITED] = "exited_timestamp_ns",
  };
  uint64_t unix_ns = writer->start_unix_ns + (time_ns - writer->start_monotonic_ns);
  uint32_t *key = &writer->time_keys[label];
  int r = get_string (writer, key, names[label]);
  if (r < 0 || (r = get_string (writer, &writer->time_unit, "nanoseconds")) < 0)
    return r;
  return add_number_label (writer, *key, (int64_t)unix_ns, writer->time_unit);
}
