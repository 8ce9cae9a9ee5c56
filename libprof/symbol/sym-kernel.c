/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-kernel.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/sort.h"
#include "symbol/alias.h"

#define MAX_NAMES_BYTES ((size_t)256 << 20)
#define PAGE_BYTES 4096u

/* The kernel gives a page at a time. */
enum { CHUNK_BYTES = 8192 };

/* ---- reading ---- */

/* The value of a hexadecimal digit; 16 for anything else. */
static unsigned
get_digit (char c)
{
  if (c >= '0' && c <= '9')
    return (unsigned)(c - '0');
  return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* "name\t[module]" becomes "name [module]". */
static int
add_name (ProfKernelSymbols *symbols, const char *name, const char *end)
{
  size_t n = (size_t)(end - name);
  if (prof_vec_reserve (&symbols->names, n + 1) < 0)
    return -ENOMEM;
  char *copy = memcpy (symbols->names.items + symbols->names.n, name, n);
  copy[n] = '\0';
  char *tab = memchr (copy, '\t', n);
  if (tab != NULL)
    *tab = ' ';
  symbols->names.n += n + 1;
  return symbols->names.n <= MAX_NAMES_BYTES ? 0 : -EFBIG;
}

/* "ffffffffc0a01000 t name\t[module]" */
static int
add_line (ProfKernelSymbols *symbols, const char *line, const char *end)
{
  const char *at = line;
  uint64_t address = 0;
  for (unsigned digit; at < end && (digit = get_digit (*at)) < 16; at++)
    address = address << 4 | digit;
  if (address == 0 || end - at < 4 || at[0] != ' ' || !isalpha ((unsigned char)at[1])
      || at[2] != ' ')
    return 0;
  ProfKernelSymbol row = { address, (uint32_t)symbols->names.n, at[1] };
  int r = prof_vec_push (&symbols->rows, row);
  return r < 0 ? r : add_name (symbols, at + 3, end);
}

int
prof_kernel_symbols_add (ProfKernelSymbols *symbols,
                         const char *text,
                         size_t n_bytes,
                         size_t *ret_n_bytes)
{
  const char *line = text, *text_end = text + n_bytes, *end;
  int r = 0;
  for (; r == 0 && (end = memchr (line, '\n', (size_t)(text_end - line))) != NULL; line = end + 1)
    r = add_line (symbols, line, end);
  *ret_n_bytes = (size_t)(line - text);
  return r;
}

static int
compare (const void *pa, const void *pb)
{
  const ProfKernelSymbol *a = pa, *b = pb;
  return a->address < b->address ? -1 : a->address > b->address;
}

void
prof_kernel_symbols_finish_adding (ProfKernelSymbols *symbols)
{
  prof_sort (symbols->rows.items, symbols->rows.n, sizeof *symbols->rows.items, compare);
}

static int
read_all (ProfKernelSymbols *symbols, int fd)
{
  char text[CHUNK_BYTES];
  size_t n_bytes = 0, n_used;
  for (;;) {
    ssize_t n = read (fd, text + n_bytes, sizeof text - n_bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? -errno : 0;
    n_bytes += (size_t)n;
    int r = prof_kernel_symbols_add (symbols, text, n_bytes, &n_used);
    if (r < 0)
      return r;
    n_bytes -= n_used;
    memmove (text, text + n_used, n_bytes);
  }
}

int
prof_kernel_symbols_read_fd (ProfKernelSymbols *symbols, int fd)
{
  if (lseek (fd, 0, SEEK_SET) < 0)
    return -errno;
  int r = read_all (symbols, fd);
  prof_kernel_symbols_finish_adding (symbols);
  return r;
}

int
prof_kernel_symbols_read (ProfKernelSymbols *symbols)
{
  cleanup (prof_close) int fd = open ("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
  return fd < 0 ? -errno : prof_kernel_symbols_read_fd (symbols, fd);
}

void
prof_kernel_symbols_finish (ProfKernelSymbols *symbols)
{
  if (symbols->image == NULL) {
    prof_vec_clear (&symbols->rows);
    prof_vec_clear (&symbols->names);
  }
  free (symbols->image);
  *symbols = (ProfKernelSymbols){ 0 };
}

/* ---- finding ---- */

static const char *
get_name (const ProfKernelSymbols *symbols, const ProfKernelSymbol *row)
{
  return symbols->names.items + row->name;
}

/* "[module]", or "". */
static const char *
get_module (const ProfKernelSymbols *symbols, const ProfKernelSymbol *row)
{
  const char *space = strchr (get_name (symbols, row), ' ');
  return space != NULL ? space : "";
}

static bool
is_code (const ProfKernelSymbols *symbols, const ProfKernelSymbol *row)
{
  return strchr ("tTwW", row->type) != NULL && get_name (symbols, row)[0] != '$';
}

static bool
is_better (const ProfKernelSymbols *symbols, const ProfKernelSymbol *a, const ProfKernelSymbol *b)
{
  bool is_global_a = isupper ((unsigned char)a->type),
       is_global_b = isupper ((unsigned char)b->type);
  if (is_global_a != is_global_b)
    return is_global_a;
  return prof_compare_aliases (get_name (symbols, a), get_name (symbols, b)) > 0;
}

/* The number of the first row above an address. */
static size_t
find_above (const ProfKernelSymbols *symbols, uint64_t address)
{
  size_t low = 0, high = symbols->rows.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (symbols->rows.items[middle].address <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The kernel gives no sizes: a function reaches to the next symbol, of code or data, but the last
 * one of the kernel or a module only to the end of its page. */
static bool
reaches (const ProfKernelSymbols *symbols,
         const ProfKernelSymbol *row,
         size_t above,
         uint64_t address)
{
  if ((row->address | (PAGE_BYTES - 1)) >= address)
    return true;
  return above < symbols->rows.n
         && strcmp (get_module (symbols, row), get_module (symbols, &symbols->rows.items[above]))
                == 0;
}

const char *
prof_kernel_symbols_find (const ProfKernelSymbols *symbols, uint64_t address)
{
  const ProfKernelSymbol *best = NULL, *rows = symbols->rows.items;
  size_t above = find_above (symbols, address);
  for (size_t i = above; i-- > 0 && rows[i].address == rows[above - 1].address;)
    if (is_code (symbols, &rows[i]) && (best == NULL || is_better (symbols, &rows[i], best)))
      best = &rows[i];
  return best != NULL && reaches (symbols, best, above, address) ? get_name (symbols, best) : NULL;
}
