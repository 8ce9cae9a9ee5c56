/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Programs of the computer, for an app in the sandbox of a Flatpak: there neither events nor the
 * processes outside can be seen, so the prof outside is asked. */

/* TRUE in a sandbox: where there is the file /.flatpak-info, or the one that the environment
 * variable PYROGRAPH_SANDBOX_INFO names, for tests. */
gboolean pyro_host_command_is_needed (void);

/* The words that run `argv` outside of the sandbox, in the home folder, with the same standard
 * streams; a copy of `argv` if there is no sandbox. */
char **pyro_host_command_wrap (const char *const *argv);

G_END_DECLS
