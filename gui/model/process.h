/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What /proc says of a process at one time. */
typedef struct {
  guint pid, parent_pid;
  guint64 start_ticks;    /* with the pid: its identity */
  guint64 cpu_ticks;      /* user and system */
  guint64 children_ticks; /* the same of children that it has waited for */
  guint64 rss_bytes;
  guint uid;
  char *user; /* NULL: it is looked up by the uid */
  char *name, *command_line;
} PyroProcessSample;

void pyro_process_sample_free (PyroProcessSample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyroProcessSample, pyro_process_sample_free)

/* Reads /proc/PID/stat (proc(5)): all but `uid` and `command_line`. FALSE if it is no such text. */
gboolean pyro_process_sample_parse (PyroProcessSample *sample, const char *stat, guint page_bytes);
/* The words of /proc/PID/cmdline, with spaces between. */
char *pyro_process_join_words (const char *bytes, gsize n_bytes);
/* All processes, by their pid. Any thread. */
GPtrArray *pyro_process_scan (void);
/* The same of what "prof processes --json" says; see pyro_json_read; none for NULL. */
GPtrArray *pyro_process_samples_read (GVariant *answer);

/* A process in a list. Main thread only.
 *
 * Properties (ro; those that change notify): pid (uint), name, command-line, user (strings),
 * cpu-share (double: 1 is a whole processor), rss-bytes (uint64), cpu-text, rss-text (strings). */
#define PYRO_TYPE_PROCESS (pyro_process_get_type ())
G_DECLARE_FINAL_TYPE (PyroProcess, pyro_process, PYRO, PROCESS, GObject)

PyroProcess *pyro_process_new (const PyroProcessSample *sample);
/* TRUE: it is the same process, and shows the newer sample, taken so much later. */
gboolean pyro_process_update (PyroProcess *self, const PyroProcessSample *sample, double ticks);
guint pyro_process_get_pid (PyroProcess *self);
guint pyro_process_get_parent_pid (PyroProcess *self);
/* With those of the children that it has waited for. */
guint64 pyro_process_get_total_ticks (PyroProcess *self);
guint64 pyro_process_get_rss_bytes (PyroProcess *self);
const char *pyro_process_get_name (PyroProcess *self);
/* In its name, its command line, its user or its pid; case does not matter. */
gboolean pyro_process_matches (PyroProcess *self, const char *text);

G_END_DECLS
