/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "../layout/flame-profile.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "view/flame-graph.h"

/* Warnings end the program (G_DEBUG=fatal-warnings), and meson ends what hangs: nothing here waits
 * on a clock. */

static const FlameSample samples[] = {
  { "main;work;mix", 50 }, { "main;work", 10 }, { "main;parse;mix", 20 }, { "idle", 20 }, { 0 }
};

typedef struct {
  GtkWidget *window;
  PyroFlameGraph *graph;
} Stage;

static gboolean
get_flag (Stage *stage, const char *property)
{
  gboolean value;
  g_object_get (stage->graph, property, &value, NULL);
  return value;
}

static void
run_until_loaded (Stage *stage)
{
  while (get_flag (stage, "loading"))
    g_main_context_iteration (NULL, TRUE);
}

static void
show (Stage *stage, const FlameSample *shown)
{
  ProfProfile *profile = make_flame_profile (shown);
  pyro_flame_graph_set_profile (stage->graph, profile, 0);
  prof_profile_unref (profile);
}

static void
count_frame (GdkFrameClock *clock, gpointer n_frames)
{
  ++*(int *)n_frames;
}

/* Lets it be laid out and drawn. */
static void
run_until_painted (Stage *stage)
{
  int n_frames = 0;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (stage->graph));
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (count_frame), &n_frames);
  while (n_frames < 2) {
    gtk_widget_queue_draw (GTK_WIDGET (stage->graph));
    gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
    g_main_context_iteration (NULL, TRUE);
  }
  g_signal_handler_disconnect (clock, handler);
}

static int
set_up (void **state)
{
  Stage *stage = g_new0 (Stage, 1);
  *state = stage;
  stage->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 500, 300);
  stage->graph = PYRO_FLAME_GRAPH (pyro_flame_graph_new ());
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (stage->graph));
  gtk_window_set_child (GTK_WINDOW (stage->window), scrolled);
  gtk_window_present (GTK_WINDOW (stage->window));
  show (stage, samples);
  run_until_loaded (stage);
  run_until_painted (stage);
  return 0;
}

static void
forget (gpointer is_gone, GObject *object)
{
  *(gboolean *)is_gone = TRUE;
}

/* Nothing holds the widget once its window is closed. */
static int
tear_down (void **state)
{
  Stage *stage = *state;
  gboolean is_gone = FALSE;
  g_object_weak_ref (G_OBJECT (stage->graph), forget, &is_gone);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  while (!is_gone)
    g_main_context_iteration (NULL, TRUE);
  g_free (stage);
  return 0;
}

static void
activate (Stage *stage, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (stage->graph), action, NULL);
}

/* Does what the key is bound to. */
static void
press (Stage *stage, const char *key)
{
  GtkWidget *widget = GTK_WIDGET (stage->graph);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
      continue;
    for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
      g_autofree char *name = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));
      if (!g_str_equal (name, key))
        continue;
      gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                    gtk_shortcut_get_arguments (shortcut));
      return;
    }
  }
  fail_msg ("no shortcut is bound to %s", key);
}

static void
check_selection (Stage *stage, const char *expected)
{
  const char *selection = pyro_flame_graph_get_selection (stage->graph);
  if (expected == NULL)
    assert_null (selection);
  else
    assert_string_equal (selection, expected);
}

static void
test_walks_by_keys (void **state)
{
  Stage *stage = *state;
  press (stage, "Down");
  check_selection (stage, NULL); /* the root, which is no function */
  press (stage, "Down");
  check_selection (stage, "main");
  press (stage, "Right");
  check_selection (stage, "idle");
  press (stage, "Right");
  check_selection (stage, "idle");
  press (stage, "Home");
  check_selection (stage, "main");
  press (stage, "Down");
  check_selection (stage, "work");
  press (stage, "End");
  check_selection (stage, "parse");
  press (stage, "Left");
  check_selection (stage, "work");
  press (stage, "Up");
  check_selection (stage, "main");
  press (stage, "Escape");
  check_selection (stage, NULL);
}

/* In a flame callees are above. */
static void
test_walks_upward (void **state)
{
  Stage *stage = *state;
  g_object_set (stage->graph, "upward", TRUE, NULL);
  assert_true (pyro_flame_graph_select (stage->graph, "work"));
  press (stage, "Up");
  check_selection (stage, "mix");
  press (stage, "Down");
  check_selection (stage, "work");
}

static void
test_zooms_with_history (void **state)
{
  Stage *stage = *state;
  assert_false (get_flag (stage, "zoomed"));
  assert_true (pyro_flame_graph_select (stage->graph, "work"));
  press (stage, "Return");
  assert_true (get_flag (stage, "zoomed"));
  assert_true (get_flag (stage, "can-go-back"));
  assert_true (pyro_flame_graph_select (stage->graph, "mix"));
  activate (stage, "flame.zoom");
  pyro_flame_graph_back (stage->graph);
  assert_true (get_flag (stage, "zoomed"));
  activate (stage, "flame.back");
  assert_false (get_flag (stage, "zoomed"));
  assert_false (get_flag (stage, "can-go-back"));
  assert_true (get_flag (stage, "can-go-forward"));
  activate (stage, "flame.forward");
  assert_true (get_flag (stage, "zoomed"));
  press (stage, "Escape");
  assert_false (get_flag (stage, "zoomed"));
  assert_true (get_flag (stage, "can-go-back"));
}

static void
test_keeps_zoom_and_selection_in_a_new_profile (void **state)
{
  Stage *stage = *state;
  pyro_flame_graph_select (stage->graph, "parse");
  activate (stage, "flame.zoom");
  show (stage, (FlameSample[]){ { "idle", 90 }, { "main;parse", 10 }, { 0 } });
  run_until_loaded (stage);
  check_selection (stage, "parse");
  assert_true (get_flag (stage, "zoomed"));
  show (stage, (FlameSample[]){ { "idle", 90 }, { 0 } });
  run_until_loaded (stage);
  check_selection (stage, NULL);
  assert_false (get_flag (stage, "zoomed"));
}

static void
test_shows_the_last_of_several_profiles (void **state)
{
  Stage *stage = *state;
  for (int i = 0; i < 20; i++)
    show (stage, (FlameSample[]){ { "old", 1 }, { 0 } });
  show (stage, (FlameSample[]){ { "new", 1 }, { 0 } });
  run_until_loaded (stage);
  assert_true (pyro_flame_graph_select (stage->graph, "new"));
  assert_false (pyro_flame_graph_select (stage->graph, "old"));
}

static void
test_is_empty_without_values (void **state)
{
  Stage *stage = *state;
  assert_false (get_flag (stage, "empty"));
  show (stage, (FlameSample[]){ { "main", 0 }, { 0 } });
  run_until_loaded (stage);
  assert_true (get_flag (stage, "empty"));
  run_until_painted (stage);
  press (stage, "Down");
  check_selection (stage, NULL);
  pyro_flame_graph_set_profile (stage->graph, NULL, 0);
  assert_false (get_flag (stage, "empty"));
}

static void
notified (GObject *object, GParamSpec *spec, gpointer was_notified)
{
  *(gboolean *)was_notified = TRUE;
}

static double
search (Stage *stage, const char *pattern)
{
  gboolean was_notified = FALSE;
  gulong handler = g_signal_connect (stage->graph, "notify::match-share", G_CALLBACK (notified),
                                     &was_notified);
  g_object_set (stage->graph, "search", pattern, NULL);
  while (!was_notified)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (stage->graph, handler);
  double share;
  g_object_get (stage->graph, "match-share", &share, NULL);
  return share;
}

static void
test_searches (void **state)
{
  Stage *stage = *state;
  assert_float_equal (search (stage, "mix"), 0.7, 1e-9);
  press (stage, "<Control>g");
  check_selection (stage, "mix");
  assert_float_equal (search (stage, "work|mix"), 0.8, 1e-9);
  assert_float_equal (search (stage, "none"), 0, 0);
  run_until_painted (stage);
  assert_float_equal (search (stage, "work("), -1, 0);
  g_autofree char *message = NULL;
  g_object_get (stage->graph, "search-error", &message, NULL);
  assert_non_null (message);
  assert_float_equal (search (stage, ""), -1, 0);
}

/* What is searched stays searched when the tree is turned. */
static void
test_searches_again_in_a_new_tree (void **state)
{
  Stage *stage = *state;
  search (stage, "parse");
  g_object_set (stage->graph, "bottom-up", TRUE, "collapse-recursion", TRUE, NULL);
  run_until_loaded (stage);
  double share = -1;
  while (share < 0) {
    g_main_context_iteration (NULL, TRUE);
    g_object_get (stage->graph, "match-share", &share, NULL);
  }
  assert_float_equal (share, 0.2, 1e-9);
}

static void
filtered (PyroFlameGraph *graph, PyroFlameFilter kind, const char *function, gpointer log)
{
  g_string_append_printf (log, "%d %s\n", kind, function);
}

static void
opened (PyroFlameGraph *graph, const char *file, int line, gpointer log)
{
  g_string_append_printf (log, "%s:%d\n", file, line);
}

static void
test_asks_for_filters_and_source (void **state)
{
  Stage *stage = *state;
  g_autoptr (GString) log = g_string_new (NULL);
  g_signal_connect (stage->graph, "filter-requested", G_CALLBACK (filtered), log);
  g_signal_connect (stage->graph, "open-source-requested", G_CALLBACK (opened), log);
  activate (stage, "flame.focus"); /* nothing is selected */
  pyro_flame_graph_select (stage->graph, "work");
  activate (stage, "flame.focus");
  activate (stage, "flame.ignore");
  activate (stage, "flame.hide");
  activate (stage, "flame.show-from");
  activate (stage, "flame.open-source");
  assert_string_equal (log->str, "0 work\n1 work\n2 work\n3 work\nfile.c:1\n");
}

typedef struct {
  char *text;
  gboolean is_done;
} Clip;

static void
pasted (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  Clip *clip = data;
  clip->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  clip->is_done = TRUE;
}

static void
check_clipboard (Stage *stage, const char *expected)
{
  Clip clip = { 0 };
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (stage->graph)), NULL, pasted,
                                 &clip);
  while (!clip.is_done)
    g_main_context_iteration (NULL, TRUE);
  assert_string_equal (clip.text, expected);
  g_free (clip.text);
}

static void
test_copies (void **state)
{
  Stage *stage = *state;
  pyro_flame_graph_select (stage->graph, "mix");
  press (stage, "<Control>c");
  check_clipboard (stage, "mix");
  press (stage, "<Shift><Control>c");
  check_clipboard (stage, "mix\nwork\nmain\n");
  g_object_set (stage->graph, "bottom-up", TRUE, NULL);
  run_until_loaded (stage);
  press (stage, "Down");
  pyro_flame_graph_select (stage->graph, "work");
  press (stage, "<Shift><Control>c");
  check_clipboard (stage, "mix\nwork\n");
}

/* Property by property: an empty string is right. */
static void
check_accessible (Stage *stage, GtkWidget *widget, GtkAccessibleProperty property, const char *text)
{
  g_autofree char *fault
      = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), property, text);
  if (fault != NULL)
    fail_msg ("%s instead of %s", fault, text);
}

static void
test_tells_a_screen_reader (void **state)
{
  Stage *stage = *state;
  GtkWidget *graph = GTK_WIDGET (stage->graph);
  assert_int_equal (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (graph)),
                    GTK_ACCESSIBLE_ROLE_TREE);
  pyro_flame_graph_select (stage->graph, "work");
  GtkWidget *item = gtk_widget_get_first_child (graph);
  assert_int_equal (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (item)),
                    GTK_ACCESSIBLE_ROLE_TREE_ITEM);
  assert_true (gtk_widget_get_visible (item));
  check_accessible (stage, item, GTK_ACCESSIBLE_PROPERTY_LABEL, "work, 60.0%");
  check_accessible (stage, graph, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                    "work, 60.0%. Called by main, 80.0%. Calls mix, 50.0%. After it parse, 20.0%.");
  press (stage, "Escape");
  assert_false (gtk_widget_get_visible (item));
}

static void
exported (GObject *graph, GAsyncResult *result, gpointer is_done)
{
  g_autoptr (GError) error = NULL;
  if (!pyro_flame_graph_export_finish (PYRO_FLAME_GRAPH (graph), result, &error))
    fail_msg ("%s", error->message);
  *(gboolean *)is_done = TRUE;
}

static void
check_export (Stage *stage, PyroFlamePicture format, const char *head, size_t n_head)
{
  GError *error = NULL;
  GFileIOStream *stream;
  g_autoptr (GFile) file = g_file_new_tmp ("flame-graph-XXXXXX", &stream, &error);
  assert_non_null (file);
  g_object_unref (stream);
  gboolean is_done = FALSE;
  pyro_flame_graph_export_async (stage->graph, file, format, NULL, exported, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  g_autofree char *contents = NULL;
  gsize size;
  assert_true (g_file_load_contents (file, NULL, &contents, &size, NULL, NULL));
  assert_true (size > 500);
  assert_memory_equal (contents, head, n_head);
  g_file_delete (file, NULL, NULL);
}

static void
test_exports (void **state)
{
  Stage *stage = *state;
  check_export (stage, PYRO_FLAME_PICTURE_SVG, "<?xml", 5);
  check_export (stage, PYRO_FLAME_PICTURE_PNG, "\x89PNG", 4);
  check_export (stage, PYRO_FLAME_PICTURE_PDF, "%PDF", 4);
}

static void
refused (GObject *graph, GAsyncResult *result, gpointer message)
{
  g_autoptr (GError) error = NULL;
  assert_false (pyro_flame_graph_export_finish (PYRO_FLAME_GRAPH (graph), result, &error));
  *(char **)message = g_strdup (error->message);
}

static char *
export_in_vain (Stage *stage)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/picture.svg");
  char *message = NULL;
  pyro_flame_graph_export_async (stage->graph, file, PYRO_FLAME_PICTURE_SVG, NULL, refused,
                                 &message);
  while (message == NULL)
    g_main_context_iteration (NULL, TRUE);
  return message;
}

static void
test_says_why_it_does_not_export (void **state)
{
  Stage *stage = *state;
  g_autofree char *why_not_written = export_in_vain (stage);
  assert_non_null (strstr (why_not_written, "nonexistent"));
  pyro_flame_graph_set_profile (stage->graph, NULL, 0);
  g_autofree char *why_not_drawn = export_in_vain (stage);
  assert_non_null (strstr (why_not_drawn, "no flame graph"));
}

/* The colour at a place in the widget as it is drawn. */
static guint32
get_pixel (Stage *stage, int x, int y)
{
  GtkWidget *widget = GTK_WIDGET (stage->graph);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (stage->window));
  g_autoptr (GdkTexture) texture
      = gsk_renderer_render_texture (renderer, node,
                                     &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gsk_render_node_unref (node);
  g_autofree guint32 *pixels = g_new (guint32, (gsize)width * (gsize)height);
  gdk_texture_download (texture, (guchar *)pixels, (gsize)width * 4);
  return pixels[y * width + x] & 0xffffff;
}

/* The second row is main for 80 % of the width and idle for the rest; the fourth has gaps. */
static void
test_draws_boxes (void **state)
{
  Stage *stage = *state;
  int width = gtk_widget_get_width (GTK_WIDGET (stage->graph));
  int row = 0;
  while (get_pixel (stage, 2, row + 1) == get_pixel (stage, 2, 1))
    row++;
  row += 2; /* the gap below the root */
  guint32 main_colour = get_pixel (stage, 2, row + 1), ground = get_pixel (stage, 2, row * 6);
  assert_int_not_equal (main_colour, ground);
  assert_int_equal (get_pixel (stage, width * 79 / 100, row + 1), main_colour);
  assert_int_not_equal (get_pixel (stage, width * 82 / 100, row + 1), main_colour);
  assert_int_equal (get_pixel (stage, width * 82 / 100, 2 * row + 3), ground);
  g_object_set (stage->graph, "upward", TRUE, NULL);
  run_until_painted (stage);
  assert_int_equal (get_pixel (stage, 2, 1), ground);
}

static void
test_survives_hard_names (void **state)
{
  Stage *stage = *state;
  g_autofree char *name = g_strnfill (10000, 'x');
  show (stage, (FlameSample[]){ { name, 1 },
                                { "\xff\xfe\xc3(", 1 },
                                { "line\nend\ttab", 1 },
                                { "名前::関数", 1 },
                                { "-", -3 },
                                { 0 } });
  run_until_loaded (stage);
  for (int colouring = 0; colouring <= PYRO_FLAME_COLOURING_DIFFERENCE; colouring++) {
    g_object_set (stage->graph, "colouring", colouring, NULL);
    run_until_painted (stage);
  }
  assert_true (pyro_flame_graph_select (stage->graph, "\xff\xfe\xc3("));
  press (stage, "<Control>c");
  check_clipboard (stage, "\uFFFD\uFFFD\uFFFD(");
  check_export (stage, PYRO_FLAME_PICTURE_SVG, "<?xml", 5);
}

/* Each box that is walked to is scrolled into view. */
static void
test_scrolls_deep_stacks (void **state)
{
  Stage *stage = *state;
  g_autoptr (GString) stack = g_string_new (NULL);
  for (int i = 0; i < 2000; i++)
    g_string_append_printf (stack, "%sf%d", i == 0 ? "" : ";", i);
  show (stage, (FlameSample[]){ { stack->str, 1 }, { 0 } });
  run_until_loaded (stage);
  run_until_painted (stage);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (stage->graph));
  assert_true (gtk_adjustment_get_upper (adjustment) > 2000 * 10);
  assert_true (pyro_flame_graph_select (stage->graph, "f1999"));
  assert_float_equal (gtk_adjustment_get_value (adjustment)
                          + gtk_adjustment_get_page_size (adjustment),
                      gtk_adjustment_get_upper (adjustment), 1);
  press (stage, "Up");
  check_selection (stage, "f1998");
}

/* It is open when tear_down comes. */
static void
test_opens_its_menu (void **state)
{
  Stage *stage = *state;
  press (stage, "Menu"); /* nothing is selected */
  assert_false (GTK_IS_POPOVER (gtk_widget_get_last_child (GTK_WIDGET (stage->graph))));
  pyro_flame_graph_select (stage->graph, "work");
  run_until_painted (stage);
  press (stage, "<Shift>F10");
  GtkWidget *menu = gtk_widget_get_last_child (GTK_WIDGET (stage->graph));
  assert_true (GTK_IS_POPOVER (menu));
  assert_true (gtk_widget_get_visible (menu));
}

/* tear_down comes while workers run. */
static void
test_ends_while_it_is_busy (void **state)
{
  Stage *stage = *state;
  g_object_set (stage->graph, "search", "m", NULL);
  show (stage, samples);
  g_object_set (stage->graph, "search", "mi", NULL);
}

#define stage_test(function) cmocka_unit_test_setup_teardown (function, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    stage_test (test_walks_by_keys),
    stage_test (test_walks_upward),
    stage_test (test_zooms_with_history),
    stage_test (test_keeps_zoom_and_selection_in_a_new_profile),
    stage_test (test_shows_the_last_of_several_profiles),
    stage_test (test_is_empty_without_values),
    stage_test (test_searches),
    stage_test (test_searches_again_in_a_new_tree),
    stage_test (test_asks_for_filters_and_source),
    stage_test (test_copies),
    stage_test (test_tells_a_screen_reader),
    stage_test (test_exports),
    stage_test (test_says_why_it_does_not_export),
    stage_test (test_draws_boxes),
    stage_test (test_survives_hard_names),
    stage_test (test_scrolls_deep_stacks),
    stage_test (test_opens_its_menu),
    stage_test (test_ends_while_it_is_busy),
  };
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  return cmocka_run_group_tests (tests, NULL, NULL);
}
