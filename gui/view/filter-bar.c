/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/filter-bar.h"

#include <glib/gi18n.h>

#include "model/units.h"

struct _PyroFilterBar {
  AdwBin parent_instance;
  PyroProfile *profile;
  GtkRevealer *revealer;
  GtkBox *chips;
};

G_DEFINE_FINAL_TYPE (PyroFilterBar, pyro_filter_bar, ADW_TYPE_BIN)

enum { RANGE = -1, HEAP_VIEW = -2 }; /* as the term of a chip */

static void
remove_term (GtkButton *button, PyroFilterBar *self)
{
  int term = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "term"));
  if (term >= 0) {
    pyro_profile_remove_filter (self->profile, (guint)term);
    return;
  }
  PyroFilter *old = pyro_profile_get_filter (self->profile);
  g_autoptr (PyroFilter) filter = term == RANGE
                                      ? pyro_filter_set_range (old, 0, 0)
                                      : pyro_filter_set_heap_view (old, PYRO_HEAP_AS_RECORDED);
  pyro_profile_set_filter (self->profile, filter);
}

static void
add_chip (PyroFilterBar *self, const char *text, int term)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "ellipsize", PANGO_ELLIPSIZE_END,
                                   "max-width-chars", 32, NULL);
  g_autofree char *name = g_strdup_printf (_ ("Remove filter: %s"), text);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("window-close-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "chip");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "term", GINT_TO_POINTER (term));
  g_signal_connect (button, "clicked", G_CALLBACK (remove_term), self);
  gtk_box_append (self->chips, button);
}

static void
add_term (PyroFilterBar *self, PyroFilterTerm term, int index)
{
  static const char *const formats[] = {
    [PYRO_FILTER_FOCUS] = N_ ("Focus: %s"),
    [PYRO_FILTER_IGNORE] = N_ ("Ignore: %s"),
    [PYRO_FILTER_HIDE] = N_ ("Hide: %s"),
    [PYRO_FILTER_SHOW_FROM] = N_ ("From: %s"),
  };
  g_autofree char *function = g_utf8_make_valid (term.function, -1);
  GString *text = g_string_new (_ (formats[term.kind]));
  g_string_replace (text, "%s", function, 1);
  add_chip (self, text->str, index);
  g_string_free (text, TRUE);
}

/* Times are shown since the begin of the recording. */
static void
add_range (PyroFilterBar *self, gint64 start_ns, gint64 end_ns)
{
  gint64 zero_ns = prof_profile_get_time_ns (pyro_profile_get_source (self->profile));
  g_autofree char *start = pyro_format_duration ((double)(start_ns - zero_ns));
  g_autofree char *end = pyro_format_duration ((double)(end_ns - zero_ns));
  g_autofree char *text = g_strdup_printf (_ ("Time: %s to %s"), start, end);
  add_chip (self, text, RANGE);
}

static void
add_heap_view (PyroFilterBar *self, PyroHeapView view)
{
  g_autofree char *text = g_strdup_printf (_ ("Memory: %s"), pyro_heap_view_get_title (view));
  add_chip (self, text, HEAP_VIEW);
}

static void
update (PyroFilterBar *self)
{
  PyroFilter *filter = pyro_profile_get_filter (self->profile);
  GtkWidget *chip;
  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    gtk_box_remove (self->chips, chip);
  for (guint i = 0; i < pyro_filter_get_n_terms (filter); i++)
    add_term (self, pyro_filter_get_term (filter, i), (int)i);
  gint64 start_ns, end_ns;
  if (pyro_filter_get_range (filter, &start_ns, &end_ns))
    add_range (self, start_ns, end_ns);
  PyroHeapView heap_view = pyro_filter_get_heap_view (filter);
  if (heap_view != PYRO_HEAP_AS_RECORDED)
    add_heap_view (self, heap_view);
  gtk_revealer_set_reveal_child (self->revealer, !pyro_filter_is_empty (filter));
}

static void
dispose (GObject *object)
{
  g_clear_object (&PYRO_FILTER_BAR (object)->profile);
  G_OBJECT_CLASS (pyro_filter_bar_parent_class)->dispose (object);
}

static void
pyro_filter_bar_class_init (PyroFilterBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PyroFilterBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, PyroFilterBar, chips);
}

static void
pyro_filter_bar_init (PyroFilterBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pyro_filter_bar_new (PyroProfile *profile)
{
  PyroFilterBar *self = g_object_new (PYRO_TYPE_FILTER_BAR, NULL);
  self->profile = g_object_ref (profile);
  g_signal_connect_object (profile, "notify::filter", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
