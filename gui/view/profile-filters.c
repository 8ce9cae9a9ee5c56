/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "view/profile-filters.h"

#include <glib/gi18n.h>

void
pyro_profile_filters_add (GtkFileChooser *chooser)
{
  g_autoptr (GtkFileFilter) profiles = gtk_file_filter_new ();
  gtk_file_filter_set_name (profiles, _ ("Profiles"));
  static const char *const patterns[]
      = { "*.pb.gz", "*.pb", "*.pprof", "*.prof", "*.folded", "*.collapsed", "*.stacks" };
  for (size_t i = 0; i < G_N_ELEMENTS (patterns); i++)
    gtk_file_filter_add_pattern (profiles, patterns[i]);
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, profiles);
  gtk_file_chooser_add_filter (chooser, all);
}
