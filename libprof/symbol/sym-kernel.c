/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-kernel.h"

#include <ctype.h>
#include <stdbool.h>

#include "base/read-file.h"
#include "base/sort.h"
#include "symbol/alias.h"

#define MAX_TEXT_BYTES ((size_t)256 << 20)
#define PAGE_BYTES 4096u

typedef struct {
  uint64_t address;
  const char *name;   /* with its module */
  const char *module; /* "[name]", or "" */
  char type;
} Row;

typedef PROF_VEC (Row) Rows;

/* Cuts "ffffffffc0a01000 t name\t[module]" into its parts, with the name and module as one. */
static bool
parse_line (char *line, Row *ret)
{
  char *end;
  uint64_t address = strtoull (line, &end, 16);
  if (end == line || end[0] != ' ' || !isalpha ((unsigned char)end[1]) || end[2] != ' '
      || end[3] == '\0')
    return false;
  char *name = end + 3, *tab = strchr (name, '\t');
  if (tab != NULL)
    *tab = ' ';
  *ret = (Row){ address, name, tab != NULL ? tab + 1 : "", end[1] };
  return true;
}

static int
parse (char *text, Rows *ret)
{
  for (char *line = text, *next; line != NULL; line = next) {
    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    Row row;
    if (parse_line (line, &row) && row.address != 0 && prof_vec_push (ret, row) < 0)
      return -ENOMEM;
  }
  return 0;
}

static bool
is_code (const Row *row)
{
  return strchr ("tTwW", row->type) != NULL && row->name[0] != '$';
}

/* By address; of several names the best goes last. */
static int
compare (const void *pa, const void *pb)
{
  const Row *a = pa, *b = pb;
  if (a->address != b->address)
    return a->address < b->address ? -1 : 1;
  bool is_global_a = isupper ((unsigned char)a->type),
       is_global_b = isupper ((unsigned char)b->type);
  if (is_global_a != is_global_b)
    return is_global_a ? 1 : -1;
  return prof_compare_aliases (a->name, b->name);
}

/* The kernel gives no sizes: a function reaches to the next symbol, of code or data, but the last
 * one of the kernel or a module only to the end of its page. */
static uint64_t
find_end (const Row *row, const Row *next)
{
  uint64_t page_end = (row->address | (PAGE_BYTES - 1)) + 1;
  if (page_end == 0)
    page_end = UINT64_MAX;
  if (next == NULL)
    return page_end;
  bool same = strcmp (row->module, next->module) == 0;
  return same || next->address < page_end ? next->address : page_end;
}

static int
fill (ProfKernelSymbols *symbols, const Rows *rows)
{
  const Row *next = NULL;
  PROF_VEC (uint64_t) ends = { 0 };
  if (prof_vec_reserve (&ends, rows->n) < 0)
    return -ENOMEM;
  for (size_t i = rows->n; i-- > 0;) {
    const Row *row = &rows->items[i];
    if (i + 1 < rows->n && row[1].address != row->address)
      next = row + 1;
    ends.items[i] = find_end (row, next);
  }
  int r = 0;
  for (size_t i = 0; i < rows->n && r == 0; i++) {
    const Row *row = &rows->items[i];
    bool has_better = i + 1 < rows->n && row[1].address == row->address && is_code (&row[1]);
    if (is_code (row) && !has_better)
      r = prof_range_map_add (&symbols->map, row->address, ends.items[i],
                              (uint32_t)(row->name - symbols->text));
  }
  prof_vec_clear (&ends);
  return r < 0 ? r : prof_range_map_finish (&symbols->map);
}

int
prof_kernel_symbols_parse (ProfKernelSymbols *symbols, char *text, size_t n_bytes)
{
  symbols->text = text;
  Rows rows = { 0 };
  int r = n_bytes > MAX_TEXT_BYTES ? -EFBIG : parse (text, &rows);
  if (r == 0 && rows.n > 0) {
    prof_sort (rows.items, rows.n, sizeof *rows.items, compare);
    r = fill (symbols, &rows);
  }
  prof_vec_clear (&rows);
  return r;
}

int
prof_kernel_symbols_read (ProfKernelSymbols *symbols)
{
  char *text;
  size_t n_bytes;
  int r = prof_read_file ("/proc/kallsyms", MAX_TEXT_BYTES, &text, &n_bytes);
  return r < 0 ? r : prof_kernel_symbols_parse (symbols, text, n_bytes);
}

void
prof_kernel_symbols_finish (ProfKernelSymbols *symbols)
{
  free (symbols->text);
  prof_vec_clear (&symbols->map.ranges);
  *symbols = (ProfKernelSymbols){ 0 };
}

const char *
prof_kernel_symbols_find (const ProfKernelSymbols *symbols, uint64_t address)
{
  uint32_t offset = prof_range_map_find (&symbols->map, address);
  return offset != PROF_RANGE_NONE ? symbols->text + offset : NULL;
}
