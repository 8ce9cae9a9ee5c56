/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/meter.h"

#include "view/line-chart.h"

struct _PyroMeter {
  AdwBin parent_instance;
  GtkBox *box;
  GtkLabel *title, *value;
  PyroLineChart *chart; /* NULL: none */
};

G_DEFINE_FINAL_TYPE (PyroMeter, pyro_meter, ADW_TYPE_BIN)

enum { PROP_TITLE = 1, PROP_HAS_CHART, N_PROPS };
static GParamSpec *properties[N_PROPS];

void
pyro_meter_show (PyroMeter *self, double value, const char *text)
{
  gtk_label_set_text (self->value, text);
  if (self->chart != NULL)
    pyro_line_chart_append (self->chart, value, text);
}

void
pyro_meter_set_top (PyroMeter *self, double top)
{
  if (self->chart != NULL)
    pyro_line_chart_set_top (self->chart, top);
}

static GtkLabel *
add_label (PyroMeter *self, const char *const *classes)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_css_classes (label, (const char **)classes);
  gtk_box_append (self->box, label);
  return GTK_LABEL (label);
}

static void
set_title (PyroMeter *self, const char *title)
{
  gtk_label_set_text (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  if (self->chart != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->chart), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    title, -1);
}

static void
add_chart (PyroMeter *self)
{
  self->chart = g_object_new (PYRO_TYPE_LINE_CHART, "margin-top", 6, NULL);
  gtk_box_append (self->box, GTK_WIDGET (self->chart));
  set_title (self, gtk_label_get_text (self->title));
}

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  PyroMeter *self = PYRO_METER (object);
  if (property == PROP_TITLE)
    g_value_set_string (value, gtk_label_get_text (self->title));
  else if (property == PROP_HAS_CHART)
    g_value_set_boolean (value, self->chart != NULL);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  PyroMeter *self = PYRO_METER (object);
  if (property == PROP_TITLE)
    set_title (self, g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
  else if (property != PROP_HAS_CHART)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  else if (g_value_get_boolean (value))
    add_chart (self);
}

static void
pyro_meter_class_init (PyroMeterClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  properties[PROP_TITLE]
      = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_HAS_CHART]
      = g_param_spec_boolean ("has-chart", NULL, NULL, FALSE,
                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
pyro_meter_init (PyroMeter *self)
{
  static const char *const title_classes[] = { "caption", "dim-label", NULL };
  static const char *const value_classes[] = { "title-4", "numeric", NULL };
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
  self->title = add_label (self, title_classes);
  self->value = add_label (self, value_classes);
  gtk_label_set_text (self->value, "–");
}
