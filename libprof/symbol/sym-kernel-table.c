/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdbool.h>

#include "base/cleanup.h"
#include "symbol/sym-kernel.h"

/* The rows and the names follow. */
typedef struct {
  uint64_t n_rows, n_name_bytes;
} Header;

static bool
is_loadable (const ProfKernelSymbols *symbols, const ProfKernelSymbol *row)
{
  return strchr (symbols->names.items + row->name, ' ') != NULL;
}

static void
copy_row (const ProfKernelSymbols *symbols,
          const ProfKernelSymbol *row,
          ProfKernelSymbol *rows,
          char *names,
          Header *header)
{
  const char *name = symbols->names.items + row->name;
  size_t n = strlen (name) + 1;
  rows[header->n_rows] = (ProfKernelSymbol){ 0 };
  rows[header->n_rows].address = row->address;
  rows[header->n_rows].name = (uint32_t)header->n_name_bytes;
  rows[header->n_rows].type = row->type;
  header->n_rows++;
  memcpy (names + header->n_name_bytes, name, n);
  header->n_name_bytes += n;
}

int
prof_kernel_symbols_encode (const ProfKernelSymbols *symbols, char **ret_bytes, size_t *ret_n_bytes)
{
  size_t n_max_row_bytes = symbols->rows.n * sizeof *symbols->rows.items;
  char *bytes = calloc (1, sizeof (Header) + n_max_row_bytes + symbols->names.n);
  if (bytes == NULL)
    return -ENOMEM;
  ProfKernelSymbol *rows = (ProfKernelSymbol *)(bytes + sizeof (Header));
  char *names = (char *)rows + n_max_row_bytes;
  Header header = { 0 };
  prof_vec_foreach (row, &symbols->rows) {
    if (!is_loadable (symbols, row))
      copy_row (symbols, row, rows, names, &header);
  }
  memmove (rows + header.n_rows, names, header.n_name_bytes);
  memcpy (bytes, &header, sizeof header);
  *ret_bytes = bytes;
  *ret_n_bytes = sizeof header + header.n_rows * sizeof *rows + header.n_name_bytes;
  return 0;
}

static bool
has_good_rows (const ProfKernelSymbol *rows, const Header *header)
{
  uint64_t below = 1;
  for (size_t i = 0; i < header->n_rows; i++) {
    if (rows[i].address < below || rows[i].name >= header->n_name_bytes || rows[i].type == '\0')
      return false;
    below = rows[i].address;
  }
  return true;
}

int
prof_kernel_symbols_decode (char *bytes, size_t n_bytes, ProfKernelSymbols *ret)
{
  cleanup (prof_free) char *image = bytes;
  Header header;
  if (n_bytes < sizeof header)
    return -EBADMSG;
  memcpy (&header, bytes, sizeof header);
  size_t n_contents = n_bytes - sizeof header;
  if (header.n_rows > n_contents / sizeof (ProfKernelSymbol)
      || header.n_rows * sizeof (ProfKernelSymbol) + header.n_name_bytes != n_contents)
    return -EBADMSG;
  ProfKernelSymbol *rows = (ProfKernelSymbol *)(bytes + sizeof header);
  char *names = (char *)(rows + header.n_rows);
  if (!has_good_rows (rows, &header) || (header.n_name_bytes > 0 && bytes[n_bytes - 1] != '\0'))
    return -EBADMSG;
  *ret = (ProfKernelSymbols){ .image = steal (&image) };
  ret->rows.items = rows;
  ret->rows.n = header.n_rows;
  ret->names.items = names;
  ret->names.n = header.n_name_bytes;
  return 0;
}
