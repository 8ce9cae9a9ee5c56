/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/usage.h"

/* Parents are read one after the other, while processes come and go: no more steps than there are
 * processes. */
static gboolean
descends_from (PyroProcessList *list, PyroProcess *process, guint pid)
{
  guint n_left = g_list_model_get_n_items (G_LIST_MODEL (list));
  while (process != NULL && n_left-- > 0) {
    if (pyro_process_get_pid (process) == pid)
      return TRUE;
    process = pyro_process_list_find (list, pyro_process_get_parent_pid (process));
  }
  return FALSE;
}

PyroUsage
pyro_usage_sum (PyroProcessList *list, guint pid)
{
  PyroUsage usage = { .time_us = pyro_process_list_get_time_us (list) };
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (PyroProcess) process = g_list_model_get_item (G_LIST_MODEL (list), i);
    if (pid != 0 && !descends_from (list, process, pid))
      continue;
    usage.n_processes++;
    usage.cpu_ticks += pyro_process_get_total_ticks (process);
    usage.rss_bytes += pyro_process_get_rss_bytes (process);
  }
  return usage;
}

double
pyro_usage_get_cpu_share (const PyroUsage *before, const PyroUsage *now, double tick_hz)
{
  if (now->time_us <= before->time_us || now->cpu_ticks < before->cpu_ticks)
    return 0;
  double seconds = (double)(now->time_us - before->time_us) / G_USEC_PER_SEC;
  return (double)(now->cpu_ticks - before->cpu_ticks) / tick_hz / seconds;
}
