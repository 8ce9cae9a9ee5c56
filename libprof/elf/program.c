/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/program.h"

#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>

/* Of gcc and clang: the libraries, and the symbols of what has them linked in. */
static const char *const sanitizer_libraries[]
    = { "libasan.so",       "libtsan.so",       "libmsan.so",
        "liblsan.so",       "libhwasan.so",     "libclang_rt.asan",
        "libclang_rt.tsan", "libclang_rt.msan", "libclang_rt.hwasan" };
static const char *const sanitizer_symbols[]
    = { "__asan_init", "__tsan_init", "__msan_init", "__lsan_init_common", "__hwasan_init" };

#define COUNT(array) (sizeof (array) / sizeof *(array))

static bool
has_interpreter (Elf *elf)
{
  size_t n;
  if (elf_getphdrnum (elf, &n) < 0)
    return false;
  for (size_t i = 0; i < n; i++) {
    GElf_Phdr header;
    if (gelf_getphdr (elf, (int)i, &header) != NULL && header.p_type == PT_INTERP)
      return true;
  }
  return false;
}

static void
check_library (ProfProgram *program, const char *name)
{
  for (size_t i = 0; i < COUNT (sanitizer_libraries); i++)
    if (strncmp (name, sanitizer_libraries[i], strlen (sanitizer_libraries[i])) == 0)
      snprintf (program->sanitizer, sizeof program->sanitizer, "%s", name);
}

static void
check_symbol (ProfProgram *program, const char *name)
{
  for (size_t i = 0; i < COUNT (sanitizer_symbols); i++)
    if (strcmp (name, sanitizer_symbols[i]) == 0)
      snprintf (program->sanitizer, sizeof program->sanitizer, "%s", name);
}

static size_t
get_n_entries (const GElf_Shdr *header, const Elf_Data *data)
{
  return header->sh_entsize > 0 ? data->d_size / header->sh_entsize : 0;
}

static void
read_needed (Elf *elf, const GElf_Shdr *header, Elf_Data *data, ProfProgram *program)
{
  for (size_t i = 0; i < get_n_entries (header, data); i++) {
    GElf_Dyn entry;
    if (gelf_getdyn (data, (int)i, &entry) == NULL || entry.d_tag == DT_NULL)
      return;
    const char *name
        = entry.d_tag == DT_NEEDED ? elf_strptr (elf, header->sh_link, entry.d_un.d_val) : NULL;
    if (name != NULL)
      check_library (program, name);
  }
}

static void
read_symbols (Elf *elf, const GElf_Shdr *header, Elf_Data *data, ProfProgram *program)
{
  for (size_t i = 0; i < get_n_entries (header, data); i++) {
    GElf_Sym symbol;
    if (gelf_getsym (data, (int)i, &symbol) == NULL)
      return;
    const char *name = elf_strptr (elf, header->sh_link, symbol.st_name);
    if (name != NULL)
      check_symbol (program, name);
  }
}

static void
read_sections (Elf *elf, ProfProgram *program)
{
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    GElf_Shdr header;
    if (gelf_getshdr (section, &header) == NULL
        || (header.sh_type != SHT_DYNAMIC && header.sh_type != SHT_DYNSYM))
      continue;
    Elf_Data *data = elf_getdata (section, NULL);
    if (data != NULL && header.sh_type == SHT_DYNAMIC)
      read_needed (elf, &header, data, program);
    else if (data != NULL)
      read_symbols (elf, &header, data, program);
  }
}

int
prof_program_read (int fd, ProfProgram *ret)
{
  *ret = (ProfProgram){ 0 };
  if (elf_version (EV_CURRENT) == EV_NONE)
    return -ENOTSUP;
  Elf *elf = elf_begin (fd, ELF_C_READ, NULL);
  if (elf == NULL)
    return -ENOMEM;
  GElf_Ehdr header;
  if (elf_kind (elf) == ELF_K_ELF && gelf_getehdr (elf, &header) != NULL) {
    ret->is_elf = true;
    ret->is_64 = header.e_ident[EI_CLASS] == ELFCLASS64;
    ret->machine = header.e_machine;
    ret->has_interpreter = has_interpreter (elf);
    read_sections (elf, ret);
  }
  elf_end (elf);
  return 0;
}
