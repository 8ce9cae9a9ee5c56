/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-elf.h"

#include "symbol/alias.h"
#include "symbol/elf-section.h"

/* A file's functions are numbered with 32 bits; a browser has a million. */
#define MAX_SYMBOLS ((size_t)1 << 28)

enum {
  RANK_GLOBAL = 1,
  RANK_DEFAULT_VERSION = 2, /* of several versions of a name the one that is linked to now */
  RANK_FUNCTION = 4,
};

/* One symbol table with what its symbols refer to. */
typedef struct {
  Elf *elf;
  Elf_Data *symbols, *versions;
  size_t n_symbols, names_index;
  PROF_VEC (struct {
    uint64_t end;
    bool is_code;
  })
  sections;
} Table;

static int
read_sections (Table *table)
{
  size_t n;
  if (elf_getshdrnum (table->elf, &n) < 0)
    return 0;
  if (prof_vec_reserve (&table->sections, n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++) {
    GElf_Shdr header = { 0 };
    Elf_Scn *section = elf_getscn (table->elf, i);
    if (section == NULL || gelf_getshdr (section, &header) == NULL)
      header = (GElf_Shdr){ 0 };
    table->sections.items[i].end = header.sh_addr + header.sh_size;
    table->sections.items[i].is_code = (header.sh_flags & SHF_EXECINSTR) != 0;
  }
  table->sections.n = n;
  return 0;
}

/* Of symbols without a type only labels in code are functions (of assembly), and not those that
 * mark the kind of what follows ("$x"). */
static bool
is_function (const Table *table, const GElf_Sym *symbol, const char *name)
{
  unsigned type = GELF_ST_TYPE (symbol->st_info);
  if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS || name[0] == '\0')
    return false;
  if (type == STT_FUNC || type == STT_GNU_IFUNC)
    return true;
  return type == STT_NOTYPE && symbol->st_shndx < table->sections.n
         && table->sections.items[symbol->st_shndx].is_code && name[0] != '$' && name[0] != '.';
}

static unsigned
rank (const Table *table, const GElf_Sym *symbol, size_t i)
{
  GElf_Versym version;
  bool is_hidden = table->versions != NULL
                   && gelf_getversym (table->versions, (int)i, &version) != NULL
                   && (version & 0x8000) != 0;
  unsigned rank = 0;
  if (GELF_ST_BIND (symbol->st_info) != STB_LOCAL)
    rank |= RANK_GLOBAL;
  if (!is_hidden)
    rank |= RANK_DEFAULT_VERSION;
  if (GELF_ST_TYPE (symbol->st_info) != STT_NOTYPE)
    rank |= RANK_FUNCTION;
  return rank;
}

static int
add_symbols (ProfElfSymbols *symbols, const Table *table)
{
  int n_added = 0;
  for (size_t i = 0; i < table->n_symbols && symbols->symbols.n < MAX_SYMBOLS; i++) {
    GElf_Sym symbol;
    if (gelf_getsym (table->symbols, (int)i, &symbol) == NULL)
      break;
    const char *name = prof_elf_get_string (table->elf, table->names_index, symbol.st_name);
    if (!is_function (table, &symbol, name))
      continue;
    bool has_section = symbol.st_shndx < table->sections.n;
    ProfElfSymbol added = {
      .start = symbol.st_value,
      .size = symbol.st_size,
      .has_size = symbol.st_size > 0,
      .limit = has_section ? table->sections.items[symbol.st_shndx].end : symbol.st_value + 1,
      .name = name,
      .rank = rank (table, &symbol, i),
    };
    if (prof_vec_push (&symbols->symbols, added) < 0)
      return -ENOMEM;
    n_added++;
  }
  return n_added;
}

int
prof_elf_symbols_add_table (ProfElfSymbols *symbols, Elf *elf, unsigned type)
{
  GElf_Shdr header, versions_header;
  Table table = { .elf = elf };
  Elf_Scn *section = prof_elf_find_type (elf, type, &header);
  if (section == NULL || (table.symbols = elf_getdata (section, NULL)) == NULL)
    return 0;
  table.names_index = header.sh_link;
  size_t symbol_size = gelf_fsize (elf, ELF_T_SYM, 1, EV_CURRENT);
  table.n_symbols = symbol_size > 0 ? table.symbols->d_size / symbol_size : 0;
  Elf_Scn *versions
      = type == SHT_DYNSYM ? prof_elf_find_type (elf, SHT_GNU_versym, &versions_header) : NULL;
  if (versions != NULL)
    table.versions = elf_getdata (versions, NULL);
  int r = read_sections (&table);
  if (r == 0)
    r = add_symbols (symbols, &table);
  prof_vec_clear (&table.sections);
  return r;
}

/* By address; of several at one address the best goes last. */
static int
compare (const void *pa, const void *pb)
{
  const ProfElfSymbol *a = pa, *b = pb;
  if (a->start != b->start)
    return a->start < b->start ? -1 : 1;
  if (a->rank != b->rank)
    return a->rank < b->rank ? -1 : 1;
  return prof_compare_aliases (a->name, b->name);
}

/* Symbols of assembly often have no size: they reach to the next symbol of their section. */
static void
give_sizes (ProfElfSymbols *symbols)
{
  uint64_t next = UINT64_MAX;
  for (size_t i = symbols->symbols.n; i-- > 0;) {
    ProfElfSymbol *symbol = &symbols->symbols.items[i];
    if (i + 1 < symbols->symbols.n && symbol[1].start != symbol->start)
      next = symbol[1].start;
    uint64_t end = next < symbol->limit ? next : symbol->limit;
    if (!symbol->has_size && end > symbol->start)
      symbol->size = end - symbol->start;
  }
}

/* Those without a size of their own first, so that a label within a function does not cut it. */
static int
add_ranges (ProfElfSymbols *symbols, bool has_size)
{
  for (size_t i = 0; i < symbols->symbols.n; i++) {
    const ProfElfSymbol *symbol = &symbols->symbols.items[i];
    if (symbol->has_size != has_size || symbol->size > UINT64_MAX - symbol->start)
      continue;
    int r = prof_range_map_add (&symbols->map, symbol->start, symbol->start + symbol->size,
                                (uint32_t)i);
    if (r < 0)
      return r;
  }
  return 0;
}

int
prof_elf_symbols_finish_adding (ProfElfSymbols *symbols)
{
  if (symbols->symbols.n == 0)
    return 0;
  qsort (symbols->symbols.items, symbols->symbols.n, sizeof *symbols->symbols.items, compare);
  give_sizes (symbols);
  int r = add_ranges (symbols, false);
  if (r == 0)
    r = add_ranges (symbols, true);
  return r < 0 ? r : prof_range_map_finish (&symbols->map);
}

const ProfElfSymbol *
prof_elf_symbols_find (const ProfElfSymbols *symbols, uint64_t address)
{
  uint32_t number = prof_range_map_find (&symbols->map, address);
  return number != PROF_RANGE_NONE ? &symbols->symbols.items[number] : NULL;
}

void
prof_elf_symbols_cut (const ProfElfSymbols *symbols, uint64_t address, ProfExtent *extent)
{
  prof_range_map_cut (&symbols->map, address, extent);
}

void
prof_elf_symbols_finish (ProfElfSymbols *symbols)
{
  prof_vec_clear (&symbols->symbols);
  prof_vec_clear (&symbols->map.ranges);
}
