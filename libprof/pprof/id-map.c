/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "pprof/id-map.h"

#include <errno.h>

#include "base/hash.h"

void
prof_id_map_finish (ProfIdMap *map)
{
  prof_vec_clear (&map->small_rows);
  prof_vec_clear (&map->big_ids);
  prof_vec_clear (&map->big_rows);
  prof_hash_index_clear (&map->index);
}

static bool
id_is (const void *table, uint32_t row, const void *key)
{
  const ProfIdMap *map = table;
  return map->big_ids.items[row] == *(const uint64_t *)key;
}

int
prof_id_map_intern (ProfIdMap *map, uint64_t id, uint32_t *ret_key)
{
  uint64_t hash = prof_hash_word (0, id);
  uint32_t i = prof_hash_index_find (&map->index, hash, id_is, map, &id);
  if (i == PROF_HASH_INDEX_NONE) {
    if (prof_vec_reserve (&map->big_ids, 1) < 0 || prof_vec_reserve (&map->big_rows, 1) < 0
        || prof_hash_index_add (&map->index, hash, (uint32_t)map->big_ids.n) < 0)
      return -ENOMEM;
    i = (uint32_t)map->big_ids.n;
    map->big_ids.items[map->big_ids.n++] = id;
    map->big_rows.items[map->big_rows.n++] = 0;
  }
  *ret_key = PROF_ID_MAP_N_SMALL + i;
  return 0;
}

/* Makes room for the key among the small ones. */
static int
grow (ProfIdMap *map, uint32_t key)
{
  if (key < map->small_rows.n)
    return 0;
  size_t n_more = key + 1 - map->small_rows.n;
  if (prof_vec_reserve (&map->small_rows, n_more) < 0)
    return -ENOMEM;
  memset (map->small_rows.items + map->small_rows.n, 0, n_more * sizeof *map->small_rows.items);
  map->small_rows.n += n_more;
  return 0;
}

int
prof_id_map_define (ProfIdMap *map, uint64_t id, uint32_t row)
{
  uint32_t key;
  int r = prof_id_map_get_key (map, id, &key);
  if (r == 0 && key < PROF_ID_MAP_N_SMALL)
    r = grow (map, key);
  if (r < 0)
    return r;
  uint32_t *slot = key < PROF_ID_MAP_N_SMALL ? &map->small_rows.items[key]
                                             : &map->big_rows.items[key - PROF_ID_MAP_N_SMALL];
  if (*slot != 0)
    return -EEXIST;
  *slot = row;
  map->has_other_ids |= id != row;
  return 0;
}

uint64_t
prof_id_map_get_id (const ProfIdMap *map, uint32_t key)
{
  return key < PROF_ID_MAP_N_SMALL ? key : map->big_ids.items[key - PROF_ID_MAP_N_SMALL];
}
