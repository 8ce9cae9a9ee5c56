/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* loading PLUGIN: loads a library whose constructor allocates, and one in C++ for it alone. */
#include <dlfcn.h>
#include <string.h>

#include "blocks.h"

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    void *plugin = dlopen (argv[i], RTLD_NOW | RTLD_LOCAL);
    int (*run) (void) = plugin ? (int (*) (void))dlsym (plugin, "run") : NULL;
    if (!run || run () != 0)
      return 1;
    dlclose (plugin);
    dlerror ();
    dlsym (RTLD_DEFAULT, "no_such_symbol");
    if (!dlerror () || dlerror ())
      return 1;
  }
  return 0;
}
