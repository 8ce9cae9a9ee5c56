/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdio.h>

#include "symbol/elf-section.h"
#include "symbol/sym-elf.h"

enum { STUB_ALIGNMENT = 8, JUMP_BYTES = 6, MAX_NAME_BYTES = 4096 };

/* Which function's address the dynamic linker writes where. */
typedef struct {
  uint64_t address;
  const char *name;
} Slot;

typedef PROF_VEC (Slot) Slots;

static int
compare (const void *pa, const void *pb)
{
  const Slot *a = pa, *b = pb;
  return a->address < b->address ? -1 : a->address > b->address;
}

static int
read_slots (Elf *elf, const char *section_name, Elf_Data *symbols, size_t names_index, Slots *slots)
{
  GElf_Shdr header;
  Elf_Scn *section = prof_elf_find_section (elf, section_name, &header);
  Elf_Data *relocations
      = section != NULL && header.sh_type == SHT_RELA ? elf_getdata (section, NULL) : NULL;
  if (relocations == NULL)
    return 0;
  GElf_Rela relocation;
  for (int i = 0; gelf_getrela (relocations, i, &relocation) != NULL; i++) {
    GElf_Sym symbol;
    GElf_Xword type = GELF_R_TYPE (relocation.r_info);
    if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT)
        || gelf_getsym (symbols, (int)GELF_R_SYM (relocation.r_info), &symbol) == NULL)
      continue;
    const char *name = prof_elf_get_string (elf, names_index, symbol.st_name);
    if (name[0] != '\0' && prof_vec_push (slots, (Slot){ relocation.r_offset, name }) < 0)
      return -ENOMEM;
  }
  return 0;
}

/* A stub jumps through its slot: "jmp *offset(%rip)", perhaps after an "endbr64" and with a "bnd"
 * prefix. 0: no such jump. */
static uint64_t
find_slot_address (const uint8_t *stub, size_t n_bytes, uint64_t address)
{
  static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
  size_t at = 0;
  if (n_bytes > sizeof endbr64 && memcmp (stub, endbr64, sizeof endbr64) == 0)
    at += sizeof endbr64;
  if (at < n_bytes && stub[at] == 0xf2)
    at++;
  if (n_bytes - at < JUMP_BYTES || stub[at] != 0xff || stub[at + 1] != 0x25)
    return 0;
  int32_t offset;
  memcpy (&offset, stub + at + 2, sizeof offset);
  return address + at + JUMP_BYTES + (uint64_t)(int64_t)offset;
}

static int
add_stub (
    ProfElfSymbols *symbols, ProfNames *names, const char *name, uint64_t start, uint64_t limit)
{
  char text[MAX_NAME_BYTES];
  int n = snprintf (text, sizeof text, "%s@plt", name);
  if (n < 0 || n >= (int)sizeof text)
    return 0;
  const char *kept = prof_names_intern (names, text);
  ProfElfSymbol symbol = { .start = start, .limit = limit, .name = kept };
  return kept != NULL && prof_vec_push (&symbols->symbols, symbol) == 0 ? 1 : -ENOMEM;
}

/* The stubs are 8 or 16 bytes long; each reaches to the next, as a symbol without a size does. */
static int
add_stubs (ProfElfSymbols *symbols,
           Elf *elf,
           const char *section_name,
           const Slots *slots,
           ProfNames *names)
{
  GElf_Shdr header;
  Elf_Scn *section = prof_elf_find_section (elf, section_name, &header);
  const Elf_Data *code
      = section != NULL && header.sh_type == SHT_PROGBITS ? elf_getdata (section, NULL) : NULL;
  int n_added = 0;
  for (size_t i = 0; code != NULL && i < code->d_size; i += STUB_ALIGNMENT) {
    uint64_t start = header.sh_addr + i;
    Slot key = { .address
                 = find_slot_address ((const uint8_t *)code->d_buf + i, code->d_size - i, start) };
    const Slot *slot = bsearch (&key, slots->items, slots->n, sizeof key, compare);
    int r = slot == NULL
                ? 0
                : add_stub (symbols, names, slot->name, start, header.sh_addr + header.sh_size);
    if (r < 0)
      return r;
    n_added += r;
  }
  return n_added;
}

static int
add_all (ProfElfSymbols *symbols, Elf *elf, const Slots *slots, ProfNames *names)
{
  static const char *const sections[] = { ".plt", ".plt.sec", ".plt.got" };
  int n_added = 0;
  for (size_t i = 0; i < sizeof sections / sizeof *sections && slots->n > 0; i++) {
    int r = add_stubs (symbols, elf, sections[i], slots, names);
    if (r < 0)
      return r;
    n_added += r;
  }
  return n_added;
}

int
prof_elf_symbols_add_plt (ProfElfSymbols *symbols, Elf *elf, ProfNames *names)
{
  GElf_Ehdr elf_header;
  GElf_Shdr header;
  Elf_Scn *section = prof_elf_find_type (elf, SHT_DYNSYM, &header);
  Elf_Data *dynamic = section != NULL ? elf_getdata (section, NULL) : NULL;
  if (dynamic == NULL || gelf_getehdr (elf, &elf_header) == NULL
      || elf_header.e_machine != EM_X86_64)
    return 0;
  Slots slots = { 0 };
  int r = read_slots (elf, ".rela.plt", dynamic, header.sh_link, &slots);
  if (r == 0)
    r = read_slots (elf, ".rela.dyn", dynamic, header.sh_link, &slots);
  if (slots.n > 0)
    qsort (slots.items, slots.n, sizeof *slots.items, compare);
  if (r == 0)
    r = add_all (symbols, elf, &slots, names);
  prof_vec_clear (&slots);
  return r;
}
