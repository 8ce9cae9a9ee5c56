/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/build-id.h"
#include "elf/module.h"

/* The kernel loads no file with more (it wants the table within 64 KiB). */
enum { MAX_PROGRAM_HEADERS = 65536 / sizeof (Elf64_Phdr), MAX_NOTE_BYTES = 65536 };

static Elf64_Ehdr
widen_header (const Elf32_Ehdr *header)
{
  return (Elf64_Ehdr){
    .e_machine = header->e_machine,
    .e_phoff = header->e_phoff,
    .e_phentsize = header->e_phentsize,
    .e_phnum = header->e_phnum,
  };
}

static Elf64_Phdr
widen_program_header (const Elf32_Phdr *header)
{
  return (Elf64_Phdr){
    .p_type = header->p_type,
    .p_flags = header->p_flags,
    .p_offset = header->p_offset,
    .p_vaddr = header->p_vaddr,
    .p_filesz = header->p_filesz,
    .p_align = header->p_align,
  };
}

static bool
read_header (const ProfModule *module, Elf64_Ehdr *ret, bool *ret_is_64)
{
  union {
    unsigned char ident[EI_NIDENT];
    Elf32_Ehdr narrow;
    Elf64_Ehdr wide;
  } header;
  if (!prof_module_read (module, 0, &header, EI_NIDENT)
      || memcmp (header.ident, ELFMAG, SELFMAG) != 0 || header.ident[EI_DATA] != ELFDATA2LSB)
    return false;
  *ret_is_64 = header.ident[EI_CLASS] == ELFCLASS64;
  if (!*ret_is_64 && header.ident[EI_CLASS] != ELFCLASS32)
    return false;
  if (!prof_module_read (module, 0, &header,
                         *ret_is_64 ? sizeof header.wide : sizeof header.narrow))
    return false;
  *ret = *ret_is_64 ? header.wide : widen_header (&header.narrow);
  size_t entry_size = *ret_is_64 ? sizeof (Elf64_Phdr) : sizeof (Elf32_Phdr);
  return ret->e_phnum <= MAX_PROGRAM_HEADERS
         && (ret->e_phnum == 0 || ret->e_phentsize == entry_size);
}

static bool
read_program_header (
    const ProfModule *module, const Elf64_Ehdr *header, bool is_64, size_t i, Elf64_Phdr *ret)
{
  uint64_t offset;
  if (__builtin_add_overflow (header->e_phoff, i * header->e_phentsize, &offset))
    return false;
  if (is_64)
    return prof_module_read (module, offset, ret, sizeof *ret);
  Elf32_Phdr narrow;
  if (!prof_module_read (module, offset, &narrow, sizeof narrow))
    return false;
  *ret = widen_program_header (&narrow);
  return true;
}

static int
add_segment (ProfModule *module, const Elf64_Phdr *header)
{
  uint64_t end;
  if (__builtin_add_overflow (header->p_offset, header->p_filesz, &end)
      || __builtin_add_overflow (header->p_vaddr, header->p_filesz, &end))
    return -EBADMSG;
  return prof_vec_push (&module->segments, (ProfSegment){
                                               .offset = header->p_offset,
                                               .vaddr = header->p_vaddr,
                                               .n_file_bytes = header->p_filesz,
                                               .is_executable = (header->p_flags & PF_X) != 0,
                                           });
}

/* Notes that cannot be read leave the module without a build ID, no more. */
static int
read_notes (ProfModule *module, const Elf64_Phdr *header)
{
  if (module->build_id != NULL || header->p_filesz == 0 || header->p_filesz > MAX_NOTE_BYTES)
    return 0;
  size_t n_bytes = header->p_filesz;
  cleanup (prof_free) uint8_t *notes = malloc (n_bytes);
  if (notes == NULL)
    return -ENOMEM;
  if (!prof_module_read (module, header->p_offset, notes, n_bytes))
    return 0;
  return prof_build_id_find (notes, n_bytes, header->p_align == 8 ? 8 : 4, &module->build_id);
}

int
prof_module_read_elf (ProfModule *module)
{
  Elf64_Ehdr header;
  bool is_64;
  if (!read_header (module, &header, &is_64))
    return -EBADMSG;
  for (size_t i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr program_header;
    if (!read_program_header (module, &header, is_64, i, &program_header))
      return -EBADMSG;
    int r = 0;
    if (program_header.p_type == PT_LOAD)
      r = add_segment (module, &program_header);
    else if (program_header.p_type == PT_NOTE)
      r = read_notes (module, &program_header);
    if (r < 0)
      return r;
  }
  module->machine = header.e_machine;
  module->entry = header.e_entry;
  return 0;
}
