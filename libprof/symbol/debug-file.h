/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <libelf.h>

#include "elf/module.h"

/* An ELF file with a module's debugging information. `elf` NULL: none. */
typedef struct {
  Elf *elf;
  int fd;
  char *path;
} ProfDebugFile;

/* Looks for the file that was split off the module's, first as its process sees the file system,
 * then as we do: DIRECTORY/.build-id/xx/yyyy.debug, then the name in .gnu_debuglink beside the
 * module, in .debug beside it, and below DIRECTORY. It must have the module's build ID, or, where
 * that has none, the checksum that .gnu_debuglink gives. 0, -ENOENT or -ENOMEM. */
int prof_debug_file_find (const ProfModule *module,
                          Elf *elf,
                          const char *directory,
                          ProfDebugFile *ret);

/* Looks in the same places for the file with what dwz moved out of the one at `path`: by the build
 * ID, which it must have, and the path in .gnu_debugaltlink. */
int prof_debug_file_find_alt (const ProfModule *module,
                              Elf *elf,
                              const char *path,
                              const char *directory,
                              ProfDebugFile *ret);

void prof_debug_file_finish (ProfDebugFile *file);
