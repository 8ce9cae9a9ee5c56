/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/event.h"

#include <glib/gi18n.h>

#include "model/json.h"

struct _PyroEvent {
  GObject parent_instance;
  char *name, *text;
};

G_DEFINE_FINAL_TYPE (PyroEvent, pyro_event, G_TYPE_OBJECT)

enum { PROP_NAME = 1, PROP_TEXT, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroEvent *self = PYRO_EVENT (object);
  switch (property) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_TEXT:
    g_value_set_string (value, self->text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
finalize (GObject *object)
{
  g_free (PYRO_EVENT (object)->name);
  g_free (PYRO_EVENT (object)->text);
  G_OBJECT_CLASS (pyro_event_parent_class)->finalize (object);
}

static void
pyro_event_class_init (PyroEventClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pyro_event_init (PyroEvent *self)
{
}

const char *
pyro_event_get_name (PyroEvent *self)
{
  return self->name;
}

/* ---- the list ---- */

static void
add (GListStore *list, const char *name, const char *description)
{
  g_autoptr (PyroEvent) event = g_object_new (PYRO_TYPE_EVENT, NULL);
  event->name = g_strdup (name);
  event->text = *name == '\0'          ? g_strdup (description)
                : *description == '\0' ? g_strdup (name)
                                       : g_strdup_printf ("%s: %s", name, description);
  g_list_store_append (list, event);
}

/* TRUE: it is the chosen one. */
static gboolean
add_event (GListStore *list, GVariant *event, const char *chosen)
{
  const char *name = pyro_json_get_text (event, "name");
  gboolean is_chosen = g_str_equal (name, chosen);
  if (pyro_json_get_boolean (event, "countable"))
    add (list, name, pyro_json_get_text (event, "description"));
  else if (is_chosen)
    add (list, name, pyro_json_get_text (event, "reason"));
  return is_chosen;
}

GListModel *
pyro_event_list_new (GVariant *answer, const char *chosen)
{
  GListStore *list = g_list_store_new (PYRO_TYPE_EVENT);
  gboolean has_chosen = *chosen == '\0';
  add (list, "", _ ("Processor cycles, or the kernel’s timer"));
  g_autoptr (GVariant) events = answer != NULL ? pyro_json_get_list (answer, "events") : NULL;
  for (gsize i = 0; events != NULL && i < g_variant_n_children (events); i++) {
    g_autoptr (GVariant) boxed = g_variant_get_child_value (events, i);
    g_autoptr (GVariant) event = g_variant_get_variant (boxed);
    if (g_variant_is_of_type (event, G_VARIANT_TYPE_VARDICT))
      has_chosen |= add_event (list, event, chosen);
  }
  if (!has_chosen)
    add (list, chosen, "");
  return G_LIST_MODEL (list);
}
