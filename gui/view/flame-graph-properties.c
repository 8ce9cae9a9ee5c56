/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <glib/gi18n.h>

#include "view/flame-graph-private.h"

enum {
  PROP_HADJUSTMENT = PYRO_FLAME_N_PROPS,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

static GParamSpec *properties[PYRO_FLAME_N_PROPS];

GType
pyro_flame_colouring_get_type (void)
{
  static const GEnumValue values[] = {
    { PYRO_FLAME_COLOURING_FUNCTION, "PYRO_FLAME_COLOURING_FUNCTION", "function" },
    { PYRO_FLAME_COLOURING_MODULE, "PYRO_FLAME_COLOURING_MODULE", "module" },
    { PYRO_FLAME_COLOURING_KIND, "PYRO_FLAME_COLOURING_KIND", "kind" },
    { PYRO_FLAME_COLOURING_DIFFERENCE, "PYRO_FLAME_COLOURING_DIFFERENCE", "difference" },
    { 0 },
  };
  static GType type;
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("PyroFlameColouring", values));
  return type;
}

GType
pyro_flame_filter_get_type (void)
{
  static const GEnumValue values[] = {
    { PYRO_FLAME_FILTER_FOCUS, "PYRO_FLAME_FILTER_FOCUS", "focus" },
    { PYRO_FLAME_FILTER_IGNORE, "PYRO_FLAME_FILTER_IGNORE", "ignore" },
    { PYRO_FLAME_FILTER_HIDE, "PYRO_FLAME_FILTER_HIDE", "hide" },
    { PYRO_FLAME_FILTER_SHOW_FROM, "PYRO_FLAME_FILTER_SHOW_FROM", "show-from" },
    { 0 },
  };
  static GType type;
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("PyroFlameFilter", values));
  return type;
}

void
pyro_flame_graph_notify (PyroFlameGraph *self, int property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static double
get_match_share (PyroFlameGraph *self)
{
  if (self->matches.is_match == NULL)
    return -1;
  double whole = pyro_flame_tree_get_node (self->tree, 0)->weight;
  return whole > 0 ? self->matches.weight / whole : 0;
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (object);
  switch (id) {
  case PYRO_FLAME_PROP_UPWARD:
    g_value_set_boolean (value, self->is_upward);
    break;
  case PYRO_FLAME_PROP_BOTTOM_UP:
    g_value_set_boolean (value, self->order.is_bottom_up);
    break;
  case PYRO_FLAME_PROP_COLLAPSE_RECURSION:
    g_value_set_boolean (value, self->order.is_recursion_collapsed);
    break;
  case PYRO_FLAME_PROP_COLOURING:
    g_value_set_enum (value, self->colouring);
    break;
  case PYRO_FLAME_PROP_SEARCH:
    g_value_set_string (value, self->search);
    break;
  case PYRO_FLAME_PROP_SEARCH_ERROR:
    g_value_set_string (value, self->search_error);
    break;
  case PYRO_FLAME_PROP_MATCH_SHARE:
    g_value_set_double (value, get_match_share (self));
    break;
  case PYRO_FLAME_PROP_N_MATCHES:
    g_value_set_uint (value, self->matches.n_matches);
    break;
  case PYRO_FLAME_PROP_SELECTION:
    g_value_set_string (value, pyro_flame_graph_get_selection (self));
    break;
  case PYRO_FLAME_PROP_LOADING:
    g_value_set_boolean (value, self->loading != NULL);
    break;
  case PYRO_FLAME_PROP_EMPTY:
    g_value_set_boolean (value, pyro_flame_graph_is_empty (self));
    break;
  case PYRO_FLAME_PROP_CAN_GO_BACK:
    g_value_set_boolean (value, pyro_flame_graph_can_go_back (self));
    break;
  case PYRO_FLAME_PROP_CAN_GO_FORWARD:
    g_value_set_boolean (value, pyro_flame_graph_can_go_forward (self));
    break;
  case PYRO_FLAME_PROP_ZOOMED:
    g_value_set_boolean (value, pyro_flame_graph_is_zoomed (self));
    break;
  case PROP_HADJUSTMENT:
    g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
    break;
  case PROP_VADJUSTMENT:
    g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
    break;
  case PROP_HSCROLL_POLICY:
    g_value_set_enum (value, self->scroll_policies[GTK_ORIENTATION_HORIZONTAL]);
    break;
  case PROP_VSCROLL_POLICY:
    g_value_set_enum (value, self->scroll_policies[GTK_ORIENTATION_VERTICAL]);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
set_upward (PyroFlameGraph *self, gboolean is_upward)
{
  if (self->is_upward == is_upward)
    return;
  self->is_upward = is_upward;
  GtkAdjustment *vertical = self->adjustments[GTK_ORIENTATION_VERTICAL];
  pyro_flame_graph_configure (self);
  if (vertical != NULL)
    gtk_adjustment_set_value (vertical, is_upward ? gtk_adjustment_get_upper (vertical) : 0);
  pyro_flame_graph_redraw (self);
  pyro_flame_graph_update_tip (self);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_UPWARD);
}

static void
set_order (PyroFlameGraph *self, bool *field, gboolean value, int property)
{
  if (*field == (bool)value)
    return;
  *field = value;
  pyro_flame_graph_build (self);
  pyro_flame_graph_notify (self, property);
}

static void
set_colouring (PyroFlameGraph *self, PyroFlameColouring colouring)
{
  if (self->colouring == colouring)
    return;
  self->colouring = colouring;
  pyro_flame_graph_redraw (self);
  pyro_flame_graph_notify (self, PYRO_FLAME_PROP_COLOURING);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  PyroFlameGraph *self = PYRO_FLAME_GRAPH (object);
  switch (id) {
  case PYRO_FLAME_PROP_UPWARD:
    set_upward (self, g_value_get_boolean (value));
    break;
  case PYRO_FLAME_PROP_BOTTOM_UP:
    set_order (self, &self->order.is_bottom_up, g_value_get_boolean (value), (int)id);
    break;
  case PYRO_FLAME_PROP_COLLAPSE_RECURSION:
    set_order (self, &self->order.is_recursion_collapsed, g_value_get_boolean (value), (int)id);
    break;
  case PYRO_FLAME_PROP_COLOURING:
    set_colouring (self, g_value_get_enum (value));
    break;
  case PYRO_FLAME_PROP_SEARCH:
    pyro_flame_graph_set_search (self, g_value_get_string (value));
    break;
  case PROP_HADJUSTMENT:
    pyro_flame_graph_set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
    break;
  case PROP_VADJUSTMENT:
    pyro_flame_graph_set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
    break;
  case PROP_HSCROLL_POLICY:
    self->scroll_policies[GTK_ORIENTATION_HORIZONTAL] = g_value_get_enum (value);
    break;
  case PROP_VSCROLL_POLICY:
    self->scroll_policies[GTK_ORIENTATION_VERTICAL] = g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

#define READ_WRITE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define READ_ONLY (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)

static void
make_settings (void)
{
  properties[PYRO_FLAME_PROP_UPWARD]
      = g_param_spec_boolean ("upward", NULL, NULL, FALSE, READ_WRITE);
  properties[PYRO_FLAME_PROP_BOTTOM_UP]
      = g_param_spec_boolean ("bottom-up", NULL, NULL, FALSE, READ_WRITE);
  properties[PYRO_FLAME_PROP_COLLAPSE_RECURSION]
      = g_param_spec_boolean ("collapse-recursion", NULL, NULL, FALSE, READ_WRITE);
  properties[PYRO_FLAME_PROP_COLOURING]
      = g_param_spec_enum ("colouring", NULL, NULL, PYRO_TYPE_FLAME_COLOURING,
                           PYRO_FLAME_COLOURING_FUNCTION, READ_WRITE);
  properties[PYRO_FLAME_PROP_SEARCH] = g_param_spec_string ("search", NULL, NULL, NULL, READ_WRITE);
}

static void
make_states (void)
{
  properties[PYRO_FLAME_PROP_SEARCH_ERROR]
      = g_param_spec_string ("search-error", NULL, NULL, NULL, READ_ONLY);
  properties[PYRO_FLAME_PROP_MATCH_SHARE]
      = g_param_spec_double ("match-share", NULL, NULL, -1, 1, -1, READ_ONLY);
  properties[PYRO_FLAME_PROP_N_MATCHES]
      = g_param_spec_uint ("n-matches", NULL, NULL, 0, G_MAXUINT, 0, READ_ONLY);
  properties[PYRO_FLAME_PROP_SELECTION]
      = g_param_spec_string ("selection", NULL, NULL, NULL, READ_ONLY);
  properties[PYRO_FLAME_PROP_LOADING]
      = g_param_spec_boolean ("loading", NULL, NULL, FALSE, READ_ONLY);
  properties[PYRO_FLAME_PROP_EMPTY] = g_param_spec_boolean ("empty", NULL, NULL, FALSE, READ_ONLY);
  properties[PYRO_FLAME_PROP_CAN_GO_BACK]
      = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, READ_ONLY);
  properties[PYRO_FLAME_PROP_CAN_GO_FORWARD]
      = g_param_spec_boolean ("can-go-forward", NULL, NULL, FALSE, READ_ONLY);
  properties[PYRO_FLAME_PROP_ZOOMED]
      = g_param_spec_boolean ("zoomed", NULL, NULL, FALSE, READ_ONLY);
}

void
pyro_flame_graph_add_properties (GObjectClass *class)
{
  class->get_property = get_property;
  class->set_property = set_property;
  make_settings ();
  make_states ();
  g_object_class_install_properties (class, PYRO_FLAME_N_PROPS, properties);
  g_object_class_override_property (class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (class, PROP_VSCROLL_POLICY, "vscroll-policy");
}
