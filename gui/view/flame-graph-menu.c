/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>
#include <math.h>

#include "view/flame-graph-private.h"

static gboolean
has_function (PyroFlameGraph *self)
{
  return pyro_flame_graph_get_selection (self) != NULL;
}

static gboolean
has_source (PyroFlameGraph *self)
{
  return has_function (self)
         && *pyro_flame_tree_get_function (self->tree, self->selected)->filename != '\0';
}

void
pyro_flame_graph_update_actions (PyroFlameGraph *self)
{
  static const char *const filters[]
      = { "flame.focus", "flame.ignore", "flame.hide", "flame.show-from" };
  GtkWidget *widget = GTK_WIDGET (self);
  for (size_t i = 0; i < G_N_ELEMENTS (filters); i++)
    gtk_widget_action_set_enabled (widget, filters[i],
                                   has_function (self) && !self->refuses_filters);
  gtk_widget_action_set_enabled (widget, "flame.copy-name", has_function (self));
  gtk_widget_action_set_enabled (widget, "flame.copy-stack", has_function (self));
  gtk_widget_action_set_enabled (widget, "flame.show-source",
                                 has_function (self) && !self->refuses_filters);
  gtk_widget_action_set_enabled (widget, "flame.open-source", has_source (self));
  gtk_widget_action_set_enabled (widget, "flame.zoom", self->selected != PYRO_FLAME_NO_NODE);
  gtk_widget_action_set_enabled (widget, "flame.back", pyro_flame_graph_can_go_back (self));
  gtk_widget_action_set_enabled (widget, "flame.forward", pyro_flame_graph_can_go_forward (self));
  gtk_widget_action_set_enabled (widget, "flame.reset", pyro_flame_graph_is_zoomed (self));
  gtk_widget_action_set_enabled (widget, "flame.next-match", self->matches.n_matches > 0);
  gtk_widget_action_set_enabled (widget, "flame.previous-match", self->matches.n_matches > 0);
}

static void
move_in_history (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (g_str_equal (action, "flame.back"))
    pyro_flame_graph_back (self);
  else if (g_str_equal (action, "flame.forward"))
    pyro_flame_graph_forward (self);
  else
    pyro_flame_graph_reset (self);
}

static void
zoom (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (self->tree != NULL && self->selected != PYRO_FLAME_NO_NODE)
    pyro_flame_graph_zoom_to_node (self, self->selected);
}

static void
filter (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const struct {
    const char *action;
    PyroFlameFilter kind;
  } filters[] = {
    { "flame.focus", PYRO_FLAME_FILTER_FOCUS },
    { "flame.ignore", PYRO_FLAME_FILTER_IGNORE },
    { "flame.hide", PYRO_FLAME_FILTER_HIDE },
    { "flame.show-from", PYRO_FLAME_FILTER_SHOW_FROM },
  };
  const char *function = pyro_flame_graph_get_selection (PYRO_FLAME_GRAPH (widget));
  for (size_t i = 0; function != NULL && i < G_N_ELEMENTS (filters); i++)
    if (g_str_equal (action, filters[i].action)) {
      g_autofree char *name = g_strdup (function);
      g_signal_emit (widget, pyro_flame_graph_signals[PYRO_FLAME_SIGNAL_FILTER], 0, filters[i].kind,
                     name);
      return;
    }
}

static void
copy_name (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (!has_function (self))
    return;
  g_autofree char *name = pyro_flame_graph_get_name (self, self->selected);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), name);
}

/* The selected function first, its callers below it, whichever way the tree is. */
static void
copy_stack (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (!has_function (self))
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint32 node = self->selected; node != 0;
       node = pyro_flame_tree_get_node (self->tree, node)->parent) {
    g_autofree char *name = pyro_flame_graph_get_name (self, node);
    g_string_insert (text, self->order.is_bottom_up ? 0 : (gssize)text->len, "\n");
    g_string_insert (text, self->order.is_bottom_up ? 0 : (gssize)text->len - 1, name);
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
}

static void
show_source (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "page.show-source", NULL);
}

static void
open_source (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (widget);
  if (!has_source (self))
    return;
  const PyroFlameFunction *function = pyro_flame_tree_get_function (self->tree, self->selected);
  g_autofree char *file = g_strdup (function->filename);
  g_signal_emit (self, pyro_flame_graph_signals[PYRO_FLAME_SIGNAL_OPEN_SOURCE], 0, file,
                 (int)CLAMP (function->line, 0, G_MAXINT));
}

static void
step_match (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_flame_graph_step_match (PYRO_FLAME_GRAPH (widget),
                               g_str_equal (action, "flame.next-match") ? 1 : -1);
}

void
pyro_flame_graph_add_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "flame.zoom", NULL, zoom);
  gtk_widget_class_install_action (class, "flame.back", NULL, move_in_history);
  gtk_widget_class_install_action (class, "flame.forward", NULL, move_in_history);
  gtk_widget_class_install_action (class, "flame.reset", NULL, move_in_history);
  gtk_widget_class_install_action (class, "flame.focus", NULL, filter);
  gtk_widget_class_install_action (class, "flame.ignore", NULL, filter);
  gtk_widget_class_install_action (class, "flame.hide", NULL, filter);
  gtk_widget_class_install_action (class, "flame.show-from", NULL, filter);
  gtk_widget_class_install_action (class, "flame.copy-name", NULL, copy_name);
  gtk_widget_class_install_action (class, "flame.copy-stack", NULL, copy_stack);
  gtk_widget_class_install_action (class, "flame.show-source", NULL, show_source);
  gtk_widget_class_install_action (class, "flame.open-source", NULL, open_source);
  gtk_widget_class_install_action (class, "flame.next-match", NULL, step_match);
  gtk_widget_class_install_action (class, "flame.previous-match", NULL, step_match);
}

static void
append_section (GMenu *menu, const char *const (*items)[2], size_t n)
{
  g_autoptr (GMenu) section = g_menu_new ();
  for (size_t i = 0; i < n; i++)
    g_menu_append (section, _ (items[i][0]), items[i][1]);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

static GMenuModel *
make_menu (PyroFlameGraph *self)
{
  static const char *const zooms[][2] = {
    { N_ ("_Zoom to Function"), "flame.zoom" },
    { N_ ("_Reset Zoom"), "flame.reset" },
  };
  static const char *const filters[][2] = {
    { N_ ("_Focus on Stacks with It"), "flame.focus" },
    { N_ ("_Ignore Stacks with It"), "flame.ignore" },
    { N_ ("_Hide Function"), "flame.hide" },
    { N_ ("_Show Stacks from Here"), "flame.show-from" },
  };
  static const char *const rest[][2] = {
    { N_ ("_Copy Name"), "flame.copy-name" },
    { N_ ("Copy S_tack"), "flame.copy-stack" },
    { N_ ("Show So_urce"), "flame.show-source" },
    { N_ ("_Open Source File"), "flame.open-source" },
  };
  GMenu *menu = g_menu_new ();
  append_section (menu, zooms, G_N_ELEMENTS (zooms));
  if (!self->refuses_filters)
    append_section (menu, filters, G_N_ELEMENTS (filters));
  append_section (menu, rest, G_N_ELEMENTS (rest));
  return G_MENU_MODEL (menu);
}

void
pyro_flame_graph_open_menu (PyroFlameGraph *self, double x, double y)
{
  if (self->menu == NULL) {
    g_autoptr (GMenuModel) model = make_menu (self);
    self->menu = gtk_popover_menu_new_from_model (model);
    gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
    gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
    gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    g_signal_connect_swapped (self->menu, "notify::visible",
                              G_CALLBACK (pyro_flame_graph_update_tip), self);
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int)floor (x), (int)floor (y), 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

void
pyro_flame_graph_refuse_filters (PyroFlameGraph *self)
{
  self->refuses_filters = TRUE;
  pyro_flame_graph_update_actions (self);
}
