/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <adwaita.h>
#include <malloc.h>
#include <math.h>
#include <prof/pprof.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "view/flame-graph.h"

/* bench-flame-graph [FILE]: how long the flame graph of a profile takes to come, and how long its
 * frames take while it is panned, zoomed, hovered and searched, on the frame clock. Without a file:
 * a tree of 1,000,000 nodes. A frame may take 16.6 ms. */

enum { WIDTH = 1280, HEIGHT = 800, N_STACKS = 20000, N_LEVELS = 50, N_FRAMES = 120 };

typedef struct {
  const char *name;
  void (*step) (unsigned frame);
} Act;

static GtkWidget *window, *scrolled, *graph;
static gint64 frame_start, cpu_start, opened_at, opened_at_cpu;
static double durations[N_FRAMES], cpu_times[N_FRAMES];
static unsigned n_frames, act_index;
static int result;

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* What it would take if nothing else ran. */
static gint64
get_cpu_ns (clockid_t clock)
{
  struct timespec time;
  clock_gettime (clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void
scroll_to (double part)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled));
  double room = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  gtk_adjustment_set_value (adjustment, room * part);
}

/* What the wheel and the pointer do, without a pointer. */
static GtkEventController *
find_controller (GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (graph);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
      return controller;
  }
  g_error ("the flame graph has no %s", g_type_name (type));
}

static void
hover (unsigned frame)
{
  g_signal_emit_by_name (find_controller (GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion",
                         100.0 + frame * 7, 30.0 + frame * 5 % 600);
}

static void
pinch (unsigned frame, double scale)
{
  GtkEventController *gesture = find_controller (GTK_TYPE_GESTURE_ZOOM);
  if (frame == 0)
    g_signal_emit_by_name (gesture, "begin", NULL);
  g_signal_emit_by_name (gesture, "scale-changed", scale);
}

static void
zoom (unsigned frame)
{
  pinch (frame, pow (1.13, frame < N_FRAMES / 2 ? frame : N_FRAMES - frame));
}

/* Where boxes are as narrow as they get: as many as can be visible. */
static void
pan (unsigned frame)
{
  if (frame == 0)
    pinch (0, 60);
  scroll_to (frame / (double)N_FRAMES);
}

static void
search (unsigned frame)
{
  static const char *const typed[]
      = { "f", "fu", "function", "function_1", "function_1[0-9]+2\\(", "" };
  g_object_set (graph, "search", typed[frame / 8 % G_N_ELEMENTS (typed)], NULL);
}

static void
colour (unsigned frame)
{
  g_object_set (graph, "colouring", (int)(frame % 3), NULL);
}

static const Act acts[] = {
  { "hover", hover }, { "zoom", zoom }, { "pan", pan }, { "search", search }, { "colour", colour },
};

static long
read_memory_mib (const char *field)
{
  long kib = 0;
  char line[256];
  FILE *file = fopen ("/proc/self/status", "re");
  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (g_str_has_prefix (line, field))
      kib = strtol (line + strlen (field) + 1, NULL, 10);
  if (file != NULL)
    fclose (file);
  return kib / 1024;
}

static void
report_act (void)
{
  qsort (durations, N_FRAMES, sizeof *durations, compare);
  qsort (cpu_times, N_FRAMES, sizeof *cpu_times, compare);
  double median = durations[N_FRAMES / 2];
  printf ("%-8s median %6.2f ms (CPU %6.2f ms), 95 %% %6.2f ms, longest %6.2f ms: %s 16.6 ms\n",
          acts[act_index].name, median, cpu_times[N_FRAMES / 2], durations[N_FRAMES * 95 / 100],
          durations[N_FRAMES - 1], median <= 16.6 ? "within" : "OVER");
  if (median > 16.6)
    result = 1;
}

static void
before_paint (GdkFrameClock *clock, gpointer data)
{
  frame_start = g_get_monotonic_time ();
  cpu_start = get_cpu_ns (CLOCK_THREAD_CPUTIME_ID);
}

static void
after_paint (GdkFrameClock *clock, gpointer application)
{
  cpu_times[n_frames] = (double)(get_cpu_ns (CLOCK_THREAD_CPUTIME_ID) - cpu_start) / 1e6;
  durations[n_frames++] = (double)(g_get_monotonic_time () - frame_start) / 1000;
  if (n_frames < N_FRAMES)
    return;
  report_act ();
  n_frames = 0;
  if (++act_index == G_N_ELEMENTS (acts))
    g_application_quit (application);
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  if (act_index < G_N_ELEMENTS (acts))
    acts[act_index].step (n_frames);
  gtk_widget_queue_draw (graph);
  return G_SOURCE_CONTINUE;
}

static void
begin_acts (GdkFrameClock *clock, gpointer application)
{
  gboolean is_loading;
  g_object_get (graph, "loading", &is_loading, NULL);
  if (is_loading)
    return;
  g_signal_handlers_disconnect_by_func (clock, begin_acts, application);
  malloc_trim (0);
  printf ("first picture after %.0f ms (CPU %.0f ms), memory %ld MiB, at most %ld MiB\n",
          (double)(g_get_monotonic_time () - opened_at) / 1000,
          (double)(get_cpu_ns (CLOCK_PROCESS_CPUTIME_ID) - opened_at_cpu) / 1e6,
          read_memory_mib ("VmRSS"), read_memory_mib ("VmHWM"));
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint), application);
  gtk_widget_add_tick_callback (graph, tick, NULL, NULL);
}

/* ---- the profile ---- */

static uint32_t
add_location (ProfProfile *profile, unsigned number)
{
  char name[64];
  snprintf (name, sizeof name, "namespace::function_%u(int)", number);
  ProfFunction function = { .name = (uint32_t)prof_profile_add_string (profile, name) };
  ProfLine line = { .function = (uint32_t)prof_profile_add_function (profile, &function) };
  ProfLocation location = { .address = number };
  return (uint32_t)prof_profile_add_location (profile, &location, &line, 1);
}

/* Stacks part at their root: no tree of so many samples is wider. */
static ProfProfile *
make_profile (void)
{
  ProfProfile *profile;
  if (prof_profile_new (&profile) < 0
      || prof_profile_add_value_type (profile, "cpu", "nanoseconds") < 0)
    exit (1);
  static uint32_t locations[N_STACKS], stack[N_LEVELS];
  for (unsigned i = 0; i < N_STACKS; i++)
    locations[i] = add_location (profile, i);
  for (unsigned i = 0; i < N_STACKS; i++) {
    for (unsigned level = 0; level < N_LEVELS; level++)
      stack[N_LEVELS - 1 - level] = locations[(i + level * 37) % N_STACKS];
    int64_t value = 1000 + (i < 100 ? (100 - i) * 2000 : 0);
    if (prof_profile_add_sample (profile, stack, N_LEVELS, &value) < 0)
      exit (1);
  }
  return profile;
}

static ProfProfile *
open_profile (const char *path)
{
  ProfProfile *profile;
  ProfError error = PROF_ERROR_INIT;
  gint64 start = g_get_monotonic_time ();
  if (prof_pprof_open (path, &profile, &error) < 0) {
    fprintf (stderr, "bench-flame-graph: %s\n", error.message);
    exit (1);
  }
  printf ("read after %.0f ms\n", (double)(g_get_monotonic_time () - start) / 1000);
  return profile;
}

static void
activate (GApplication *application, gpointer path)
{
  window = gtk_application_window_new (GTK_APPLICATION (application));
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  graph = pyro_flame_graph_new ();
  scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), graph);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
  ProfProfile *profile = path == NULL ? make_profile () : NULL;
  opened_at = g_get_monotonic_time ();
  opened_at_cpu = get_cpu_ns (CLOCK_PROCESS_CPUTIME_ID);
  if (path != NULL)
    profile = open_profile (path);
  pyro_flame_graph_set_profile (PYRO_FLAME_GRAPH (graph), profile,
                                prof_profile_get_default_value_type (profile));
  prof_profile_unref (profile);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (graph);
  g_signal_connect (clock, "after-paint", G_CALLBACK (begin_acts), application);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application
      = adw_application_new ("org.libprof.FlameGraphBench", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate), argc > 1 ? argv[1] : NULL);
  g_application_run (G_APPLICATION (application), 1, argv);
  return result;
}
