/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "elf/module.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfModule *module = calloc (1, sizeof *module);
  uint8_t *image = malloc (size > 0 ? size : 1);
  if (module == NULL || image == NULL)
    abort ();
  if (size > 0)
    memcpy (image, data, size);
  *module = (ProfModule){ .n_refs = 1, .fd = -1, .image = image, .n_image_bytes = size };
  if (prof_module_read_elf (module) == 0 && module->segments.n > 0) {
    const ProfSegment *segment = &module->segments.items[0];
    uint64_t vaddr;
    if (prof_module_offset_to_vaddr (module, segment->offset, &vaddr) != (segment->n_file_bytes > 0)
        && module->segments.n == 1)
      abort ();
  }
  Elf *elf = prof_module_open_elf (module);
  elf_end (elf);
  prof_module_unref (module);
  return 0;
}
