/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/read-file.h"
#include "elf/build-id.h"
#include "elf/module-open.h"
#include "elf/module.h"

PROF_DEFINE_CLEANUP (ProfModule *, prof_module_unref)

enum { MAX_VDSO_BYTES = 1 << 20, MAX_KERNEL_NOTE_BYTES = 1 << 20 };

/* What makes two modules the same one; `pid` only counts for anonymous code. */
typedef struct {
  ProfModuleKind kind;
  pid_t pid;
  const ProfModuleKey *file;
} Identity;

void
prof_module_cache_init (ProfModuleCache *cache)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    limit.rlim_cur = 1024;
  *cache = (ProfModuleCache){ .max_open_files = limit.rlim_cur / 2 };
}

void
prof_module_cache_finish (ProfModuleCache *cache)
{
  prof_vec_foreach (module, &cache->modules) {
    prof_module_unref (*module);
  }
  prof_vec_clear (&cache->modules);
  prof_hash_index_clear (&cache->index);
}

uint64_t
prof_module_cache_count_deleted_bytes (const ProfModuleCache *cache)
{
  uint64_t n_bytes = 0;
  prof_vec_foreach (module, &cache->modules) {
    struct stat status;
    bool is_held = (*module)->fd >= 0 && !(*module)->was_deleted
                   && fstat ((*module)->fd, &status) == 0 && status.st_nlink == 0;
    n_bytes += is_held ? (uint64_t)status.st_size : 0;
  }
  return n_bytes;
}

static uint64_t
hash_identity (const Identity *identity)
{
  uint64_t hash = prof_hash_word (identity->kind, (uint64_t)identity->pid);
  hash = prof_hash_word (hash, identity->file->inode);
  return prof_hash_bytes (hash, identity->file->path, strlen (identity->file->path));
}

static bool
has_identity (const void *table, uint32_t row, const void *key)
{
  const ProfModule *module = ((const ProfModuleCache *)table)->modules.items[row];
  const Identity *identity = key;
  const ProfModuleKey *file = identity->file;
  return module->kind == identity->kind
         && (module->kind != PROF_MODULE_ANONYMOUS || module->pid == identity->pid)
         && module->inode == file->inode && module->device_major == file->device_major
         && module->device_minor == file->device_minor && strcmp (module->path, file->path) == 0;
}

static ProfModule *
find (const ProfModuleCache *cache, const Identity *identity)
{
  uint32_t row = prof_hash_index_find (&cache->index, hash_identity (identity), has_identity, cache,
                                       identity);
  return row == PROF_HASH_INDEX_NONE ? NULL : cache->modules.items[row];
}

static ProfModule *
new_module (const Identity *identity)
{
  cleanup (prof_module_unref) ProfModule *module = calloc (1, sizeof *module);
  if (module == NULL)
    return NULL;
  module->n_refs = 1;
  module->kind = identity->kind;
  module->pid = identity->pid;
  module->fd = -1;
  module->inode = identity->file->inode;
  module->device_major = identity->file->device_major;
  module->device_minor = identity->file->device_minor;
  module->path = strdup (identity->file->path);
  return module->path != NULL ? steal (&module) : NULL;
}

/* Takes the reference in any case. */
static int
add (ProfModuleCache *cache, const Identity *identity, ProfModule *module, ProfModule **ret)
{
  cleanup (prof_module_unref) ProfModule *owned = module;
  module->id = (uint32_t)cache->modules.n;
  if (prof_vec_reserve (&cache->modules, 1) < 0
      || prof_hash_index_add (&cache->index, hash_identity (identity), module->id) < 0)
    return -ENOMEM;
  cache->n_open_files += module->fd >= 0;
  cache->modules.items[cache->modules.n++] = *ret = steal (&owned);
  return 0;
}

static int
open_file (ProfModuleCache *cache, ProfModule *module, const ProfModuleKey *key)
{
  int fd = cache->n_open_files >= cache->max_open_files
               ? -EMFILE
               : prof_module_open_file (module->pid, key, module->map_start, module->map_limit);
  if (fd < 0) {
    module->open_errno = -fd;
    return 0;
  }
  module->fd = fd;
  struct stat status;
  module->was_deleted = fstat (fd, &status) == 0 && status.st_nlink == 0;
  return prof_module_read_elf (module) == -ENOMEM ? -ENOMEM : 0;
}

int
prof_module_cache_get_file (ProfModuleCache *cache,
                            pid_t pid,
                            const ProfModuleKey *key,
                            uint64_t start,
                            uint64_t limit,
                            uint64_t offset,
                            ProfModule **ret)
{
  Identity identity = { PROF_MODULE_FILE, 0, key };
  if ((*ret = find (cache, &identity)) != NULL)
    return 0;
  cleanup (prof_module_unref) ProfModule *module = new_module (&identity);
  if (module == NULL)
    return -ENOMEM;
  module->pid = pid;
  module->map_start = start;
  module->map_limit = limit;
  module->map_offset = offset;
  int r = open_file (cache, module, key);
  return r < 0 ? r : add (cache, &identity, steal (&module), ret);
}

/* The section headers end the kernel's image. */
static size_t
measure_vdso (const Elf64_Ehdr *header)
{
  uint64_t n_bytes = header->e_shoff + (uint64_t)header->e_shnum * header->e_shentsize;
  return header->e_shoff < MAX_VDSO_BYTES && n_bytes < MAX_VDSO_BYTES ? n_bytes : 0;
}

static int
copy_vdso (ProfModule *module)
{
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)getauxval (AT_SYSINFO_EHDR);
  size_t n_bytes = header != NULL ? measure_vdso (header) : 0;
  if (n_bytes == 0)
    return 0;
  module->image = malloc (n_bytes);
  if (module->image == NULL)
    return -ENOMEM;
  memcpy (module->image, header, n_bytes);
  module->n_image_bytes = n_bytes;
  return prof_module_read_elf (module) == -ENOMEM ? -ENOMEM : 0;
}

static int
read_kernel_notes (ProfModule *module)
{
  cleanup (prof_free) char *notes = NULL;
  size_t n_bytes;
  int r = prof_read_file ("/sys/kernel/notes", MAX_KERNEL_NOTE_BYTES, &notes, &n_bytes);
  if (r < 0)
    return r == -ENOMEM ? r : 0;
  return prof_build_id_find ((const uint8_t *)notes, n_bytes, 4, &module->build_id);
}

/* `fill` may be NULL. */
static int
get_special (ProfModuleCache *cache,
             ProfModuleKind kind,
             pid_t pid,
             const char *name,
             int (*fill) (ProfModule *module),
             ProfModule **ret)
{
  Identity identity = { kind, pid, &(ProfModuleKey){ .path = name } };
  if ((*ret = find (cache, &identity)) != NULL)
    return 0;
  cleanup (prof_module_unref) ProfModule *module = new_module (&identity);
  if (module == NULL)
    return -ENOMEM;
  int r = fill != NULL ? fill (module) : 0;
  return r < 0 ? r : add (cache, &identity, steal (&module), ret);
}

int
prof_module_cache_get_vdso (ProfModuleCache *cache, ProfModule **ret)
{
  return get_special (cache, PROF_MODULE_VDSO, 0, "[vdso]", copy_vdso, ret);
}

int
prof_module_cache_get_kernel (ProfModuleCache *cache, ProfModule **ret)
{
  return get_special (cache, PROF_MODULE_KERNEL, 0, "[kernel]", read_kernel_notes, ret);
}

int
prof_module_cache_get_anonymous (ProfModuleCache *cache, pid_t pid, ProfModule **ret)
{
  return get_special (cache, PROF_MODULE_ANONYMOUS, pid, "[anon]", NULL, ret);
}
