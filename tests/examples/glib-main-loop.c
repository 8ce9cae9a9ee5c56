/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* Profiles a command while a GLib main loop runs: glib-main-loop FILE COMMAND [ARGUMENT]... */
#include <prof/prof.h>

#include <glib-unix.h>

typedef struct {
  GMainLoop *loop;
  ProfCpuProfiler *profiler;
  ProfError error;
  int result;
} App;

/* The descriptor is a source as any other. It tells of the end; the samples are collected in the
 * profiler's own thread. */
static gboolean
on_profiler_ready (int fd, GIOCondition condition, gpointer user_data)
{
  App *app = user_data;
  (void)fd, (void)condition;
  app->result = prof_cpu_profiler_process_events (app->profiler, &app->error);
  if (app->result >= 0 && (app->result & PROF_EVENT_STOPPED) == 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (app->loop);
  return G_SOURCE_REMOVE;
}

/* A window would show this. Statistics may be read at any time and cost nothing. */
static gboolean
show_progress (gpointer user_data)
{
  App *app = user_data;
  ProfCpuStats stats = PROF_CPU_STATS_INIT;
  prof_cpu_profiler_get_stats (app->profiler, &stats);
  g_print ("%" G_GUINT64_FORMAT " samples\n", (guint64)stats.total_samples);
  return G_SOURCE_CONTINUE;
}

/* Looking names up may take seconds: in a GTK program this belongs into a GTask's thread. */
static int
save (App *app, const char *path)
{
  ProfProfile *profile = NULL;
  int r = prof_cpu_profiler_generate_profile (app->profiler, &profile, &app->error);
  if (r >= 0)
    r = prof_pprof_save (profile, path, &app->error);
  prof_profile_unref (profile);
  return r;
}

static int
record (App *app, char **command, const char *path)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  config.target = PROF_TARGET_COMMAND;
  config.command = (const char *const *)command;
  int r = prof_cpu_profiler_new (&config, &app->profiler, &app->error);
  if (r < 0)
    return r;
  g_unix_fd_add (prof_cpu_profiler_get_fd (app->profiler), G_IO_IN, on_profiler_ready, app);
  g_timeout_add (100, show_progress, app);
  r = prof_cpu_profiler_start (app->profiler, &app->error);
  if (r < 0)
    return r;
  g_main_loop_run (app->loop);
  show_progress (app);
  return app->result < 0 ? app->result : save (app, path);
}

int
main (int argc, char **argv)
{
  App app = { .error = PROF_ERROR_INIT };
  if (argc < 3)
    return 2;
  app.loop = g_main_loop_new (NULL, FALSE);
  int r = record (&app, argv + 2, argv[1]);
  if (r < 0)
    g_printerr ("%s\n", app.error.message);
  prof_cpu_profiler_free (app.profiler);
  g_main_loop_unref (app.loop);
  return r < 0;
}
