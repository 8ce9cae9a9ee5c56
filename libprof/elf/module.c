/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/module.h"

#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ProfModule *
prof_module_ref (ProfModule *module)
{
  __atomic_fetch_add (&module->n_refs, 1, __ATOMIC_RELAXED);
  return module;
}

ProfModule *
prof_module_unref (ProfModule *module)
{
  if (module == NULL || __atomic_sub_fetch (&module->n_refs, 1, __ATOMIC_ACQ_REL) > 0)
    return NULL;
  if (module->fd >= 0)
    close (module->fd);
  prof_vec_clear (&module->segments);
  free (module->image);
  free (module->build_id);
  free (module->path);
  free (module);
  return NULL;
}

/* Neighbouring segments can share a page of the file; the code's counts. */
bool
prof_module_offset_to_vaddr (const ProfModule *module, uint64_t offset, uint64_t *ret_vaddr)
{
  const ProfSegment *best = NULL;
  prof_vec_foreach (segment, &module->segments) {
    bool holds = offset >= segment->offset && offset - segment->offset < segment->n_file_bytes;
    if (holds && (best == NULL || (segment->is_executable && !best->is_executable)))
      best = segment;
  }
  if (best == NULL)
    return false;
  *ret_vaddr = offset - best->offset + best->vaddr;
  return true;
}

bool
prof_module_read (const ProfModule *module, uint64_t offset, void *ret, size_t n)
{
  if (module->image != NULL) {
    if (offset > module->n_image_bytes || n > module->n_image_bytes - offset)
      return false;
    memcpy (ret, module->image + offset, n);
    return true;
  }
  if (module->fd < 0 || offset > INT64_MAX - n)
    return false;
  for (uint8_t *next = ret; n > 0;) {
    ssize_t n_read = pread (module->fd, next, n, (off_t)offset);
    if (n_read < 0 && errno == EINTR)
      continue;
    if (n_read <= 0)
      return false;
    next += n_read;
    offset += (size_t)n_read;
    n -= (size_t)n_read;
  }
  return true;
}

Elf *
prof_module_open_elf (const ProfModule *module)
{
  if (module->fd < 0 && module->image == NULL) {
    errno = module->open_errno != 0 ? module->open_errno : ENOENT;
    return NULL;
  }
  elf_version (EV_CURRENT);
  Elf *elf = module->image != NULL ? elf_memory ((char *)module->image, module->n_image_bytes)
                                   : elf_begin (module->fd, ELF_C_READ, NULL);
  if (elf != NULL && elf_kind (elf) == ELF_K_ELF)
    return elf;
  elf_end (elf);
  errno = EBADMSG;
  return NULL;
}
