/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/difference-column.h"

#include <glib/gi18n.h>
#include <math.h>

#include "model/difference-row.h"
#include "view/value-cell.h"

enum { MODULE_WIDTH = 160 };

/* ---- cells ---- */

static void
set_up_label (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item,
                           g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize",
                                         PANGO_ELLIPSIZE_END, "single-line-mode", TRUE, NULL));
}

static gboolean
show_name (GtkWidget *label, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer item)
{
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  gtk_tooltip_set_text (tooltip, row != NULL ? pyro_difference_row_get_name (row) : NULL);
  return row != NULL;
}

static gboolean
show_verdict (
    GtkWidget *label, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer item)
{
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  g_autofree char *text = row != NULL ? pyro_difference_row_describe_verdict (row) : NULL;
  gtk_tooltip_set_text (tooltip, text);
  return row != NULL;
}

/* To set a tooltip's text for each row asks the X server for the pointer each time. */
static void
add_tooltip (GtkListItem *item, GCallback show)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  gtk_widget_set_has_tooltip (label, TRUE);
  g_signal_connect (label, "query-tooltip", show, item);
}

static void
set_up_name (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  set_up_label (factory, item);
  add_tooltip (item, G_CALLBACK (show_name));
}

static void
set_up_verdict (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  set_up_label (factory, item);
  add_tooltip (item, G_CALLBACK (show_verdict));
}

static void
set_up_value (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, pyro_value_cell_new ());
}

static void
bind_name (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      pyro_difference_row_get_name (gtk_list_item_get_item (item)));
}

static void
bind_module (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      pyro_difference_row_get_module (gtk_list_item_get_item (item)));
}

static void
bind_verdict (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  gtk_label_set_text (GTK_LABEL (label), pyro_difference_row_get_verdict (row));
  if (pyro_difference_row_get_change (row)->is_beyond)
    gtk_widget_add_css_class (label, "heading");
  else
    gtk_widget_remove_css_class (label, "heading");
}

static void
set_value (GtkListItem *item, double value, double whole)
{
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  const char *unit = pyro_difference_get_unit (pyro_difference_row_get_difference (row));
  pyro_value_cell_set (PYRO_VALUE_CELL (gtk_list_item_get_child (item)), llround (value),
                       llround (whole), unit);
}

static void
bind_base (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  PyroDifference *difference = pyro_difference_row_get_difference (row);
  set_value (item, pyro_difference_row_get_change (row)->base,
             pyro_difference_get_base_whole (difference));
}

static void
bind_current (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  PyroDifference *difference = pyro_difference_row_get_difference (row);
  set_value (item, pyro_difference_row_get_change (row)->current,
             pyro_difference_get_whole (difference));
}

/* The bar is of the greater whole, as those of the values. */
static void
bind_change (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  PyroDifferenceRow *row = gtk_list_item_get_item (item);
  PyroDifference *difference = pyro_difference_row_get_difference (row);
  const PyroChange *change = pyro_difference_row_get_change (row);
  double whole
      = fmax (pyro_difference_get_base_whole (difference), pyro_difference_get_whole (difference));
  g_autofree char *text = pyro_difference_format_change (difference, change);
  g_autofree char *share = pyro_difference_format_share (change);
  pyro_value_cell_set_change (PYRO_VALUE_CELL (gtk_list_item_get_child (item)), text, share,
                              whole > 0 ? (change->current - change->base) / whole : 0);
}

/* ---- order ---- */

static int
compare_values (double a, double b)
{
  return a < b ? GTK_ORDERING_SMALLER : a > b;
}

static int
compare_name (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return gtk_ordering_from_cmpfunc (g_strcmp0 (pyro_difference_row_get_name ((gpointer)a),
                                               pyro_difference_row_get_name ((gpointer)b)));
}

static int
compare_module (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return gtk_ordering_from_cmpfunc (g_strcmp0 (pyro_difference_row_get_module ((gpointer)a),
                                               pyro_difference_row_get_module ((gpointer)b)));
}

static int
compare_base (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare_values (pyro_difference_row_get_change ((gpointer)a)->base,
                         pyro_difference_row_get_change ((gpointer)b)->base);
}

static int
compare_current (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare_values (pyro_difference_row_get_change ((gpointer)a)->current,
                         pyro_difference_row_get_change ((gpointer)b)->current);
}

static int
compare_change (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const PyroChange *x = pyro_difference_row_get_change ((gpointer)a);
  const PyroChange *y = pyro_difference_row_get_change ((gpointer)b);
  return compare_values (x->current - x->base, y->current - y->base);
}

/* What is least likely to be chance is the greatest. */
static int
compare_verdict (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare_values (pyro_difference_row_get_change ((gpointer)b)->chance,
                         pyro_difference_row_get_change ((gpointer)a)->chance);
}

/* ---- columns ---- */

static const struct {
  const char *title;
  void (*set_up) (GtkSignalListItemFactory *factory, GtkListItem *item);
  void (*bind) (GtkSignalListItemFactory *factory, GtkListItem *item);
  GCompareDataFunc compare;
} columns[PYRO_DIFFERENCE_N_COLUMNS] = {
  [PYRO_DIFFERENCE_COLUMN_NAME] = { N_ ("Function"), set_up_name, bind_name, compare_name },
  [PYRO_DIFFERENCE_COLUMN_MODULE] = { N_ ("Module"), set_up_label, bind_module, compare_module },
  [PYRO_DIFFERENCE_COLUMN_BASE] = { N_ ("Base"), set_up_value, bind_base, compare_base },
  [PYRO_DIFFERENCE_COLUMN_CURRENT] = { N_ ("New"), set_up_value, bind_current, compare_current },
  [PYRO_DIFFERENCE_COLUMN_CHANGE] = { N_ ("Change"), set_up_value, bind_change, compare_change },
  [PYRO_DIFFERENCE_COLUMN_VERDICT]
  = { N_ ("Beyond Noise"), set_up_verdict, bind_verdict, compare_verdict },
};

GtkColumnViewColumn *
pyro_difference_column_new (PyroDifferenceColumn kind)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (columns[kind].set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (columns[kind].bind), NULL);
  GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[kind].title), factory);
  g_autoptr (GtkSorter) sorter
      = GTK_SORTER (gtk_custom_sorter_new (columns[kind].compare, NULL, NULL));
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, kind == PYRO_DIFFERENCE_COLUMN_NAME);
  if (kind == PYRO_DIFFERENCE_COLUMN_MODULE)
    gtk_column_view_column_set_fixed_width (column, MODULE_WIDTH);
  return column;
}
