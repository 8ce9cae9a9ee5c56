/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/hash-index.h"
#include "base/vec.h"

/* The ids of one of pprof's tables, which are any 64-bit numbers, and the rows that they name. A
 * key stands for an id where the row may not be known yet; below PROF_ID_MAP_N_SMALL it is the id
 * itself, so that the ids that writers really use need no look-up. Zero-initialized is empty. */
typedef struct {
  PROF_VEC (uint32_t) small_rows; /* of the id; 0: not defined, likewise below */
  PROF_VEC (uint64_t) big_ids;
  PROF_VEC (uint32_t) big_rows;
  ProfHashIndex index; /* of big_ids */
  bool has_other_ids;  /* some id is not the number of its row */
} ProfIdMap;

#define PROF_ID_MAP_N_SMALL (1u << 22)

void prof_id_map_finish (ProfIdMap *map);

/* The key of an id that is PROF_ID_MAP_N_SMALL or more. 0, -ENOMEM. */
int prof_id_map_intern (ProfIdMap *map, uint64_t id, uint32_t *ret_key);

static inline int
prof_id_map_get_key (ProfIdMap *map, uint64_t id, uint32_t *ret_key)
{
  if (id >= PROF_ID_MAP_N_SMALL)
    return prof_id_map_intern (map, id, ret_key);
  *ret_key = (uint32_t)id;
  return 0;
}

/* Says that the id names `row`, which is not 0. 0, -EEXIST if it has a row already, -ENOMEM. */
int prof_id_map_define (ProfIdMap *map, uint64_t id, uint32_t row);

uint64_t prof_id_map_get_id (const ProfIdMap *map, uint32_t key);

/* 0 if the id was never defined. */
static inline uint32_t
prof_id_map_get_row (const ProfIdMap *map, uint32_t key)
{
  if (key < map->small_rows.n)
    return map->small_rows.items[key];
  return key < PROF_ID_MAP_N_SMALL ? 0 : map->big_rows.items[key - PROF_ID_MAP_N_SMALL];
}
