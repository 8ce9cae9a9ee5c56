/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/compare-page.h"

#include <glib/gi18n.h>

#include "model/value-types.h"
#include "view/change-legend.h"
#include "view/difference-table.h"
#include "view/flame-view.h"
#include "view/page.h"
#include "view/profile-picker.h"

struct _PyroComparePage {
  AdwBin parent_instance;
  PyroComparison *comparison;
  char *title;
  ProfProfile *types_of; /* whose sample types the drop-down has; borrowed, only compared */
  AdwToastOverlay *toasts;
  PyroProfilePicker *base, *current;
  GtkDropDown *normalize, *value_types;
  AdwSqueezer *squeezer;
  AdwViewSwitcher *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkSpinner *spinner;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkWidget *verdict;
  GtkLabel *whole, *noise;
  GtkStack *stack;
  AdwStatusPage *status;
  AdwViewStack *views;
  AdwBin *flame_bin;
  PyroFlameView *flame;
  PyroDifferenceTable *table;
};

G_DEFINE_FINAL_TYPE (PyroComparePage, pyro_compare_page, ADW_TYPE_BIN)

enum { PROP_TITLE = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* ---- actions ---- */

static void
show_view (GtkWidget *widget, const char *action, GVariant *parameter)
{
  adw_view_stack_set_visible_child_name (PYRO_COMPARE_PAGE (widget)->views,
                                         g_variant_get_string (parameter, NULL));
}

static void
search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PyroComparePage *self = PYRO_COMPARE_PAGE (widget);
  pyro_page_open_search (self->search_bar, self->search_entry);
}

static void
tell (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_page_tell (PYRO_COMPARE_PAGE (widget)->toasts, g_variant_get_string (parameter, NULL));
}

static void
swap (GtkWidget *widget, const char *action, GVariant *parameter)
{
  pyro_comparison_swap (PYRO_COMPARE_PAGE (widget)->comparison);
}

static void
take_search (PyroComparePage *self)
{
  PyroSearch *found;
  if (!pyro_page_read_search (self->search_entry, &found))
    return;
  pyro_difference_table_set_search (self->table, found);
  pyro_flame_view_set_search (self->flame,
                              gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

/* ---- what is compared ---- */

static void
update_title (PyroComparePage *self)
{
  PyroProfile *base = pyro_comparison_get_base (self->comparison);
  PyroProfile *current = pyro_comparison_get_current (self->comparison);
  g_free (self->title);
  if (base != NULL && current != NULL)
    self->title = g_strdup_printf ("%s ↔ %s", pyro_profile_get_title (base),
                                   pyro_profile_get_title (current));
  else
    self->title = g_strdup (_ ("Compare"));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

/* Those of the new profile, or of the base while there is no other. */
static void
update_value_types (PyroComparePage *self)
{
  PyroProfile *current = pyro_comparison_get_current (self->comparison);
  PyroProfile *leader = current != NULL ? current : pyro_comparison_get_base (self->comparison);
  ProfProfile *source = leader != NULL ? pyro_profile_get_source (leader) : NULL;
  if (source == self->types_of)
    return;
  guint value_type = pyro_comparison_get_value_type (self->comparison);
  g_auto (GStrv) types = source != NULL ? pyro_value_types_get_names (source) : NULL;
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const *)types);
  guint n_types = g_list_model_get_n_items (G_LIST_MODEL (names));
  self->types_of = NULL;
  gtk_drop_down_set_model (self->value_types, G_LIST_MODEL (names));
  if (value_type < n_types)
    gtk_drop_down_set_selected (self->value_types, value_type);
  self->types_of = source;
  gtk_widget_set_sensitive (GTK_WIDGET (self->value_types), n_types > 1);
}

static void
update_profiles (PyroComparePage *self)
{
  update_title (self);
  update_value_types (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "compare.swap",
                                 pyro_comparison_get_base (self->comparison) != NULL
                                     || pyro_comparison_get_current (self->comparison) != NULL);
}

/* The list is filled with types_of NULL: what is selected then is nobody's choice. */
static void
choose_value_type (PyroComparePage *self)
{
  guint selected = gtk_drop_down_get_selected (self->value_types);
  if (self->types_of != NULL && selected != GTK_INVALID_LIST_POSITION)
    pyro_comparison_set_value_type (self->comparison, selected);
}

static void
show_value_type (PyroComparePage *self)
{
  guint value_type = pyro_comparison_get_value_type (self->comparison);
  GListModel *types = gtk_drop_down_get_model (self->value_types);
  if (types != NULL && value_type < g_list_model_get_n_items (types))
    gtk_drop_down_set_selected (self->value_types, value_type);
}

/* In the order of the drop-down. */
static const ProfNormalize normalizations[]
    = { PROF_NORMALIZE_DURATION, PROF_NORMALIZE_TOTAL, PROF_NORMALIZE_NONE };

static void
choose_normalize (PyroComparePage *self)
{
  guint selected = gtk_drop_down_get_selected (self->normalize);
  if (selected < G_N_ELEMENTS (normalizations))
    pyro_comparison_set_normalize (self->comparison, normalizations[selected]);
}

static void
show_normalize (PyroComparePage *self)
{
  ProfNormalize normalize = pyro_comparison_get_normalize (self->comparison);
  for (guint i = 0; i < G_N_ELEMENTS (normalizations); i++)
    if (normalizations[i] == normalize && gtk_drop_down_get_selected (self->normalize) != i)
      gtk_drop_down_set_selected (self->normalize, i);
}

/* ---- what is shown ---- */

static void
show_status (PyroComparePage *self, const char *icon, const char *title, const char *text)
{
  pyro_page_set_status (self->status, icon, title, text);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static gboolean
has_functions (PyroDifference *difference)
{
  gsize n;
  pyro_difference_get_functions (difference, &n);
  return n > 0;
}

static const char *
get_reading_error (PyroComparePage *self)
{
  const char *error = pyro_profile_picker_get_error (self->base);
  return error != NULL ? error : pyro_profile_picker_get_error (self->current);
}

static void
update_stack (PyroComparePage *self, PyroDifference *difference, gboolean is_busy)
{
  const char *error = pyro_comparison_get_error (self->comparison);
  const char *reading_error = get_reading_error (self);
  if (difference != NULL && has_functions (difference))
    gtk_stack_set_visible_child_name (self->stack, "views");
  else if (difference != NULL)
    show_status (self, "dialog-information-symbolic", _ ("No Samples"),
                 _ ("Neither of the two profiles has a sample of this type."));
  else if (reading_error != NULL)
    show_status (self, "dialog-error-symbolic", _ ("The Profile Was Not Opened"), reading_error);
  else if (is_busy)
    show_status (self, NULL, _ ("Comparing…"), "");
  else if (error != NULL)
    show_status (self, "dialog-information-symbolic", _ ("These Two Can’t Be Compared"), error);
  else
    show_status (self, "pyro-compare-symbolic", _ ("Choose Two Profiles"),
                 _ ("The base is what it was before: choose an earlier recording of the same "
                    "program "
                    "for it. What the new one has more of is shown in red, and what it has less of "
                    "in blue."));
}

static void
update (PyroComparePage *self)
{
  PyroDifference *difference = pyro_comparison_get_difference (self->comparison);
  gboolean is_busy = pyro_comparison_is_busy (self->comparison)
                     || pyro_profile_picker_is_loading (self->base)
                     || pyro_profile_picker_is_loading (self->current);
  gtk_spinner_set_spinning (self->spinner, is_busy);
  update_stack (self, difference, is_busy);
}

static void
show_difference (PyroComparePage *self)
{
  PyroDifference *difference = pyro_comparison_get_difference (self->comparison);
  gtk_widget_set_visible (self->verdict, difference != NULL && has_functions (difference));
  pyro_difference_table_set_difference (self->table, difference);
  pyro_flame_view_set_difference (self->flame,
                                  difference != NULL ? pyro_difference_get_profile (difference)
                                                     : NULL,
                                  difference != NULL
                                      ? (int)pyro_difference_get_value_type (difference)
                                      : 0);
  if (difference != NULL) {
    g_autofree char *whole = pyro_difference_describe_whole (difference);
    g_autofree char *noise = pyro_difference_describe_noise (difference);
    gtk_label_set_text (self->whole, whole);
    gtk_label_set_text (self->noise, noise);
  }
  update (self);
}

static void
update_narrow (PyroComparePage *self)
{
  gboolean is_narrow
      = adw_squeezer_get_visible_child (self->squeezer) != GTK_WIDGET (self->switcher);
  adw_view_switcher_bar_set_reveal (self->switcher_bar, is_narrow);
  if (self->table != NULL)
    pyro_difference_table_set_narrow (self->table, is_narrow);
}

void
pyro_compare_page_set_open (PyroComparePage *self, GListModel *profiles)
{
  pyro_profile_picker_set_open (self->base, profiles);
  pyro_profile_picker_set_open (self->current, profiles);
}

void
pyro_compare_page_load (PyroComparePage *self, GFile *base, GFile *current)
{
  pyro_profile_picker_load (self->base, base);
  pyro_profile_picker_load (self->current, current);
}

PyroComparison *
pyro_compare_page_get_comparison (PyroComparePage *self)
{
  return self->comparison;
}

/* ---- GObject ---- */

static void
get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_TITLE)
    g_value_set_string (value, PYRO_COMPARE_PAGE (object)->title);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
dispose (GObject *object)
{
  g_clear_object (&PYRO_COMPARE_PAGE (object)->comparison);
  G_OBJECT_CLASS (pyro_compare_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (PYRO_COMPARE_PAGE (object)->title);
  G_OBJECT_CLASS (pyro_compare_page_parent_class)->finalize (object);
}

static void
add_bindings (GtkWidgetClass *class)
{
  static const char *const views[] = { "flame-graph", "functions" };
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    gtk_widget_class_add_binding_action (class, GDK_KEY_1 + i, GDK_ALT_MASK, "page.view", "s",
                                         views[i]);
  gtk_widget_class_add_binding_action (class, GDK_KEY_f, GDK_CONTROL_MASK, "page.search", NULL);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, PyroComparePage, toasts);
  gtk_widget_class_bind_template_child (class, PyroComparePage, base);
  gtk_widget_class_bind_template_child (class, PyroComparePage, current);
  gtk_widget_class_bind_template_child (class, PyroComparePage, normalize);
  gtk_widget_class_bind_template_child (class, PyroComparePage, value_types);
  gtk_widget_class_bind_template_child (class, PyroComparePage, squeezer);
  gtk_widget_class_bind_template_child (class, PyroComparePage, switcher);
  gtk_widget_class_bind_template_child (class, PyroComparePage, switcher_bar);
  gtk_widget_class_bind_template_child (class, PyroComparePage, spinner);
  gtk_widget_class_bind_template_child (class, PyroComparePage, search_bar);
  gtk_widget_class_bind_template_child (class, PyroComparePage, search_entry);
  gtk_widget_class_bind_template_child (class, PyroComparePage, verdict);
  gtk_widget_class_bind_template_child (class, PyroComparePage, whole);
  gtk_widget_class_bind_template_child (class, PyroComparePage, noise);
  gtk_widget_class_bind_template_child (class, PyroComparePage, stack);
  gtk_widget_class_bind_template_child (class, PyroComparePage, status);
  gtk_widget_class_bind_template_child (class, PyroComparePage, views);
  gtk_widget_class_bind_template_child (class, PyroComparePage, flame_bin);
  gtk_widget_class_bind_template_child (class, PyroComparePage, table);
  gtk_widget_class_bind_template_callback (class, take_search);
  gtk_widget_class_bind_template_callback (class, choose_value_type);
  gtk_widget_class_bind_template_callback (class, choose_normalize);
  gtk_widget_class_bind_template_callback (class, update);
  gtk_widget_class_bind_template_callback (class, update_narrow);
}

static void
pyro_compare_page_class_init (PyroComparePageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  properties[PROP_TITLE]
      = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_type_ensure (PYRO_TYPE_PROFILE_PICKER);
  g_type_ensure (PYRO_TYPE_DIFFERENCE_TABLE);
  g_type_ensure (PYRO_TYPE_CHANGE_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/libprof/Pyrograph/compare-page.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "page.view", "s", show_view);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search);
  gtk_widget_class_install_action (widget_class, "page.tell", "s", tell);
  gtk_widget_class_install_action (widget_class, "compare.swap", NULL, swap);
  add_bindings (widget_class);
}

static void
follow_comparison (PyroComparePage *self)
{
  static const struct {
    const char *change;
    void (*follow) (PyroComparePage *self);
  } changes[] = {
    { "notify::base", update_profiles },       { "notify::current", update_profiles },
    { "notify::value-type", show_value_type }, { "notify::normalize", show_normalize },
    { "notify::difference", show_difference }, { "notify::busy", update },
  };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (self->comparison, changes[i].change, G_CALLBACK (changes[i].follow),
                             self, G_CONNECT_SWAPPED);
  g_object_bind_property (self->comparison, "base", self->base, "profile", G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (self->comparison, "current", self->current, "profile",
                          G_BINDING_BIDIRECTIONAL);
}

static void
pyro_compare_page_init (PyroComparePage *self)
{
  self->comparison = pyro_comparison_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->flame = PYRO_FLAME_VIEW (pyro_flame_view_new_difference ());
  adw_bin_set_child (self->flame_bin, GTK_WIDGET (self->flame));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  follow_comparison (self);
  update_profiles (self);
  show_normalize (self);
  update_narrow (self);
  show_difference (self);
}

GtkWidget *
pyro_compare_page_new (void)
{
  return g_object_new (PYRO_TYPE_COMPARE_PAGE, NULL);
}
