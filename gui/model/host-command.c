/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "model/host-command.h"

gboolean
pyro_host_command_is_needed (void)
{
  const char *named = g_getenv ("PYROGRAPH_SANDBOX_INFO");
  return g_file_test (named != NULL ? named : "/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* flatpak-spawn(1) hands on the standard streams by itself, and the folder only if it is told: the
 * one it is in may be in the sandbox alone. Without --watch-bus, which would interrupt what is
 * recorded as well: a recorder ends with its standard input. */
char **
pyro_host_command_wrap (const char *const *argv)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *directory = g_strconcat ("--directory=", g_get_home_dir (), NULL);
  if (pyro_host_command_is_needed ())
    g_strv_builder_add_many (words, "flatpak-spawn", "--host", directory, NULL);
  g_strv_builder_addv (words, (const char **)argv);
  return g_strv_builder_end (words);
}
