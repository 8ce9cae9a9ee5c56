/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/build-id.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

enum { MAX_BUILD_ID_BYTES = 64 };

static int
make_hex (const uint8_t *bytes, size_t n, char **ret)
{
  char *hex = malloc (2 * n + 1);
  if (hex == NULL)
    return -ENOMEM;
  prof_write_hex (bytes, n, hex);
  *ret = hex;
  return 0;
}

static bool
is_build_id (const Elf64_Nhdr *note, const uint8_t *name)
{
  return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof ELF_NOTE_GNU
         && memcmp (name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0 && note->n_descsz > 0
         && note->n_descsz <= MAX_BUILD_ID_BYTES;
}

int
prof_build_id_find (const uint8_t *notes, size_t n_bytes, size_t align, char **ret)
{
  for (size_t start = 0; start < n_bytes && n_bytes - start >= sizeof (Elf64_Nhdr);) {
    Elf64_Nhdr note;
    memcpy (&note, notes + start, sizeof note);
    size_t name = start + sizeof note;
    size_t content = (name + note.n_namesz + align - 1) & ~(align - 1);
    if (content > n_bytes || note.n_descsz > n_bytes - content)
      return 0;
    if (is_build_id (&note, notes + name))
      return make_hex (notes + content, note.n_descsz, ret);
    start = (content + note.n_descsz + align - 1) & ~(align - 1);
  }
  return 0;
}
