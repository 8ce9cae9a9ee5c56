/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "elf/address-space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

void
prof_address_space_init (ProfAddressSpace *space, pid_t pid)
{
  *space = (ProfAddressSpace){ .pid = pid };
}

void
prof_address_space_clear (ProfAddressSpace *space)
{
  prof_vec_foreach (map, &space->maps) {
    free ((char *)map->key.path);
  }
  prof_vec_clear (&space->maps);
  space->latest = 0;
  space->generation++;
}

void
prof_address_space_forget_modules (ProfAddressSpace *space)
{
  prof_vec_foreach (map, &space->maps) {
    map->module = NULL;
  }
  space->generation++;
}

void
prof_address_space_finish (ProfAddressSpace *space)
{
  prof_address_space_clear (space);
}

int
prof_address_space_clone (const ProfAddressSpace *space, ProfAddressSpace *ret)
{
  if (prof_vec_reserve (&ret->maps, space->maps.n) < 0)
    return -ENOMEM;
  prof_vec_foreach (map, &space->maps) {
    ProfCodeMap copy = *map;
    copy.key.path = strdup (map->key.path);
    if (copy.key.path == NULL) {
      prof_address_space_clear (ret);
      return -ENOMEM;
    }
    /* Anonymous code is the process's own. */
    if (copy.module != NULL && copy.module->kind == PROF_MODULE_ANONYMOUS)
      copy.module = NULL;
    ret->maps.items[ret->maps.n++] = copy;
  }
  ret->generation++;
  return 0;
}

/* The first map that ends after `address`. */
static size_t
find_index (const ProfAddressSpace *space, uint64_t address)
{
  size_t low = 0, high = space->maps.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (space->maps.items[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* Replaces n maps from `first` on by n_new; there is room. */
static void
splice (ProfAddressSpace *space, size_t first, size_t n, const ProfCodeMap *new_maps, size_t n_new)
{
  ProfCodeMap *at = space->maps.items + first;
  memmove (at + n_new, at + n, (space->maps.n - first - n) * sizeof *at);
  memcpy (at, new_maps, n_new * sizeof *at);
  space->maps.n += n_new - n;
}

/* d_path marks unlinked files so, in perf's records too. */
static char *
copy_name (ProfModuleKey *key)
{
  static const char suffix[] = " (deleted)";
  size_t n = strlen (key->path), n_suffix = sizeof suffix - 1;
  if (n > n_suffix && strcmp (key->path + n - n_suffix, suffix) == 0) {
    key->is_deleted = true;
    n -= n_suffix;
  }
  return strndup (key->path, n);
}

/* What is left of the maps from `first` to `last` around `map`. */
typedef struct {
  bool has_head, has_tail;
  ProfCodeMap head, tail;
} Remains;

static Remains
cut (const ProfAddressSpace *space, size_t first, size_t last, const ProfCodeMap *map)
{
  Remains remains = { 0 };
  if (first == last)
    return remains;
  remains.head = space->maps.items[first];
  remains.tail = space->maps.items[last - 1];
  remains.has_head = remains.head.start < map->start;
  remains.has_tail = remains.tail.end > map->end;
  remains.head.end = map->start;
  remains.tail.offset += map->end - remains.tail.start;
  remains.tail.start = map->end;
  return remains;
}

int
prof_address_space_add (ProfAddressSpace *space, const ProfCodeMap *map)
{
  if (map->start >= map->end)
    return 0;
  size_t first = find_index (space, map->start), last = first;
  while (last < space->maps.n && space->maps.items[last].start < map->end)
    last++;
  Remains remains = cut (space, first, last, map);
  ProfCodeMap added = *map;
  added.module = NULL;
  cleanup (prof_free) char *path = copy_name (&added.key);
  cleanup (prof_free) char *tail_path = remains.has_tail ? strdup (remains.tail.key.path) : NULL;
  if (path == NULL || (remains.has_tail && tail_path == NULL)
      || prof_vec_reserve (&space->maps, 2) < 0)
    return -ENOMEM;

  ProfCodeMap pieces[3];
  size_t n_pieces = 0;
  if (remains.has_head)
    pieces[n_pieces++] = remains.head;
  added.key.path = steal (&path);
  pieces[n_pieces++] = added;
  remains.tail.key.path = steal (&tail_path);
  if (remains.has_tail)
    pieces[n_pieces++] = remains.tail;
  for (size_t i = first + remains.has_head; i < last; i++)
    free ((char *)space->maps.items[i].key.path);
  splice (space, first, last - first, pieces, n_pieces);
  space->generation++;
  return 0;
}

/* Memory that the kernel names although no file was ever there. */
static bool
has_invented_name (const char *path)
{
  static const char *const prefixes[]
      = { "//anon", "/memfd:", "/dev/zero", "/SYSV", "/anon_hugepage", "/dev/shm/", "/[aio]" };
  if (path[0] != '/')
    return true;
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (strncmp (path, prefixes[i], strlen (prefixes[i])) == 0)
      return true;
  return false;
}

static int
open_module (const ProfAddressSpace *space, ProfModuleCache *cache, ProfCodeMap *map)
{
  if (strcmp (map->key.path, "[vdso]") == 0)
    return prof_module_cache_get_vdso (cache, &map->module);
  if (map->key.path[0] == '/') {
    int r = prof_module_cache_get_file (cache, space->pid, &map->key, map->start, map->end,
                                        map->offset, &map->module);
    if (r < 0 || map->module->machine != 0 || !has_invented_name (map->key.path))
      return r;
  }
  return prof_module_cache_get_anonymous (cache, space->pid, &map->module);
}

const ProfCodeMap *
prof_address_space_find (ProfAddressSpace *space, ProfModuleCache *cache, uint64_t address)
{
  size_t i = space->latest;
  if (i >= space->maps.n
      || address - space->maps.items[i].start
             >= space->maps.items[i].end - space->maps.items[i].start)
    i = find_index (space, address);
  if (i == space->maps.n || address < space->maps.items[i].start)
    return NULL;
  ProfCodeMap *map = &space->maps.items[i];
  space->latest = i;
  if (map->module == NULL && open_module (space, cache, map) < 0) {
    map->module = NULL;
    return NULL;
  }
  return map;
}
