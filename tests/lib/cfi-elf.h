/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <dwarf.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "elf/module.h"

/* The smallest ELF image with an .eh_frame at CFI_ELF_VADDR and, unless it is empty, an
 * .eh_frame_hdr 1 MiB above. */

enum { CFI_ELF_VADDR = 0x200000, CFI_ELF_HDR_VADDR = 0x300000 };

typedef struct {
  Elf64_Ehdr header;
  Elf64_Phdr program_header;
  Elf64_Shdr sections[4];
  char names[40];
} CfiElfStart;

static inline CfiElfStart
cfi_elf_start (uint16_t machine, size_t n_eh_frame, size_t n_hdr)
{
  size_t n_start = sizeof (CfiElfStart);
  return (CfiElfStart){
    .header = {
      .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
      .e_type = ET_DYN,
      .e_machine = machine,
      .e_version = EV_CURRENT,
      .e_phoff = offsetof (CfiElfStart, program_header),
      .e_shoff = offsetof (CfiElfStart, sections),
      .e_ehsize = sizeof (Elf64_Ehdr),
      .e_phentsize = sizeof (Elf64_Phdr),
      .e_phnum = 1,
      .e_shentsize = sizeof (Elf64_Shdr),
      .e_shnum = n_hdr > 0 ? 4 : 3,
      .e_shstrndx = 1,
    },
    .program_header = { .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 0x100000 },
    .sections = {
      { 0 },
      { .sh_name = 1, .sh_type = SHT_STRTAB, .sh_offset = offsetof (CfiElfStart, names),
        .sh_size = sizeof ((CfiElfStart *)NULL)->names },
      { .sh_name = 11, .sh_type = SHT_PROGBITS, .sh_addr = CFI_ELF_VADDR, .sh_offset = n_start,
        .sh_size = n_eh_frame },
      { .sh_name = 21, .sh_type = SHT_PROGBITS, .sh_addr = CFI_ELF_HDR_VADDR,
        .sh_offset = n_start + n_eh_frame, .sh_size = n_hdr },
    },
    .names = "\0.shstrtab\0.eh_frame\0.eh_frame_hdr",
  };
}

/* A module with just this image, to be unreferenced. */
static inline ProfModule *
cfi_elf_new_module (
    uint16_t machine, const uint8_t *eh_frame, size_t n_eh_frame, const uint8_t *hdr, size_t n_hdr)
{
  CfiElfStart start = cfi_elf_start (machine, n_eh_frame, n_hdr);
  ProfModule *module = calloc (1, sizeof *module);
  uint8_t *image = malloc (sizeof start + n_eh_frame + n_hdr);
  if (module == NULL || image == NULL)
    abort ();
  memcpy (image, &start, sizeof start);
  if (n_eh_frame > 0)
    memcpy (image + sizeof start, eh_frame, n_eh_frame);
  if (n_hdr > 0)
    memcpy (image + sizeof start + n_eh_frame, hdr, n_hdr);
  *module = (ProfModule){ .n_refs = 1,
                          .kind = PROF_MODULE_VDSO,
                          .fd = -1,
                          .image = image,
                          .n_image_bytes = sizeof start + n_eh_frame + n_hdr };
  prof_module_read_elf (module);
  return module;
}

/* One CIE with augmentation "zR" (pcrel, sdata4), and one FDE for [0x1000, 0x1100). */
typedef struct {
  uint8_t bytes[256];
  size_t n;
} EhFrame;

enum { FDE_START = 0x1000, FDE_BYTES = 0x100 };

static inline void
eh_frame_put_u32 (EhFrame *section, uint32_t value)
{
  memcpy (section->bytes + section->n, &value, 4);
  section->n += 4;
}

static inline void
eh_frame_put (EhFrame *section, const uint8_t *bytes, size_t n)
{
  if (n > 0)
    memcpy (section->bytes + section->n, bytes, n);
  section->n += n;
}

static inline void
eh_frame_end_entry (EhFrame *section, size_t start)
{
  while (section->n % 4 != 0)
    section->bytes[section->n++] = DW_CFA_nop;
  uint32_t length = (uint32_t)(section->n - start - 4);
  memcpy (section->bytes + start, &length, 4);
}

static inline EhFrame
make_eh_frame (const char *augmentation,
               uint8_t ra_register,
               const uint8_t *initial,
               size_t n_initial,
               const uint8_t *program,
               size_t n_program)
{
  EhFrame section = { .n = 4 };
  eh_frame_put_u32 (&section, 0);
  eh_frame_put (&section, (const uint8_t[]){ 1 }, 1);
  eh_frame_put (&section, (const uint8_t *)augmentation, strlen (augmentation) + 1);
  eh_frame_put (&section, (const uint8_t[]){ 1, 0x78, ra_register, 1, 0x1b },
                5); /* data align -8 */
  eh_frame_put (&section, initial, n_initial);
  eh_frame_end_entry (&section, 0);

  size_t start = section.n;
  section.n += 4;
  eh_frame_put_u32 (&section, (uint32_t)section.n);
  eh_frame_put_u32 (&section, (uint32_t)(FDE_START - CFI_ELF_VADDR - section.n));
  eh_frame_put_u32 (&section, FDE_BYTES);
  eh_frame_put (&section, (const uint8_t[]){ 0 }, 1);
  eh_frame_put (&section, program, n_program);
  eh_frame_end_entry (&section, start);
  return section;
}
