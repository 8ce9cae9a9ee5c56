/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/cfi.h"

#include <elfutils/libdw.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "unwind/cfi-check.h"
#include "unwind/unwind-rule.h"

/* More than any compiler writes; the section is copied to the heap. */
enum { MAX_SECTION_BYTES = 256 << 20 };

struct ProfCfi {
  const ProfRegisterMap *map;
  Elf *elf; /* its descriptor is not read again once the sections are */
  Dwarf_CFI *rows;
  size_t n_bytes; /* of the sections */
};

PROF_DEFINE_CLEANUP (ProfCfi *, prof_cfi_free)

ProfCfi *
prof_cfi_free (ProfCfi *cfi)
{
  if (cfi == NULL)
    return NULL;
  if (cfi->rows != NULL)
    dwarf_cfi_end (cfi->rows);
  elf_end (cfi->elf);
  free (cfi);
  return NULL;
}

/* The section called `name`; libdw looks it up by name too, so there may be only one. -ENOENT:
 * there is none. */
static int
read_section (Elf *elf, const char *name, ProfSection *ret)
{
  size_t names;
  *ret = (ProfSection){ 0 };
  if (elf_getshdrstrndx (elf, &names) != 0)
    return -EBADMSG;
  for (Elf_Scn *section = NULL; (section = elf_nextscn (elf, section)) != NULL;) {
    GElf_Shdr header;
    const char *its_name = NULL;
    if (gelf_getshdr (section, &header) != NULL)
      its_name = elf_strptr (elf, names, header.sh_name);
    if (its_name == NULL || strcmp (its_name, name) != 0 || header.sh_type == SHT_NOBITS)
      continue;
    if (ret->bytes != NULL || header.sh_size > MAX_SECTION_BYTES)
      return -EBADMSG;
    const Elf_Data *content = elf_rawdata (section, NULL);
    if (content == NULL || content->d_buf == NULL)
      return -EBADMSG;
    *ret = (ProfSection){ content->d_buf, content->d_size, header.sh_addr };
  }
  return ret->bytes != NULL ? 0 : -ENOENT;
}

static bool
is_usable (const ProfRegisterMap *map, Elf *elf, size_t *ret_n_bytes)
{
  const Elf64_Ehdr *header = elf64_getehdr (elf);
  ProfSection eh_frame, eh_frame_hdr;
  if (header == NULL || header->e_machine != map->elf_machine
      || header->e_ident[EI_DATA] != ELFDATA2LSB || read_section (elf, ".eh_frame", &eh_frame) < 0)
    return false;
  int r = read_section (elf, ".eh_frame_hdr", &eh_frame_hdr);
  *ret_n_bytes = eh_frame.n_bytes + eh_frame_hdr.n_bytes;
  return (r == 0 || r == -ENOENT) && prof_cfi_is_sound (&eh_frame, &eh_frame_hdr);
}

int
prof_cfi_new (const ProfRegisterMap *map, const ProfModule *module, ProfCfi **ret)
{
  cleanup (prof_cfi_free) ProfCfi *cfi = calloc (1, sizeof *cfi);
  if (cfi == NULL)
    return -ENOMEM;
  cfi->map = map;
  cfi->elf = prof_module_open_elf (module);
  if (cfi->elf == NULL || !is_usable (map, cfi->elf, &cfi->n_bytes))
    return -ENODATA;
  cfi->rows = dwarf_getcfi_elf (cfi->elf);
  if (cfi->rows == NULL)
    return -ENODATA;
  *ret = steal (&cfi);
  return 0;
}

size_t
prof_cfi_get_bytes (const ProfCfi *cfi)
{
  return cfi->n_bytes;
}

ProfRule
prof_cfi_get_rule (ProfCfi *cfi, uint64_t vaddr)
{
  Dwarf_Frame *frame;
  if (dwarf_cfi_addrframe (cfi->rows, vaddr, &frame) != 0)
    return (ProfRule){ .kind = PROF_RULE_NONE };
  ProfRule rule = prof_rule_compile (cfi->map, frame);
  free (frame);
  return rule;
}

bool
prof_cfi_step (ProfCfi *cfi,
               uint64_t vaddr,
               const ProfStackSlice *slice,
               ProfUnwindRegisters *registers)
{
  Dwarf_Frame *frame;
  if (dwarf_cfi_addrframe (cfi->rows, vaddr, &frame) != 0)
    return false;
  bool has_stepped = prof_frame_step (cfi->map, frame, slice, registers);
  free (frame);
  return has_stepped;
}
