/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/process.h"

void
pyro_process_sample_free (PyroProcessSample *sample)
{
  g_free (sample->user);
  g_free (sample->name);
  g_free (sample->command_line);
  g_free (sample);
}

/* The name may have spaces and brackets of its own: the last one ends it. */
gboolean
pyro_process_sample_parse (PyroProcessSample *sample, const char *stat, guint page_bytes)
{
  const char *begin = strchr (stat, '('), *end = strrchr (stat, ')');
  if (begin == NULL || end == NULL || end < begin || sscanf (stat, "%u", &sample->pid) != 1)
    return FALSE;
  guint64 user_ticks, system_ticks, n_pages;
  gint64 children_user_ticks, children_system_ticks; /* proc(5) has them signed */
  int n = sscanf (end + 1,
                  " %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u"
                  " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT
                  " %" G_GINT64_FORMAT " %*d %*d %*d %*d"
                  " %" G_GUINT64_FORMAT " %*u %" G_GUINT64_FORMAT,
                  &sample->parent_pid, &user_ticks, &system_ticks, &children_user_ticks,
                  &children_system_ticks, &sample->start_ticks, &n_pages);
  if (n != 7)
    return FALSE;
  g_autofree char *name = g_strndup (begin + 1, (gsize)(end - begin - 1));
  g_free (sample->name);
  sample->name = g_utf8_make_valid (name, -1);
  sample->cpu_ticks = user_ticks + system_ticks;
  sample->children_ticks = (guint64)(MAX (children_user_ticks, 0) + MAX (children_system_ticks, 0));
  sample->rss_bytes = n_pages * page_bytes;
  return TRUE;
}

char *
pyro_process_join_words (const char *bytes, gsize n_bytes)
{
  while (n_bytes > 0 && bytes[n_bytes - 1] == '\0')
    n_bytes--;
  g_autofree char *text = g_malloc (n_bytes + 1);
  memcpy (text, bytes, n_bytes);
  text[n_bytes] = '\0';
  for (gsize i = 0; i < n_bytes; i++)
    if (text[i] == '\0' || text[i] == '\n')
      text[i] = ' ';
  return g_utf8_make_valid (text, (gssize)n_bytes);
}

static char *
read_file (const char *pid, const char *name, gsize *ret_n)
{
  g_autofree char *path = g_build_filename ("/proc", pid, name, NULL);
  char *text = NULL;
  return g_file_get_contents (path, &text, ret_n, NULL) ? text : NULL;
}

/* NULL: it is gone. */
static PyroProcessSample *
sample_process (const char *pid)
{
  g_autoptr (PyroProcessSample) sample = g_new0 (PyroProcessSample, 1);
  g_autofree char *folder = g_build_filename ("/proc", pid, NULL);
  struct stat status;
  gsize n_words = 0;
  g_autofree char *stat_text = read_file (pid, "stat", NULL);
  g_autofree char *words = read_file (pid, "cmdline", &n_words);
  if (stat_text == NULL || stat (folder, &status) < 0
      || !pyro_process_sample_parse (sample, stat_text, (guint)sysconf (_SC_PAGESIZE)))
    return NULL;
  sample->uid = status.st_uid;
  sample->command_line = words != NULL ? pyro_process_join_words (words, n_words) : g_strdup ("");
  return g_steal_pointer (&sample);
}

static int
compare_pids (gconstpointer a, gconstpointer b)
{
  const PyroProcessSample *const *first = a, *const *second = b;
  return ((*first)->pid > (*second)->pid) - ((*first)->pid < (*second)->pid);
}

static void
free_sample (gpointer sample)
{
  pyro_process_sample_free (sample);
}

GPtrArray *
pyro_process_scan (void)
{
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (free_sample);
  g_autoptr (GDir) folder = g_dir_open ("/proc", 0, NULL);
  const char *name;
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    PyroProcessSample *sample = g_ascii_isdigit (*name) ? sample_process (name) : NULL;
    if (sample != NULL)
      g_ptr_array_add (samples, sample);
  }
  g_ptr_array_sort (samples, compare_pids);
  return g_steal_pointer (&samples);
}
