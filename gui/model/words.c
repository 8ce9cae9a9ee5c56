/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/words.h"

#include <glib/gi18n.h>
#include <string.h>

char **
pyro_words_split (const char *text, const char *what, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) reason = NULL;
  if (g_shell_parse_argv (text, NULL, &words, &reason))
    return g_steal_pointer (&words);
  if (g_error_matches (reason, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
    return g_new0 (char *, 1);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _ ("%s: a quotation mark or a backslash has nothing after it."), what);
  return NULL;
}

char **
pyro_words_split_assignments (const char *text, const char *what, GError **error)
{
  g_auto (GStrv) words = pyro_words_split (text, what, error);
  for (char **word = words; word != NULL && *word != NULL; word++)
    if (**word == '=' || strchr (*word, '=') == NULL) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("%s: “%s” is no NAME=value."),
                   what, *word);
      return NULL;
    }
  return g_steal_pointer (&words);
}
