/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-maps.h"

#include <errno.h>
#include <string.h>

#include "capture/proc-maps.h"

static int
add_map (void *user_data, const ProfProcMap *map)
{
  if (!map->is_executable)
    return 0;
  ProfCodeMap code = {
    .start = map->start,
    .end = map->end,
    .offset = map->offset,
    .key = { .path = map->filename,
             .device_major = map->device_major,
             .device_minor = map->device_minor,
             .inode = map->inode,
             .is_deleted = map->is_deleted },
  };
  return prof_address_space_add (user_data, &code);
}

int
prof_process_maps_parse (ProfAddressSpace *space, const char *text, size_t n_bytes)
{
  int r = prof_proc_maps_parse (text, n_bytes, add_map, space);
  return r < 0 ? r : 0;
}

int
prof_process_maps_read (ProfAddressSpace *space)
{
  int r = prof_proc_maps_read (space->pid, add_map, space);
  return r < 0 ? r : 0;
}

static bool
spaces_are_equal (const ProfAddressSpace *a, const ProfAddressSpace *b)
{
  if (a->maps.n != b->maps.n)
    return false;
  for (size_t i = 0; i < a->maps.n; i++) {
    const ProfCodeMap *x = &a->maps.items[i], *y = &b->maps.items[i];
    if (x->start != y->start || x->end != y->end || x->offset != y->offset
        || x->key.inode != y->key.inode || strcmp (x->key.path, y->key.path) != 0)
      return false;
  }
  return true;
}

int
prof_process_maps_refresh (ProfAddressSpace *space, bool *ret_changed)
{
  ProfAddressSpace now;
  *ret_changed = false;
  prof_address_space_init (&now, space->pid);
  int r = prof_process_maps_read (&now);
  if (r >= 0 && now.maps.n > 0 && !spaces_are_equal (&now, space)) {
    *ret_changed = true;
    now.generation = space->generation + 1;
    ProfAddressSpace old = *space;
    *space = now;
    now = old;
  }
  prof_address_space_finish (&now);
  return r == -ENOMEM ? r : 0;
}
