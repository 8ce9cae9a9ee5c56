/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <dlfcn.h>
#include <stdio.h>

#include "shapes.h"

/* Two plugins take turns at the same addresses:
 * burn_in_one < plugin_run < run_plugin < main, burn_in_two < plugin_run < run_plugin < main. */

static FRAME int
run_plugin (const char *path)
{
  void *plugin = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (plugin == NULL) {
    fprintf (stderr, "%s\n", dlerror ());
    return 1;
  }
  void (*run) (void) = (void (*) (void))dlsym (plugin, "plugin_run");
  run ();
  return dlclose (plugin);
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  for (int i = 0; i < 100; i++)
    if (run_plugin (argv[1 + i % 2]) != 0)
      return 1;
  return 0;
}
