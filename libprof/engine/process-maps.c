/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/process-maps.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/read-file.h"
#include "capture/proc-maps.h"

enum { MAX_MAPS_BYTES = 32 << 20 };

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

static int
read_by_helper (ProfAddressSpace *space, ProfHelperChannel *helper)
{
  cleanup (prof_close) int fd = prof_helper_channel_open_maps (helper, space->pid);
  cleanup (prof_free) char *text = NULL;
  size_t n_bytes;
  int r = fd < 0 ? fd : prof_read_fd (fd, MAX_MAPS_BYTES, &text, &n_bytes);
  return r < 0 ? r : prof_process_maps_parse (space, text, n_bytes);
}

int
prof_process_maps_read_with (ProfAddressSpace *space, ProfHelperChannel *helper)
{
  int r = prof_process_maps_read (space);
  bool is_closed = r == -EACCES || r == -EPERM;
  return is_closed && helper != NULL ? read_by_helper (space, helper) : r;
}

static bool
maps_are_equal (const ProfCodeMap *a, const ProfCodeMap *b)
{
  return a->start == b->start && a->end == b->end && a->offset == b->offset
         && a->key.inode == b->key.inode && strcmp (a->key.path, b->key.path) == 0;
}

/* Maps are in the order of their addresses. */
static size_t
count_equal_maps (const ProfAddressSpace *a, const ProfAddressSpace *b)
{
  size_t n = 0;
  for (size_t i = 0, j = 0; i < a->maps.n; i++) {
    while (j < b->maps.n && b->maps.items[j].start < a->maps.items[i].start)
      j++;
    if (j < b->maps.n && maps_are_equal (&a->maps.items[i], &b->maps.items[j]))
      n++;
  }
  return n;
}

int
prof_process_maps_refresh (ProfAddressSpace *space, bool *ret_changed)
{
  ProfAddressSpace now;
  *ret_changed = false;
  prof_address_space_init (&now, space->pid);
  int r = prof_process_maps_read (&now);
  size_t n_equal = count_equal_maps (&now, space), n_old = space->maps.n;
  bool is_other_program = n_equal == 0 && n_old > 0;
  if (r >= 0 && !is_other_program && (n_equal < now.maps.n || n_equal < n_old)) {
    *ret_changed = true;
    now.generation = space->generation + 1;
    ProfAddressSpace old = *space;
    *space = now;
    now = old;
  }
  prof_address_space_finish (&now);
  return r == -ENOMEM ? r : 0;
}
