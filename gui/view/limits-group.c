/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/limits-group.h"

#include <glib/gi18n.h>

#include "model/json.h"
#include "model/prof-program.h"
#include "model/remedy.h"

struct _PyroLimitsGroup {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (PyroLimitsGroup, pyro_limits_group, ADW_TYPE_BIN)

enum { FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- remedies ---- */

static void ask (PyroLimitsGroup *self);

static const char *
get_remedy (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "remedy");
}

static void
copy_remedy (GtkWidget *button, gpointer user_data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), get_remedy (button));
}

static void
take_end (GObject *source, GAsyncResult *result, gpointer group)
{
  g_autoptr (PyroLimitsGroup) self = group;
  g_autoptr (GError) error = NULL;
  if (!pyro_remedy_run_finish (result, &error))
    g_signal_emit (self, signals[FAILED], 0, error->message);
  ask (self);
}

/* The rows, and this button, are made anew when the answer is there. */
static void
apply_remedy (GtkWidget *button, PyroLimitsGroup *self)
{
  gtk_widget_set_sensitive (button, FALSE);
  pyro_remedy_run_async (get_remedy (button), NULL, take_end, g_object_ref (self));
}

static void
set_remedy (GtkWidget *button, const char *remedy)
{
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "remedy", g_strdup (remedy), g_free);
}

static GtkWidget *
make_copy_button (const char *remedy)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_set_tooltip_text (button, _ ("Copy the Remedy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy the Remedy"), -1);
  gtk_widget_add_css_class (button, "flat");
  set_remedy (button, remedy);
  g_signal_connect (button, "clicked", G_CALLBACK (copy_remedy), NULL);
  return button;
}

/* Each has the name of what it allows: there may be several. */
static GtkWidget *
make_apply_button (PyroLimitsGroup *self, const char *remedy, const char *title)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Allow"));
  g_autofree char *name = g_strdup_printf (_ ("Allow: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (button, _ ("Run the remedy as an administrator"));
  set_remedy (button, remedy);
  g_signal_connect_object (button, "clicked", G_CALLBACK (apply_remedy), self, 0);
  return button;
}

static void
add_buttons (PyroLimitsGroup *self, AdwActionRow *row, const char *remedy, const char *title)
{
  g_auto (GStrv) argv = pyro_remedy_to_argv (remedy);
  adw_action_row_add_suffix (row, make_copy_button (remedy));
  if (argv != NULL)
    adw_action_row_add_suffix (row, make_apply_button (self, remedy, title));
}

/* ---- what prof says ---- */

/* Reasons are written to follow a colon. */
static char *
capitalize (const char *text)
{
  g_autofree char *first = g_utf8_strup (text, (gssize)(g_utf8_next_char (text) - text));
  return *text != '\0' ? g_strconcat (first, g_utf8_next_char (text), NULL) : g_strdup ("");
}

static GtkWidget *
make_row (PyroLimitsGroup *self, GVariant *check)
{
  GtkWidget *row = adw_action_row_new ();
  const char *remedy = pyro_json_get_text (check, "remedy");
  const char *title = pyro_json_get_text (check, "title");
  g_autofree char *detail = capitalize (pyro_json_get_text (check, "detail"));
  g_autofree char *subtitle = g_strdup_printf (*remedy == '\0' ? "%s" : "%s\n%s", detail, remedy);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (*remedy != '\0')
    add_buttons (self, ADW_ACTION_ROW (row), remedy, title);
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
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (self, check));
    has_limits = TRUE;
  }
  adw_bin_set_child (ADW_BIN (self), group);
  gtk_widget_set_visible (GTK_WIDGET (self), has_limits);
}

static void
take_answer (GObject *source, GAsyncResult *result, gpointer group)
{
  g_autoptr (PyroLimitsGroup) self = group;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = pyro_prof_program_ask_finish (result, &error);
  if (answer != NULL)
    pyro_limits_group_show (self, answer);
  else
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static void
ask (PyroLimitsGroup *self)
{
  pyro_prof_program_ask_async ("doctor", NULL, take_answer, g_object_ref (self));
}

static void
pyro_limits_group_class_init (PyroLimitsGroupClass *class)
{
  signals[FAILED] = g_signal_new ("failed", PYRO_TYPE_LIMITS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pyro_limits_group_init (PyroLimitsGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  ask (self);
}
