/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf/module.h"
#include "tests.h"

/* Opens one of the files that tests/symbols/meson.build makes. */
static inline ProfModule *
open_file (const char *path)
{
  ProfModule *module = calloc (1, sizeof *module);
  assert_non_null (module);
  module->n_refs = 1;
  module->fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_true (module->fd >= 0);
  module->path = strdup (path);
  assert_int_equal (prof_module_read_elf (module), 0);
  return module;
}

static inline const char *
find_program (const char *name)
{
  static char path[PATH_MAX];
  const char *directory = getenv ("TEST_SYMBOLS");
  assert_non_null (directory);
  snprintf (path, sizeof path, "%s/%s", directory, name);
  return path;
}

static inline ProfModule *
open_program (const char *name)
{
  return open_file (find_program (name));
}

/* The address of a symbol of the file's own .symtab. */
static inline uint64_t
find_label (const char *program, const char *label)
{
  ProfModule *module = open_program (program);
  Elf *elf = prof_module_open_elf (module);
  GElf_Shdr header = { 0 };
  Elf_Scn *section = NULL;
  while ((section = elf_nextscn (elf, section)) != NULL)
    if (gelf_getshdr (section, &header) != NULL && header.sh_type == SHT_SYMTAB)
      break;
  assert_non_null (section);
  Elf_Data *symbols = elf_getdata (section, NULL);
  GElf_Sym symbol;
  uint64_t address = 0;
  for (int i = 0; gelf_getsym (symbols, i, &symbol) != NULL && address == 0; i++)
    if (strcmp (elf_strptr (elf, header.sh_link, symbol.st_name), label) == 0)
      address = symbol.st_value;
  elf_end (elf);
  prof_module_unref (module);
  assert_true (address != 0);
  return address;
}

/* Where an address of the file's own is in the file. */
static inline uint64_t
find_offset (const ProfModule *module, uint64_t address)
{
  prof_vec_foreach (segment, &module->segments) {
    if (address >= segment->vaddr && address - segment->vaddr < segment->n_file_bytes)
      return address - segment->vaddr + segment->offset;
  }
  fail_msg ("no segment has the address");
  return 0;
}
