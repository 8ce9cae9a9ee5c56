/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <lzma.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "symbol/elf-section.h"
#include "symbol/sym-elf.h"

/* Distributions' biggest are some MiB; xz's highest level needs 65 MiB to unpack. */
#define MAX_IMAGE_BYTES ((size_t)64 << 20)
#define MAX_DECODER_BYTES (UINT64_C (128) << 20)
#define CHUNK_BYTES ((size_t)256 << 10)

typedef PROF_VEC (uint8_t) Bytes;

static lzma_ret
decode (lzma_stream *stream, Bytes *image)
{
  lzma_ret r = LZMA_OK;
  while (r == LZMA_OK && image->n <= MAX_IMAGE_BYTES) {
    if (prof_vec_reserve (image, CHUNK_BYTES) < 0)
      return LZMA_MEM_ERROR;
    stream->next_out = image->items + image->n;
    stream->avail_out = CHUNK_BYTES;
    r = lzma_code (stream, LZMA_FINISH);
    image->n += CHUNK_BYTES - stream->avail_out;
  }
  return r;
}

static int
unpack (const Elf_Data *packed, Bytes *image)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_ret r = lzma_stream_decoder (&stream, MAX_DECODER_BYTES, 0);
  if (r == LZMA_OK) {
    stream.next_in = packed->d_buf;
    stream.avail_in = packed->d_size;
    r = decode (&stream, image);
  }
  lzma_end (&stream);
  return r == LZMA_STREAM_END ? 0 : r == LZMA_MEM_ERROR ? -ENOMEM : -ENOENT;
}

int
prof_elf_open_minidebug (Elf *elf, void **ret_image, Elf **ret)
{
  GElf_Shdr header;
  Elf_Scn *section = prof_elf_find_section (elf, ".gnu_debugdata", &header);
  const Elf_Data *packed = section != NULL ? elf_rawdata (section, NULL) : NULL;
  if (packed == NULL || packed->d_buf == NULL)
    return -ENOENT;
  Bytes image = { 0 };
  int r = unpack (packed, &image);
  Elf *opened = r == 0 ? elf_memory ((char *)image.items, image.n) : NULL;
  if (opened == NULL || elf_kind (opened) != ELF_K_ELF) {
    elf_end (opened);
    prof_vec_clear (&image);
    return r < 0 ? r : -ENOENT;
  }
  *ret_image = image.items;
  *ret = opened;
  return 0;
}
