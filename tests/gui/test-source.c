/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "model/source-folders.h"
#include "model/source-text.h"
#include "model/source.h"
#include "view/source-view.h"

static guint32
add_function (ProfProfile *profile, const char *name, const char *file)
{
  ProfFunction function = {
    .name = (guint32)prof_profile_add_string (profile, name),
    .filename = (guint32)prof_profile_add_string (profile, file),
  };
  return (guint32)prof_profile_add_function (profile, &function);
}

static guint32
add_location (ProfProfile *profile, guint64 address, const ProfLine *lines, size_t n_lines)
{
  ProfLocation location = { .address = address };
  return (guint32)prof_profile_add_location (profile, &location, lines, n_lines);
}

/* work calls itself at line 3 and has `leaf` inlined at line 2. */
static PyroReport *
make_report (const char *file)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  guint32 leaf = add_function (profile, "leaf", "/nowhere/leaf.h");
  guint32 work = add_function (profile, "work", file);
  guint32 hot = add_location (profile, 1, &(ProfLine){ .function = work, .line = 1 }, 1);
  guint32 inlined = add_location (profile, 2, (ProfLine[]){ { leaf, 9, 0 }, { work, 2, 0 } }, 2);
  guint32 again = add_location (profile, 3, &(ProfLine){ .function = work, .line = 3 }, 1);
  guint32 unknown = add_location (profile, 4, &(ProfLine){ .function = work, .line = 0 }, 1);
  prof_profile_add_sample (profile, (guint32[]){ hot }, 1, (gint64[]){ 100 });
  prof_profile_add_sample (profile, (guint32[]){ inlined, again, again }, 3, (gint64[]){ 20 });
  prof_profile_add_sample (profile, (guint32[]){ again }, 1, (gint64[]){ 3 });
  prof_profile_add_sample (profile, (guint32[]){ unknown }, 1, (gint64[]){ 7 });
  PyroReport *report = pyro_report_new (profile, 0, NULL);
  prof_profile_unref (profile);
  assert_non_null (report);
  return report;
}

static void
assert_sum (GArray *sums, guint i, gint64 line, gint64 self_value, gint64 total_value)
{
  const ProfReportLine *sum = &g_array_index (sums, ProfReportLine, i);
  assert_int_equal (sum->line, line);
  assert_int_equal (sum->self, self_value);
  assert_int_equal (sum->total, total_value);
}

static void
lines_are_summed_up (void **state)
{
  g_autoptr (PyroReport) report = make_report ("/nowhere/work.c");
  guint32 work = pyro_report_find_function (report, "work");
  g_autoptr (GArray) sums = pyro_report_get_lines (report, work, NULL);
  assert_int_equal (sums->len, 3);
  assert_sum (sums, 0, 1, 100, 100);
  assert_sum (sums, 1, 2, 0, 20); /* the inlined call's self is leaf's */
  assert_sum (sums, 2, 3, 3, 23); /* recursion counts once */
  guint32 leaf = pyro_report_find_function (report, "leaf");
  g_autoptr (GArray) of_leaf = pyro_report_get_lines (report, leaf, NULL);
  assert_int_equal (of_leaf->len, 1);
  assert_sum (of_leaf, 0, 9, 20, 20);
}

/* ---- text ---- */

static void
assert_line (const PyroSourceText *text, guint line, const char *expected)
{
  g_autofree char *read = pyro_source_text_get_line (text, line);
  assert_string_equal (read, expected);
}

static void
text_is_split_into_lines (void **state)
{
  static const char bytes[] = "a\r\n\n\xff\nlast";
  g_autoptr (PyroSourceText) text = pyro_source_text_new (bytes, sizeof bytes - 1);
  assert_int_equal (pyro_source_text_get_n_lines (text), 4);
  assert_line (text, 0, "a");
  assert_line (text, 1, "");
  assert_line (text, 2, "\xef\xbf\xbd");
  assert_line (text, 3, "last");
  g_autoptr (PyroSourceText) empty = pyro_source_text_new ("", 0);
  assert_int_equal (pyro_source_text_get_n_lines (empty), 0);
  g_autofree char *wide = g_strnfill (100000, 'x');
  g_autoptr (PyroSourceText) one = pyro_source_text_new (wide, 100000);
  g_autofree char *cut = pyro_source_text_get_line (one, 0);
  assert_int_equal (strlen (cut), 2000);
}

static char *
get_path (const char *name)
{
  return g_build_filename (g_get_user_data_dir (), name, NULL);
}

static char *
write_file (const char *name, const char *bytes, gssize n_bytes)
{
  char *path = get_path (name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  assert_true (g_file_set_contents (path, bytes, n_bytes, NULL));
  return path;
}

static void
assert_refused (const char *path, const char *reason)
{
  g_autoptr (GError) error = NULL;
  assert_null (pyro_source_text_read (path, &error));
  assert_non_null (strstr (error->message, reason));
}

static void
what_is_no_source_is_refused (void **state)
{
  g_autofree char *binary = write_file ("binary.c", "a\0b", 3);
  assert_refused (binary, "it is no text");
  assert_refused (g_get_user_data_dir (), "it is no regular file");
  assert_refused ("/nowhere/x.c", "No such file");
  g_autofree char *fifo = get_path ("fifo.c");
  assert_int_equal (mkfifo (fifo, 0600), 0);
  assert_refused (fifo, "it is no regular file");
  g_autofree char *big = write_file ("big.c", "", 0);
  assert_int_equal (truncate (big, (16 << 20) + 1), 0);
  assert_refused (big, "bigger than 16 MiB");
}

/* ---- folders ---- */

static void
a_located_file_shows_where_its_neighbours_are (void **state)
{
  g_autofree char *first = write_file ("moved/src/a.c", "", 0);
  g_autofree char *second = write_file ("moved/src/sub/b.c", "", 0);
  g_autoptr (GPtrArray) folders = pyro_source_folders_load ();
  assert_int_equal (folders->len, 0);
  pyro_source_folders_add (folders, "/build/src/a.c", first);
  assert_true (pyro_source_folders_save (folders, NULL));
  g_autoptr (GPtrArray) again = pyro_source_folders_load ();
  assert_int_equal (again->len, 1);
  const PyroSourceFolder *folder = again->pdata[0];
  g_autofree char *moved = get_path ("moved");
  assert_string_equal (folder->from, "/build");
  assert_string_equal (folder->to, moved);
  g_autofree char *found = pyro_source_folders_find (again, "/build/src/sub/b.c");
  assert_string_equal (found, second);
  assert_null (pyro_source_folders_find (again, "/builder/src/sub/b.c"));
  assert_null (pyro_source_folders_find (again, "src/a.c"));
  g_ptr_array_set_size (again, 0);
  assert_true (pyro_source_folders_save (again, NULL));
}

static void
relative_and_renamed_files_are_located (void **state)
{
  g_autofree char *file = write_file ("tree/src/c.c", "", 0);
  g_autoptr (GPtrArray) folders = pyro_source_folders_load ();
  pyro_source_folders_add (folders, "src/c.c", file);
  g_autofree char *found = pyro_source_folders_find (folders, "src/c.c");
  assert_string_equal (found, file);
  pyro_source_folders_add (folders, "/build/old.c", file);
  g_autofree char *renamed = pyro_source_folders_find (folders, "/build/old.c");
  assert_string_equal (renamed, file);
}

/* ---- the view ---- */

static void
take_source (GObject *report, GAsyncResult *result, gpointer source)
{
  *(PyroSource **)source = pyro_source_load_finish (PYRO_REPORT (report), result, NULL);
}

static PyroSource *
load (PyroReport *report, const char *function)
{
  PyroSource *source = NULL;
  pyro_source_load_async (report, pyro_report_find_function (report, function), NULL, take_source,
                          &source);
  while (source == NULL)
    g_main_context_iteration (NULL, TRUE);
  return source;
}

static void
a_source_has_its_hottest_line (void **state)
{
  g_autofree char *file = write_file ("work.c", "one\ntwo\nthree\nfour\n", -1);
  g_autoptr (PyroReport) report = make_report (file);
  g_autoptr (PyroSource) source = load (report, "work");
  assert_null (source->reason);
  assert_int_equal (source->hottest, 0);
  assert_false (source->is_changed);
  assert_int_equal (g_list_model_get_n_items (source->lines), 4);
  g_autoptr (PyroSourceLine) line = g_list_model_get_item (source->lines, 2);
  assert_string_equal (pyro_source_line_get_text (line), "three");
  assert_int_equal (pyro_source_line_get_number (line), 3);
  assert_int_equal (pyro_source_line_get_self (line), 3);
  assert_int_equal (pyro_source_line_get_total (line), 23);
}

static void
a_shorter_file_was_changed (void **state)
{
  g_autofree char *file = write_file ("short.c", "one\n", -1);
  g_autoptr (PyroReport) report = make_report (file);
  g_autoptr (PyroSource) source = load (report, "work");
  assert_true (source->is_changed);
}

static void
a_missing_source_is_explained (void **state)
{
  g_autoptr (PyroReport) report = make_report ("");
  g_autoptr (PyroSource) unnamed = load (report, "work");
  assert_null (unnamed->lines);
  assert_non_null (strstr (unnamed->reason, "does not say in which file"));
  g_autoptr (PyroSource) missing = load (report, "leaf");
  assert_null (missing->lines);
  assert_non_null (strstr (missing->reason, "is not on this computer"));
}

/* By its id in the template. */
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

static void
wait_for_page (GtkWidget *view, const char *page)
{
  GtkStack *stack = GTK_STACK (find_named (view, "stack"));
  while (g_strcmp0 (gtk_stack_get_visible_child_name (stack), page) != 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
the_view_locates_a_file (void **state)
{
  g_autofree char *file = write_file ("found/work.c", "one\ntwo\nthree\n", -1);
  g_autoptr (PyroReport) report = make_report ("/elsewhere/work.c");
  g_autoptr (PyroProfile) profile
      = pyro_profile_new (pyro_report_get_profile (report), "title", NULL);
  GtkWidget *window = gtk_window_new ();
  gpointer view = pyro_source_view_new (profile);
  g_object_add_weak_pointer (view, &view);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  wait_for_page (view, "none");
  pyro_profile_set_selection (profile, "work");
  wait_for_page (view, "missing");
  pyro_source_view_locate (view, file);
  wait_for_page (view, "lines");
  gtk_window_destroy (GTK_WINDOW (window));
  while (view != NULL) {
    /* The worker may be the last one to let go of it: then nothing wakes the loop. */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test (lines_are_summed_up),
    cmocka_unit_test (text_is_split_into_lines),
    cmocka_unit_test (what_is_no_source_is_refused),
    cmocka_unit_test (a_located_file_shows_where_its_neighbours_are),
    cmocka_unit_test (relative_and_renamed_files_are_located),
    cmocka_unit_test (a_source_has_its_hottest_line),
    cmocka_unit_test (a_shorter_file_was_changed),
    cmocka_unit_test (a_missing_source_is_explained),
    cmocka_unit_test (the_view_locates_a_file),
  };
  gtk_init ();
  adw_init ();
  return cmocka_run_group_tests (tests, NULL, NULL);
}
