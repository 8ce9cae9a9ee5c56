/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/profile-page.h"

#include <glib/gi18n.h>

#include "model/value-types.h"
#include "view/call-tree-view.h"
#include "view/callers-view.h"
#include "view/details-view.h"
#include "view/filter-bar.h"
#include "view/flame-view.h"
#include "view/functions-view.h"
#include "view/heap-charts.h"
#include "view/page.h"
#include "view/source-view.h"
#include "view/timeline-view.h"

struct _PyroProfilePage {
  AdwBin parent_instance;
  PyroProfile *profile;
  AdwToastOverlay *toasts;
  GtkDropDown *value_types;
  AdwSqueezer *squeezer;
  AdwBin *no_switcher; /* in the squeezer */
  AdwViewSwitcherBar *switcher_bar;
  GtkSpinner *spinner;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  AdwBin *timeline;
  AdwBin *filter_bar;
  GtkStack *stack;
  AdwStatusPage *status;
  AdwViewStack *views;
  PyroFlameView *flame;
  PyroFunctionsView *functions;
  PyroCallTreeView *call_tree;
  PyroCallersView *callers;
};

G_DEFINE_FINAL_TYPE (PyroProfilePage, pyro_profile_page, ADW_TYPE_BIN)

/* ---- actions ---- */

static void
show_view (GtkWidget *widget, const char *action, GVariant *parameter)
{
  adw_view_stack_set_visible_child_name (PYRO_PROFILE_PAGE (widget)->views,
                                         g_variant_get_string (parameter, NULL));
}

static void
show_callers (GtkWidget *widget, const char *action, GVariant *parameter)
{
  adw_view_stack_set_visible_child_name (PYRO_PROFILE_PAGE (widget)->views, "callers");
}

static void
show_source (GtkWidget *widget, const char *action, GVariant *parameter)
{
  adw_view_stack_set_visible_child_name (PYRO_PROFILE_PAGE (widget)->views, "source");
}

static void
undo (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_profile_undo (PYRO_PROFILE_PAGE (widget)->profile);
}

static void
clear_filters (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_profile_clear_filter (PYRO_PROFILE_PAGE (widget)->profile);
}

static void
search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroProfilePage *self = PYRO_PROFILE_PAGE (widget);
  pyro_page_open_search (self->search_bar, self->search_entry);
}

static void
tell (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_page_tell (PYRO_PROFILE_PAGE (widget)->toasts, g_variant_get_string (parameter, NULL));
}

/* ---- search ---- */

static void
take_search (PyroProfilePage *self)
{
  PyroSearch *found;
  if (!pyro_page_read_search (self->search_entry, &found))
    return;
  pyro_functions_view_set_search (self->functions, found);
  pyro_call_tree_view_set_search (self->call_tree, pyro_search_ref (found));
  pyro_callers_view_set_search (self->callers, pyro_search_ref (found));
  pyro_flame_view_set_search (self->flame,
                              gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
step_match (PyroProfilePage *self, gboolean is_back)
{
  const char *view = adw_view_stack_get_visible_child_name (self->views);
  if (g_str_equal (view, "call-tree"))
    gtk_widget_activate_action (GTK_WIDGET (self->call_tree),
                                is_back ? "tree.previous-match" : "tree.next-match", NULL);
  else if (g_str_equal (view, "flame-graph"))
    pyro_flame_view_step_match (self->flame, is_back);
}

static void
go_to_next_match (PyroProfilePage *self)
{
  step_match (self, FALSE);
}

static void
go_to_previous_match (PyroProfilePage *self)
{
  step_match (self, TRUE);
}

/* ---- the profile ---- */

static void
choose_value_type (PyroProfilePage *self)
{
  pyro_profile_set_value_type (self->profile, gtk_drop_down_get_selected (self->value_types));
}

static void
add_value_types (PyroProfilePage *self)
{
  g_auto (GStrv) types = pyro_value_types_get_names (pyro_profile_get_source (self->profile));
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const *)types);
  gtk_drop_down_set_model (self->value_types, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->value_types, pyro_profile_get_value_type (self->profile));
  gtk_widget_set_sensitive (GTK_WIDGET (self->value_types), g_strv_length (types) > 1);
  g_signal_connect_swapped (self->value_types, "notify::selected", G_CALLBACK (choose_value_type),
                            self);
  g_object_bind_property (self->profile, "value-type", self->value_types, "selected",
                          G_BINDING_DEFAULT);
}

static void
show_status (PyroProfilePage *self, const char *icon, const char *title, const char *text)
{
  pyro_page_set_status (self->status, icon, title, text);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

/* Details stay there to be looked at, whatever the samples are. */
static void
update_stack (PyroProfilePage *self)
{
  PyroReport *report = pyro_profile_get_report (self->profile);
  const char *error = pyro_profile_get_error (self->profile);
  const char *view = adw_view_stack_get_visible_child_name (self->views);
  size_t n_functions = 0;
  if (report != NULL)
    pyro_report_get_functions (report, &n_functions);
  if (g_strcmp0 (view, "details") == 0 || (report == NULL && error == NULL) || n_functions > 0)
    gtk_stack_set_visible_child_name (self->stack, "views");
  else if (error != NULL)
    show_status (self, "dialog-error-symbolic", _ ("Nothing to Show"), error);
  else if (pyro_filter_is_empty (pyro_profile_get_filter (self->profile)))
    show_status (self, "dialog-information-symbolic", _ ("No Samples"),
                 _ ("The program did nothing that was measured while it was recorded. Record it "
                    "longer, or look at another sample type."));
  else
    show_status (self, "edit-find-symbolic", _ ("Nothing Left"),
                 _ ("No sample passes all filters. Remove one of them."));
}

static void
update (PyroProfilePage *self)
{
  const char *error = pyro_profile_get_error (self->profile);
  gtk_spinner_set_spinning (self->spinner, pyro_profile_is_busy (self->profile));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.undo",
                                 pyro_profile_can_undo (self->profile));
  if (error != NULL && pyro_profile_get_report (self->profile) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "page.tell", "s", error);
  update_stack (self);
}

static void
update_narrow (PyroProfilePage *self)
{
  gboolean is_narrow
      = adw_squeezer_get_visible_child (self->squeezer) == GTK_WIDGET (self->no_switcher);
  adw_view_switcher_bar_set_reveal (self->switcher_bar, is_narrow);
  if (self->functions == NULL)
    return;
  pyro_functions_view_set_narrow (self->functions, is_narrow);
  pyro_call_tree_view_set_narrow (self->call_tree, is_narrow);
  pyro_callers_view_set_narrow (self->callers, is_narrow);
}

static void
add_view (
    PyroProfilePage *self, GtkWidget *view, const char *name, const char *title, const char *icon)
{
  adw_view_stack_page_set_icon_name (adw_view_stack_add_titled (self->views, view, name, title),
                                     icon);
}

static void
add_views (PyroProfilePage *self)
{
  GtkWidget *flame = pyro_flame_view_new (self->profile);
  GtkWidget *functions = pyro_functions_view_new (self->profile);
  GtkWidget *call_tree = pyro_call_tree_view_new (self->profile);
  GtkWidget *callers = pyro_callers_view_new (self->profile);
  GtkWidget *details = pyro_details_view_new (self->profile);
  add_view (self, flame, "flame-graph", _ ("Flame Graph"), "pyro-flame-graph-symbolic");
  add_view (self, functions, "functions", _ ("Functions"), "pyro-functions-symbolic");
  add_view (self, call_tree, "call-tree", _ ("Call Tree"), "pyro-call-tree-symbolic");
  add_view (self, callers, "callers", _ ("Callers"), "pyro-callers-symbolic");
  add_view (self, pyro_source_view_new (self->profile), "source", _ ("Source"),
            "text-x-generic-symbolic");
  if (pyro_heap_charts_can_show (self->profile))
    add_view (self, pyro_heap_charts_new (self->profile), "memory", _ ("Memory"),
              "pyro-memory-symbolic");
  add_view (self, details, "details", _ ("Details"), "help-about-symbolic");
  self->flame = PYRO_FLAME_VIEW (flame);
  self->functions = PYRO_FUNCTIONS_VIEW (functions);
  self->call_tree = PYRO_CALL_TREE_VIEW (call_tree);
  self->callers = PYRO_CALLERS_VIEW (callers);
}

/* ---- GObject ---- */

static void
dispose (GObject *object)
{
  PyroProfilePage *self = PYRO_PROFILE_PAGE (object);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (pyro_profile_page_parent_class)->dispose (object);
}

static void
add_bindings (GtkWidgetClass *class)
{
  static const char *const views[]
      = { "flame-graph", "functions", "call-tree", "callers", "details", "memory", "source" };
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    gtk_widget_class_add_binding_action (class, GDK_KEY_1 + i, GDK_ALT_MASK, "page.view", "s",
                                         views[i]);
  gtk_widget_class_add_binding_action (class, GDK_KEY_f, GDK_CONTROL_MASK, "page.search", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_z, GDK_CONTROL_MASK, "page.undo", NULL);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, PyroProfilePage, toasts);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, value_types);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, squeezer);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, no_switcher);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, switcher_bar);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, spinner);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, search_bar);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, search_entry);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, timeline);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, filter_bar);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, stack);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, status);
  gtk_widget_class_bind_template_child (class, PyroProfilePage, views);
  gtk_widget_class_bind_template_callback (class, take_search);
  gtk_widget_class_bind_template_callback (class, go_to_next_match);
  gtk_widget_class_bind_template_callback (class, go_to_previous_match);
  gtk_widget_class_bind_template_callback (class, update_narrow);
  gtk_widget_class_bind_template_callback (class, update_stack);
}

static void
pyro_profile_page_class_init (PyroProfilePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/profile-page.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "page.view", "s", show_view);
  gtk_widget_class_install_action (widget_class, "page.show-callers", NULL, show_callers);
  gtk_widget_class_install_action (widget_class, "page.show-source", NULL, show_source);
  gtk_widget_class_install_action (widget_class, "page.undo", NULL, undo);
  gtk_widget_class_install_action (widget_class, "page.clear-filters", NULL, clear_filters);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search);
  gtk_widget_class_install_action (widget_class, "page.tell", "s", tell);
  add_bindings (widget_class);
}

static void
pyro_profile_page_init (PyroProfilePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

GtkWidget *
pyro_profile_page_new (PyroProfile *profile)
{
  PyroProfilePage *self = g_object_new (PYRO_TYPE_PROFILE_PAGE, NULL);
  self->profile = g_object_ref (profile);
  add_value_types (self);
  add_views (self);
  adw_bin_set_child (self->timeline, pyro_timeline_view_new (profile));
  adw_bin_set_child (self->filter_bar, pyro_filter_bar_new (profile));
  static const char *const changes[] = { "notify::report", "notify::busy", "notify::can-undo" };
  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (profile, changes[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
