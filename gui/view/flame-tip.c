/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/flame-tip.h"

enum { MAX_TITLE_BYTES = 600, MAX_CHARACTERS = 64, MAX_LINES = 4 };

struct _PyroFlameTip {
  GtkWidget parent_instance;
  GtkLabel *title, *details, *place;
};

G_DEFINE_FINAL_TYPE (PyroFlameTip, pyro_flame_tip, GTK_TYPE_WIDGET)

static void
set_text (GtkLabel *label, const char *text)
{
  g_autofree char *head = g_strndup (text, MAX_TITLE_BYTES);
  g_autofree char *valid = g_utf8_make_valid (head, -1);
  gtk_label_set_text (label, valid);
  gtk_widget_set_visible (GTK_WIDGET (label), *valid != '\0');
}

void
pyro_flame_tip_set_text (PyroFlameTip *self,
                         const char *title,
                         const char *details,
                         const char *place)
{
  set_text (self->title, title);
  set_text (self->details, details);
  set_text (self->place, place);
}

static GtkLabel *
add_label (PyroFlameTip *self, const char *css_class, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARACTERS);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  if (ellipsize != PANGO_ELLIPSIZE_START) {
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_lines (GTK_LABEL (label), MAX_LINES);
  }
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return GTK_LABEL (label);
}

static void
dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pyro_flame_tip_parent_class)->dispose (object);
}

static void
pyro_flame_tip_class_init (PyroFlameTipClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "tooltip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLTIP);
}

static void
pyro_flame_tip_init (PyroFlameTip *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 2);
  gtk_widget_add_css_class (GTK_WIDGET (self), "background");
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  self->title = add_label (self, "heading", PANGO_ELLIPSIZE_END);
  self->details = add_label (self, "numeric", PANGO_ELLIPSIZE_NONE);
  self->place = add_label (self, "caption", PANGO_ELLIPSIZE_START);
}

GtkWidget *
pyro_flame_tip_new (void)
{
  return g_object_new (PYRO_TYPE_FLAME_TIP, NULL);
}
