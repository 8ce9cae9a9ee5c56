/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <unistd.h>

#include "model/json.h"
#include "model/process.h"

static guint64
get_ticks (GVariant *process, const char *key)
{
  gint64 tick_ns = G_GINT64_CONSTANT (1000000000) / sysconf (_SC_CLK_TCK);
  return (guint64)(pyro_json_get_integer (process, key) / tick_ns);
}

static PyroProcessSample *
make_sample (GVariant *process)
{
  PyroProcessSample *sample = g_new0 (PyroProcessSample, 1);
  sample->pid = (guint)pyro_json_get_integer (process, "pid");
  sample->parent_pid = (guint)pyro_json_get_integer (process, "parent_pid");
  sample->start_ticks = get_ticks (process, "start_ns");
  sample->cpu_ticks = get_ticks (process, "cpu_ns");
  sample->children_ticks = get_ticks (process, "children_ns");
  sample->rss_bytes = (guint64)pyro_json_get_integer (process, "rss_bytes");
  sample->user = g_strdup (pyro_json_get_text (process, "user"));
  sample->name = g_strdup (pyro_json_get_text (process, "name"));
  sample->command_line = g_strdup (pyro_json_get_text (process, "command_line"));
  return sample;
}

static void
free_sample (gpointer sample)
{
  pyro_process_sample_free (sample);
}

GPtrArray *
pyro_process_samples_read (GVariant *answer)
{
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (free_sample);
  if (answer == NULL)
    return g_steal_pointer (&samples);
  g_autoptr (GVariant) processes = pyro_json_get_list (answer, "processes");
  for (gsize i = 0; i < g_variant_n_children (processes); i++) {
    g_autoptr (GVariant) boxed = g_variant_get_child_value (processes, i);
    g_autoptr (GVariant) process = g_variant_get_variant (boxed);
    if (g_variant_is_of_type (process, G_VARIANT_TYPE_VARDICT))
      g_ptr_array_add (samples, make_sample (process));
  }
  return g_steal_pointer (&samples);
}
