/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/search.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <regex.h>

struct PyroSearch {
  regex_t regex;
};

static gboolean
has_capital (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isupper (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

PyroSearch *
pyro_search_new (const char *text, GError **error)
{
  PyroSearch *search = g_rc_box_new0 (PyroSearch);
  int flags = REG_EXTENDED | REG_NOSUB | (has_capital (text) ? 0 : REG_ICASE);
  int rc = regcomp (&search->regex, text, flags);
  if (rc == 0)
    return search;
  char reason[128];
  regerror (rc, &search->regex, reason, sizeof reason);
  g_rc_box_release (search);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _ ("“%s” is no regular expression: %s"), text, reason);
  return NULL;
}

PyroSearch *
pyro_search_ref (PyroSearch *search)
{
  return search != NULL ? g_rc_box_acquire (search) : NULL;
}

static void
clear (gpointer search)
{
  regfree (&((PyroSearch *)search)->regex);
}

void
pyro_search_unref (PyroSearch *search)
{
  g_rc_box_release_full (search, clear);
}

gboolean
pyro_search_matches (const PyroSearch *search, const char *name)
{
  return regexec (&search->regex, name, 0, NULL, 0) == 0;
}
