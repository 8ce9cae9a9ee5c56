/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/start-page.h"

#include <glib/gi18n.h>

#include "model/example.h"
#include "model/record-options.h"
#include "view/recent.h"

struct _PyroStartPage {
  AdwBin parent_instance;
  GtkListBox *recent;
  GtkWidget *recent_group, *again_button, *example_button;
};

G_DEFINE_FINAL_TYPE (PyroStartPage, pyro_start_page, ADW_TYPE_BIN)

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { MAX_RECENT = 8 };

static void
open_row (GtkListBox *list, GtkListBoxRow *row, PyroStartPage *self)
{
  g_signal_emit (self, signals[OPEN], 0, g_object_get_data (G_OBJECT (row), "file"));
}

static void
open_example (PyroStartPage *self)
{
  g_autoptr (GFile) file = pyro_example_find ();
  if (file != NULL)
    g_signal_emit (self, signals[OPEN], 0, file);
}

static void
add_recent (PyroStartPage *self, GtkRecentInfo *info)
{
  g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (info));
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *where = folder != NULL ? g_file_get_parse_name (folder) : g_strdup ("");
  GtkWidget *row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 gtk_recent_info_get_display_name (info));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), where);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data_full (G_OBJECT (row), "file", g_steal_pointer (&file), g_object_unref);
  gtk_list_box_append (self->recent, row);
}

static void
list_recent (PyroStartPage *self)
{
  GtkListBoxRow *row;
  while ((row = gtk_list_box_get_row_at_index (self->recent, 0)) != NULL)
    gtk_list_box_remove (self->recent, GTK_WIDGET (row));
  g_autoptr (GPtrArray) infos = pyro_recent_list (MAX_RECENT);
  for (guint i = 0; i < infos->len; i++)
    add_recent (self, infos->pdata[i]);
  gtk_widget_set_visible (self->recent_group, infos->len > 0);
}

/* As the button says what it does, it says of what. */
static void
offer_again (PyroStartPage *self)
{
  gboolean is_possible = pyro_record_options_exist ();
  gtk_widget_set_visible (self->again_button, is_possible);
  if (!is_possible)
    return;
  g_autoptr (PyroRecordOptions) options = pyro_record_options_load ();
  g_autofree char *title = pyro_record_options_get_title (options);
  gtk_widget_set_tooltip_text (self->again_button, title);
}

static void
map (GtkWidget *widget)
{
  offer_again (PYRO_START_PAGE (widget));
  GTK_WIDGET_CLASS (pyro_start_page_parent_class)->map (widget);
}

static void
pyro_start_page_class_init (PyroStartPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  widget_class->map = map;
  signals[OPEN] = g_signal_new ("open", PYRO_TYPE_START_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroStartPage, recent);
  gtk_widget_class_bind_template_child (widget_class, PyroStartPage, recent_group);
  gtk_widget_class_bind_template_child (widget_class, PyroStartPage, example_button);
  gtk_widget_class_bind_template_child (widget_class, PyroStartPage, again_button);
  gtk_widget_class_bind_template_callback (widget_class, open_row);
  gtk_widget_class_bind_template_callback (widget_class, open_example);
}

static void
pyro_start_page_init (PyroStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_autoptr (GFile) example = pyro_example_find ();
  gtk_widget_set_visible (self->example_button, example != NULL);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (list_recent),
                           self, G_CONNECT_SWAPPED);
  list_recent (self);
}

GtkWidget *
pyro_start_page_new (void)
{
  return g_object_new (PYRO_TYPE_START_PAGE, NULL);
}
