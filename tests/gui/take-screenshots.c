/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */

/* take-screenshots FOLDER PROFILE [CATALOGS]: every view of a profile in light, dark, narrow and
 * from right to left, as PNG files, for people to look at; with CATALOGS in the words of these and
 * the environment's language. Fails if one of them can't be made. */
#include <libintl.h>
#include <stdlib.h>
#include <unistd.h>

#include "application.h"
#include "view/compare-page.h"
#include "view/document.h"
#include "view/host-page.h"
#include "view/profile-page.h"
#include "view/record-page.h"
#include "view/recording-page.h"
#include "view/size-bars.h"
#include "window.h"

typedef struct {
  const char *name;
  AdwColorScheme scheme;
  int width, height;
  GtkTextDirection direction;
} Look;

static const Look looks[] = {
  { "light", ADW_COLOR_SCHEME_FORCE_LIGHT, 1200, 800, GTK_TEXT_DIR_LTR },
  { "dark", ADW_COLOR_SCHEME_FORCE_DARK, 1200, 800, GTK_TEXT_DIR_LTR },
  { "narrow", ADW_COLOR_SCHEME_FORCE_LIGHT, 400, 700, GTK_TEXT_DIR_LTR },
  { "mirrored", ADW_COLOR_SCHEME_FORCE_LIGHT, 1200, 800, GTK_TEXT_DIR_RTL },
};

static const Look translated
    = { "translated", ADW_COLOR_SCHEME_FORCE_LIGHT, 1200, 800, GTK_TEXT_DIR_LTR };

static const char *folder, *catalogs;

/* GTK says so when something was to be laid out anew before it is drawn, and leaves it out. */
static gboolean is_left_out;

static GLogWriterOutput
watch_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE")
        && strstr (fields[i].value, "without a current allocation") != NULL) {
      is_left_out = TRUE;
      return G_LOG_WRITER_HANDLED;
    }
  g_log_writer_default (level, fields, n_fields, data);
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL))
    abort ();
  return G_LOG_WRITER_HANDLED;
}

/* Until nothing is left to do for a while: workers, layout, animations. */
static void
settle (void)
{
  enum { QUIET_MS = 400 };
  gboolean is_over = FALSE;
  g_timeout_add_once (QUIET_MS, (GSourceOnceFunc)(void *)g_atomic_int_inc, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct {
  GtkWidget *window;
  int width, height;
  GskRenderNode *node; /* NULL: it was not laid out yet */
  gboolean is_over;
} Picture;

/* Just after a frame all is laid out. */
static void
draw (Picture *picture)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (picture->window);
  picture->width = gdk_paintable_get_intrinsic_width (paintable);
  picture->height = gdk_paintable_get_intrinsic_height (paintable);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), picture->width, picture->height);
  g_clear_pointer (&picture->node, gsk_render_node_unref);
  if (!is_left_out)
    picture->node = gtk_snapshot_to_node (snapshot);
  is_left_out = FALSE;
  picture->is_over = TRUE;
}

static void
draw_after_frame (Picture *picture)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (picture->window);
  gulong handler = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (draw), picture);
  picture->is_over = FALSE;
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!picture->is_over)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static void
save (GtkWidget *window, const char *view, const Look *look)
{
  Picture picture = { .window = window };
  do {
    settle ();
    draw_after_frame (&picture);
  } while (picture.node == NULL);
  g_autoptr (GskRenderNode) node = picture.node;
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (window));
  g_autoptr (GdkTexture) texture
      = gsk_renderer_render_texture (renderer, node,
                                     &GRAPHENE_RECT_INIT (0, 0, (float)picture.width,
                                                          (float)picture.height));
  g_autofree char *path = g_strdup_printf ("%s/%s-%s.png", folder, view, look->name);
  if (!gdk_texture_save_to_png (texture, path))
    g_error ("%s can't be written", path);
}

static GtkWidget *
find_widget (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_widget (child, type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* By its id in the page's template. */
static GtkWidget *
find_named (GtkWidget *widget, const char *id)
{
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_named (child, id);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
open_window (GtkApplication *application, const Look *look)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->scheme);
  gtk_widget_set_default_direction (look->direction);
  GtkWidget *window = GTK_WIDGET (pyro_window_new (application));
  gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* The hottest function, so that there are callers to see. */
static void
select_hottest (PyroDocument *document)
{
  PyroProfile *profile = pyro_document_get_profile (document);
  while (pyro_profile_get_report (profile) == NULL)
    g_main_context_iteration (NULL, TRUE);
  size_t n_functions;
  pyro_profile_set_selection (profile, pyro_report_get_functions (pyro_profile_get_report (profile),
                                                                  &n_functions)[0]
                                           .name);
}

static void
take_views (GtkWidget *window, const Look *look, PyroDocument *document)
{
  static const char *const views[]
      = { "flame-graph", "functions", "call-tree", "callers", "source", "details" };
  GtkWidget *page = find_widget (window, PYRO_TYPE_PROFILE_PAGE);
  select_hottest (document);
  for (size_t i = 0; i < G_N_ELEMENTS (views); i++) {
    gtk_widget_activate_action (page, "page.view", "s", views[i]);
    save (window, views[i], look);
  }
  PyroProfile *profile = pyro_document_get_profile (document);
  gtk_widget_activate_action (page, "page.view", "s", "functions");
  gtk_widget_activate_action (page, "page.search", NULL);
  pyro_profile_add_filter (profile, PYRO_FILTER_FOCUS, pyro_profile_get_selection (profile));
  save (window, "filtered", look);
}

/* Another sample type. */
static void
show_value_type (PyroProfile *profile, const char *name)
{
  int type = prof_profile_find_value_type (pyro_profile_get_source (profile), name);
  if (type >= 0)
    pyro_profile_set_value_type (profile, (guint)type);
}

/* The middle of the time, of the processor and of memory. */
static void
take_times (GtkWidget *window, const Look *look, PyroDocument *document)
{
  GtkWidget *page = find_widget (window, PYRO_TYPE_PROFILE_PAGE);
  PyroProfile *profile = pyro_document_get_profile (document);
  ProfProfile *source = pyro_profile_get_source (profile);
  gint64 start_ns = prof_profile_get_time_ns (source);
  gint64 third_ns = prof_profile_get_duration_ns (source) / 3;
  g_autoptr (PyroFilter) everything = pyro_filter_new ();
  g_autoptr (PyroFilter) middle
      = pyro_filter_set_range (everything, start_ns + third_ns, start_ns + 2 * third_ns);
  g_autoptr (PyroFilter) peak = pyro_filter_set_heap_view (everything, PYRO_HEAP_PEAK);
  gtk_widget_activate_action (page, "page.view", "s", "flame-graph");
  pyro_profile_set_filter (profile, middle);
  save (window, "time-range", look);
  show_value_type (profile, "inuse_space");
  pyro_profile_set_filter (profile, peak);
  save (window, "heap-peak", look);
  gtk_widget_activate_action (page, "page.view", "s", "memory");
  save (window, "memory-charts", look);
  GtkWidget *sizes = find_widget (page, PYRO_TYPE_SIZE_BARS);
  GtkWidget *scrolled = gtk_widget_get_ancestor (sizes, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *below = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  gtk_adjustment_set_value (below, gtk_adjustment_get_upper (below));
  save (window, "memory-sizes", look);
}

static void
take_tool (GtkWidget *window, const Look *look, const char *action, const char *view)
{
  gtk_widget_activate_action (window, action, NULL);
  save (window, view, look);
  gtk_widget_activate_action (window, "win.close-tab", NULL);
  settle ();
}

/* ---- dialogs ---- */

/* The one above the window; the window itself if there is none. */
static GtkWidget *
get_dialog (GtkWidget *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();
  for (GList *item = all; item != NULL; item = item->next)
    if (gtk_window_get_transient_for (item->data) == GTK_WINDOW (window))
      return item->data;
  return window;
}

static GtkWidget *
open_dialog (GtkWidget *window, const Look *look, const char *action)
{
  gtk_widget_activate_action (window, action, NULL);
  GtkWidget *dialog = get_dialog (window);
  int width, height;
  gtk_window_get_default_size (GTK_WINDOW (dialog), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (dialog), MIN (width, look->width),
                               MIN (height, look->height));
  return dialog;
}

static void
close_dialog (GtkWidget *dialog)
{
  gtk_window_close (GTK_WINDOW (dialog));
  settle ();
}

/* Plays prof record --control: $1 is every snapshot. */
static const char play[] = "echo '{\"event\": \"started\"}'; "
                           "for i in $(seq 1 60); do echo '{\"event\": \"status\", \"elapsed_ns\": "
                           "'$((i * 250))000000', "
                           "\"samples\": '$((i * 240 + i % 7 * 20 + i % 3 * 9))', \"lost\": 0, "
                           "\"live_bytes\": '$((i * 90000 + i % 5 * 300000))'}'; done; "
                           "while read command path; do case $command in "
                           "snapshot) cp \"$1\" \"$path\"; echo '{\"event\": \"snapshot\"}';; "
                           "discard) echo '{\"event\": \"discarded\"}'; exit;; "
                           "terminate) kill -9 $$;; "
                           "esac; done";

static void
count (PyroRecorder *recorder, const char *path, int *n)
{
  ++*n;
}

/* The second snapshot is asked for when the first one is shown. */
static void
take_recording (GtkWidget *window, const Look *look, const char *path)
{
  g_autoptr (PyroRecordOptions) options = pyro_record_options_new ();
  options->target = PYRO_TARGET_PROCESS;
  options->pid = (guint)getpid ();
  g_autofree char *output = g_build_filename (g_get_user_cache_dir (), "out.pb.gz", NULL);
  const char *const argv[] = { "bash", "-c", play, "bash", path, NULL };
  g_autoptr (PyroRecorder) recorder = pyro_recorder_new (argv, output, NULL);
  GtkWidget *page = pyro_recording_page_new (recorder, "word-index", options);
  int n_snapshots = 0;
  g_signal_connect (recorder, "snapshot", G_CALLBACK (count), &n_snapshots);
  pyro_window_add_tab (PYRO_WINDOW (window), page, "Recording word-index");
  while (n_snapshots < 2)
    g_main_context_iteration (NULL, TRUE);
  save (window, "recording", look);
  gtk_widget_activate_action (page, "recording.discard", NULL);
  save (get_dialog (window), "discard", look);
  close_dialog (get_dialog (window));
  pyro_recorder_terminate (recorder);
  while (!pyro_recorder_is_over (recorder))
    g_main_context_iteration (NULL, TRUE);
  save (window, "recording-failed", look);
  g_signal_handlers_disconnect_by_data (recorder, &n_snapshots);
  gtk_widget_activate_action (window, "win.close-tab", NULL);
  settle ();
}

static GtkWidget *
get_shown_tab (GtkWidget *window)
{
  AdwTabView *tabs = pyro_window_get_tab_view (PYRO_WINDOW (window));
  return adw_tab_page_get_child (adw_tab_view_get_selected_page (tabs));
}

static void
take_processes (GtkWidget *window, const Look *look)
{
  gtk_widget_activate_action (window, "win.record", NULL);
  GtkWidget *page = get_shown_tab (window);
  gtk_stack_set_visible_child_name (GTK_STACK (find_named (page, "target")), "process");
  save (window, "record-process", look);
  gtk_widget_activate_action (window, "win.close-tab", NULL);
  settle ();
}

static void
take_host (GtkWidget *window, const Look *look)
{
  GtkWidget *page = pyro_host_page_new ();
  pyro_host_page_show (PYRO_HOST_PAGE (page), "There is no prof outside of the sandbox.");
  pyro_window_add_tab (PYRO_WINDOW (window), page, "New Recording");
  save (window, "record-sandbox", look);
  gtk_widget_activate_action (window, "win.close-tab", NULL);
  settle ();
}

/* A half of the time that was recorded, as a recording of its own. */
static PyroProfile *
take_half (ProfProfile *source, gint64 start_ns, const char *title)
{
  gint64 half_ns = prof_profile_get_duration_ns (source) / 2;
  ProfFilter filter = PROF_FILTER_INIT;
  filter.start_ns = start_ns;
  filter.end_ns = start_ns + half_ns;
  ProfProfile *half;
  if (prof_profile_filter (source, &filter, &half, NULL) < 0)
    g_error ("%s can't be made", title);
  prof_profile_set_time (half, start_ns, half_ns);
  PyroProfile *profile = pyro_profile_new (half, title, NULL);
  prof_profile_unref (half);
  return profile;
}

static void
wait_for_difference (PyroComparison *comparison)
{
  while (pyro_comparison_is_busy (comparison))
    g_main_context_iteration (NULL, TRUE);
}

/* In the two halves other blocks are allocated. */
static void
show_heap (PyroComparison *comparison)
{
  ProfProfile *source = pyro_profile_get_source (pyro_comparison_get_base (comparison));
  int type = prof_profile_find_value_type (source, "alloc_space");
  if (type < 0)
    return;
  pyro_comparison_set_value_type (comparison, (guint)type);
  wait_for_difference (comparison);
}

/* Before anything is chosen, of the two halves of a profile, and of what can't be compared. */
static void
take_comparison (GtkWidget *window, const Look *look, PyroDocument *document)
{
  ProfProfile *source = pyro_profile_get_source (pyro_document_get_profile (document));
  gint64 start_ns = prof_profile_get_time_ns (source);
  gint64 middle_ns = start_ns + prof_profile_get_duration_ns (source) / 2;
  g_autoptr (PyroProfile) base = take_half (source, start_ns, "word-index monday.pb.gz");
  g_autoptr (PyroProfile) current = take_half (source, middle_ns, "word-index tuesday.pb.gz");
  gtk_widget_activate_action (window, "win.compare", NULL);
  save (window, "compare-choose", look);
  GtkWidget *page = get_shown_tab (window);
  PyroComparison *comparison = pyro_compare_page_get_comparison (PYRO_COMPARE_PAGE (page));
  pyro_comparison_set_base (comparison, base);
  pyro_comparison_set_current (comparison, current);
  pyro_comparison_set_value_type (comparison, 1);
  wait_for_difference (comparison);
  save (window, "compare-flame-graph", look);
  gtk_widget_activate_action (page, "page.view", "s", "functions");
  save (window, "compare-functions", look);
  show_heap (comparison);
  save (window, "compare-heap", look);
  pyro_comparison_set_current (comparison, base);
  save (window, "compare-failure", look);
  gtk_widget_activate_action (window, "win.close-tab", NULL);
  settle ();
}

static PyroCollector *
add_collector (GtkApplication *application)
{
  PyroCollectors *collectors = pyro_application_get_collectors (PYRO_APPLICATION (application));
  PyroCollector *collector = pyro_collectors_add (collectors);
  g_object_set (collector, "name", "Team collector", "endpoint", "http://otel.example:4318",
                "authentication", PYRO_AUTHENTICATION_PASSWORD, "user", "profiler", "resource",
                "service.name=word-index deployment.environment.name=staging", NULL);
  return collector;
}

/* Nothing listens on port 1. */
static void
take_export (GtkApplication *application, GtkWidget *window, const Look *look)
{
  GtkWidget *dialog = open_dialog (window, look, "win.export");
  save (dialog, "export-none", look);
  PyroCollector *collector = add_collector (application);
  save (dialog, "export", look);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (find_named (dialog, "preview_row")), TRUE);
  g_object_set (collector, "endpoint", "http://localhost:1", "authentication",
                PYRO_AUTHENTICATION_NONE, NULL);
  settle ();
  GtkWidget *scrolled
      = gtk_widget_get_ancestor (find_named (dialog, "form"), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *below = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  gtk_adjustment_set_value (below, gtk_adjustment_get_upper (below));
  gtk_widget_activate_action (dialog, "export.test", NULL);
  while (gtk_widget_get_visible (find_named (dialog, "cancel_button")))
    g_main_context_iteration (NULL, TRUE);
  save (dialog, "export-answer", look);
  close_dialog (dialog);
  PyroCollectors *collectors = pyro_application_get_collectors (PYRO_APPLICATION (application));
  pyro_collectors_set_last (collectors, collector);
  g_object_set (collector, "ca-file", "/nothing/here.pem", NULL);
  gtk_widget_activate_action (window, "win.export-again", NULL);
  save (window, "export-failed", look);
  pyro_collectors_remove (collectors, collector);
}

static void
take_preferences (GtkApplication *application, GtkWidget *window, const Look *look)
{
  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  GtkWidget *dialog = get_dialog (window);
  gtk_window_set_default_size (GTK_WINDOW (dialog), MIN (560, look->width),
                               MIN (740, look->height));
  save (dialog, "preferences", look);
  close_dialog (dialog);
}

static void
take_shortcuts (GtkWidget *window, const Look *look)
{
  GtkShortcutsWindow *shortcuts
      = gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window));
  gtk_window_present (GTK_WINDOW (shortcuts));
  save (GTK_WIDGET (shortcuts), "shortcuts", look);
  g_object_set (shortcuts, "section-name", "charts", NULL);
  save (GTK_WIDGET (shortcuts), "shortcuts-charts", look);
  gtk_window_close (GTK_WINDOW (shortcuts));
  settle ();
}

static void
take_look (GtkApplication *application, const Look *look, const char *path)
{
  GtkWidget *window = open_window (application, look);
  save (window, "start", look);
  take_preferences (application, window, look);
  take_shortcuts (window, look);
  take_tool (window, look, "win.record", "record");
  take_processes (window, look);
  take_host (window, look);
  take_tool (window, look, "win.memory", "memory");
  take_recording (window, look, path);
  g_autoptr (GFile) nothing = g_file_new_for_path ("/nothing/here.pb.gz");
  pyro_window_open (PYRO_WINDOW (window), nothing);
  save (window, "failure", look);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  gtk_widget_activate_action (window, "win.close-tab", NULL);
  settle ();
  pyro_window_open (PYRO_WINDOW (window), file);
  PyroDocument *document = PYRO_DOCUMENT (get_shown_tab (window));
  while (pyro_document_get_profile (document) == NULL)
    g_main_context_iteration (NULL, TRUE);
  take_comparison (window, look, document);
  take_views (window, look, document);
  take_times (window, look, document);
  take_export (application, window, look);
  gtk_window_close (GTK_WINDOW (window));
}

static void
take_all (GtkApplication *application, const char *path)
{
  g_signal_stop_emission_by_name (application, "activate");
  if (catalogs != NULL) {
    take_look (application, &translated, path);
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (looks); i++)
    take_look (application, &looks[i], path);
}

int
main (int argc, char **argv)
{
  if (argc != 3 && argc != 4)
    return EXIT_FAILURE;
  folder = argv[1];
  catalogs = argv[3];
  /* In place of G_DEBUG=fatal-warnings. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (watch_log, NULL, NULL);
  if (catalogs != NULL) {
    bindtextdomain (GETTEXT_PACKAGE, catalogs);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
  }
  g_mkdir_with_parents (folder, 0755);
  g_autoptr (PyroApplication) application = pyro_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (take_all), argv[2]);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
