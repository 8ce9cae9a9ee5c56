/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/limits-group.h"

#include <glib/gi18n.h>

#include "model/json.h"

struct _PyroLimitsGroup {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (PyroLimitsGroup, pyro_limits_group, ADW_TYPE_BIN)

static void
copy_remedy (GtkWidget *button, gpointer user_data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button),
                          g_object_get_data (G_OBJECT (button), "remedy"));
}

static GtkWidget *
make_copy_button (const char *remedy)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_set_tooltip_text (button, _ ("Copy the Remedy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy the Remedy"), -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "remedy", g_strdup (remedy), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (copy_remedy), NULL);
  return button;
}

static GtkWidget *
make_row (GVariant *check)
{
  GtkWidget *row = adw_action_row_new ();
  const char *remedy = pyro_json_get_text (check, "remedy");
  g_autofree char *subtitle = g_strdup_printf (*remedy == '\0' ? "%s" : "%s\n%s",
                                               pyro_json_get_text (check, "detail"), remedy);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), pyro_json_get_text (check, "title"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (*remedy != '\0')
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_copy_button (remedy));
  return row;
}

void
pyro_limits_group_show (PyroLimitsGroup *self, GVariant *answer)
{
  GtkWidget *group = adw_preferences_group_new ();
  gboolean has_limits = FALSE;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Not Possible Here"));
  g_autoptr (GVariant) checks = pyro_json_get_list (answer, "checks");
  for (gsize i = 0; i < g_variant_n_children (checks); i++) {
    g_autoptr (GVariant) boxed = g_variant_get_child_value (checks, i);
    g_autoptr (GVariant) check = g_variant_get_variant (boxed);
    if (!g_variant_is_of_type (check, G_VARIANT_TYPE_VARDICT)
        || g_str_equal (pyro_json_get_text (check, "status"), "ok"))
      continue;
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (check));
    has_limits = TRUE;
  }
  adw_bin_set_child (ADW_BIN (self), group);
  gtk_widget_set_visible (GTK_WIDGET (self), has_limits);
}

static void
pyro_limits_group_class_init (PyroLimitsGroupClass *class)
{
}

static void
pyro_limits_group_init (PyroLimitsGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
