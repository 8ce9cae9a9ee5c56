/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/value-types.h"

#include <glib/gi18n.h>

#include "model/units.h"

char **
pyro_value_types_get_names (ProfProfile *profile)
{
  size_t n_types;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n_types);
  char **names = g_new0 (char *, n_types + 1);
  for (size_t i = 0; i < n_types; i++)
    names[i] = pyro_format_value_type (prof_profile_get_string (profile, types[i].type),
                                       prof_profile_get_string (profile, types[i].unit));
  return names;
}

char *
pyro_value_types_join (ProfProfile *profile)
{
  g_auto (GStrv) names = pyro_value_types_get_names (profile);
  /* Translators: between the items of a list. */
  return g_strjoinv (_ (", "), names);
}
