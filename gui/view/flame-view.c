/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-view.h"

#include <glib/gi18n.h>

#include "model/preferences.h"
#include "model/units.h"
#include "view/flame-graph.h"

struct _PyroFlameView {
  AdwBin parent_instance;
  PyroProfile *profile; /* NULL: of differences */
  GtkLabel *matches;
  PyroFlameGraph *graph;
  GtkMenuButton *options;
  GMenuModel *difference_menu;
};

G_DEFINE_FINAL_TYPE (PyroFlameView, pyro_flame_view, ADW_TYPE_BIN)

static void
show_profile (PyroFlameView *self)
{
  guint value_type;
  ProfProfile *shown = pyro_profile_get_shown (self->profile, &value_type);
  if (shown != NULL)
    pyro_flame_graph_set_profile (self->graph, shown, (int)value_type);
}

static void
filter (PyroFlameView *self, PyroFlameFilter kind, const char *function)
{
  static const PyroFilterKind kinds[] = {
    [PYRO_FLAME_FILTER_FOCUS] = PYRO_FILTER_FOCUS,
    [PYRO_FLAME_FILTER_IGNORE] = PYRO_FILTER_IGNORE,
    [PYRO_FLAME_FILTER_HIDE] = PYRO_FILTER_HIDE,
    [PYRO_FLAME_FILTER_SHOW_FROM] = PYRO_FILTER_SHOW_FROM,
  };
  pyro_profile_add_filter (self->profile, kinds[kind], function);
}

static void
tell (PyroFlameView *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "page.tell", "s", message);
}

static void
open_source (PyroFlameView *self, const char *file, int line)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_filename_to_uri (file, NULL, &error);
  if (uri == NULL || !g_file_test (file, G_FILE_TEST_IS_REGULAR)) {
    g_autofree char *text = g_strdup_printf (_ ("“%s” is not on this computer."), file);
    tell (self, text);
    return;
  }
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), uri, GDK_CURRENT_TIME);
}

static void
take_selection (PyroFlameView *self)
{
  const char *function = pyro_flame_graph_get_selection (self->graph);
  if (function != NULL && self->profile != NULL)
    pyro_profile_set_selection (self->profile, function);
}

/* What was selected in another view. */
static void
show_selection (PyroFlameView *self)
{
  const char *function = self->profile != NULL ? pyro_profile_get_selection (self->profile) : NULL;
  if (function != NULL && gtk_widget_get_mapped (GTK_WIDGET (self))
      && g_strcmp0 (function, pyro_flame_graph_get_selection (self->graph)) != 0)
    pyro_flame_graph_select (self->graph, function);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pyro_flame_view_parent_class)->map (widget);
  show_selection (PYRO_FLAME_VIEW (widget));
}

static void
show_matches (PyroFlameView *self)
{
  double share;
  guint n_matches;
  g_autofree char *error = NULL;
  g_object_get (self->graph, "match-share", &share, "n-matches", &n_matches, "search-error", &error,
                NULL);
  if (share < 0 && error == NULL) {
    gtk_label_set_text (self->matches, "");
    return;
  }
  g_autofree char *percent = pyro_format_percent (share, 1);
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u function matches: %s", "%u functions match: %s", n_matches),
                         n_matches, percent);
  gtk_label_set_text (self->matches, error != NULL ? error : text);
}

void
pyro_flame_view_set_search (PyroFlameView *self, const char *text)
{
  g_object_set (self->graph, "search", text, NULL);
}

void
pyro_flame_view_step_match (PyroFlameView *self, gboolean is_back)
{
  gtk_widget_activate_action (GTK_WIDGET (self->graph),
                              is_back ? "flame.previous-match" : "flame.next-match", NULL);
}

/* ---- buttons ---- */

static void
back (PyroFlameView *self)
{
  pyro_flame_graph_back (self->graph);
}

static void
forward (PyroFlameView *self)
{
  pyro_flame_graph_forward (self->graph);
}

static void
reset (PyroFlameView *self)
{
  pyro_flame_graph_reset (self->graph);
}

/* ---- export ---- */

static void
finish_export (GObject *graph, GAsyncResult *result, gpointer view)
{
  g_autoptr (PyroFlameView) self = view;
  g_autoptr (GError) error = NULL;
  if (pyro_flame_graph_export_finish (PYRO_FLAME_GRAPH (graph), result, &error))
    tell (self, _ ("The picture was saved."));
  else
    tell (self, error->message);
}

static PyroFlamePicture
choose_format (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *lower = g_ascii_strdown (name, -1);
  if (g_str_has_suffix (lower, ".png"))
    return PYRO_FLAME_PICTURE_PNG;
  return g_str_has_suffix (lower, ".pdf") ? PYRO_FLAME_PICTURE_PDF : PYRO_FLAME_PICTURE_SVG;
}

static void
take_picture_file (GtkNativeDialog *chooser, int response, PyroFlameView *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
    pyro_flame_graph_export_async (self->graph, file, choose_format (file), NULL, finish_export,
                                   g_object_ref (self));
  }
  g_object_unref (chooser);
}

static void export(GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (_ ("Save as SVG, PNG or PDF"),
                                     GTK_WINDOW (gtk_widget_get_root (widget)),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "flame-graph.svg");
  g_signal_connect_object (chooser, "response", G_CALLBACK (take_picture_file), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  g_clear_object (&PYRO_FLAME_VIEW (object)->profile);
  G_OBJECT_CLASS (pyro_flame_view_parent_class)->dispose (object);
}

static void
pyro_flame_view_class_init (PyroFlameViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->map = map;
  g_type_ensure (PYRO_TYPE_FLAME_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/flame-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroFlameView, graph);
  gtk_widget_class_bind_template_child (widget_class, PyroFlameView, matches);
  gtk_widget_class_bind_template_child (widget_class, PyroFlameView, options);
  gtk_widget_class_bind_template_child (widget_class, PyroFlameView, difference_menu);
  gtk_widget_class_bind_template_callback (widget_class, back);
  gtk_widget_class_bind_template_callback (widget_class, forward);
  gtk_widget_class_bind_template_callback (widget_class, reset);
  gtk_widget_class_bind_template_callback (widget_class, filter);
  gtk_widget_class_bind_template_callback (widget_class, open_source);
  gtk_widget_class_bind_template_callback (widget_class, tell);
  gtk_widget_class_bind_template_callback (widget_class, take_selection);
  gtk_widget_class_bind_template_callback (widget_class, show_matches);
  gtk_widget_class_install_action (widget_class, "view.export", NULL, export);
}

static void
add_options (PyroFlameView *self)
{
  static const char *const options[] = { "upward", "bottom-up", "collapse-recursion", "colouring" };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (options); i++) {
    g_autoptr (GPropertyAction) action
        = g_property_action_new (options[i], self->graph, options[i]);
    g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "option", G_ACTION_GROUP (group));
}

static void
pyro_flame_view_init (PyroFlameView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_options (self);
  g_autoptr (PyroPreferences) preferences = pyro_preferences_load ();
  g_object_set (self->graph, "upward", preferences->has_flames, "colouring", preferences->colouring,
                NULL);
}

GtkWidget *
pyro_flame_view_new (PyroProfile *profile)
{
  PyroFlameView *self = g_object_new (PYRO_TYPE_FLAME_VIEW, NULL);
  self->profile = g_object_ref (profile);
  g_signal_connect_object (profile, "notify::shown", G_CALLBACK (show_profile), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (profile, "notify::selection", G_CALLBACK (show_selection), self,
                           G_CONNECT_SWAPPED);
  show_profile (self);
  return GTK_WIDGET (self);
}

GtkWidget *
pyro_flame_view_new_difference (void)
{
  PyroFlameView *self = g_object_new (PYRO_TYPE_FLAME_VIEW, NULL);
  gtk_menu_button_set_menu_model (self->options, self->difference_menu);
  pyro_flame_graph_refuse_filters (self->graph);
  g_object_set (self->graph, "colouring", PYRO_FLAME_COLOURING_DIFFERENCE, NULL);
  return GTK_WIDGET (self);
}

void
pyro_flame_view_set_difference (PyroFlameView *self, ProfProfile *difference, int value_type)
{
  pyro_flame_graph_set_profile (self->graph, difference, value_type);
}
