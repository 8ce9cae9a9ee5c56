/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/frame.h"

#include <inttypes.h>
#include <stdio.h>

uint32_t
prof_frame_get_name (const ProfProfile *profile, uint32_t function)
{
  const ProfFunction *row = &profile->functions.items[function];
  uint32_t name = row->name;
  if (prof_profile_get_string_size (profile, name) == 0)
    name = row->system_name;
  return prof_profile_get_string_size (profile, name) == 0 ? 0 : name;
}

size_t
prof_frame_name_address (const ProfProfile *profile,
                         const ProfLocation *location,
                         char *ret,
                         size_t size)
{
  const ProfMapping *mapping = &profile->mappings.items[location->mapping];
  const char *module = prof_profile_get_string (profile, mapping->filename);
  const char *slash = strrchr (module, '/');
  int n;
  if (*module == '\0')
    n = snprintf (ret, size, "0x%" PRIx64, location->address);
  else
    n = snprintf (ret, size, "%.100s+0x%" PRIx64, slash == NULL ? module : slash + 1,
                  location->address - mapping->start + mapping->offset);
  return (size_t)n < size ? (size_t)n : size - 1;
}

enum { MAX_MEAN_FRAMES = 64, N_FREE = 65536, MAX_FRAMES = 1 << 29 };

static uint64_t
count_frames (const ProfProfile *profile)
{
  uint64_t n_frames = 0;
  prof_vec_foreach (row, &profile->stacks) {
    uint32_t n_lines = profile->locations.items[*row].n_lines;
    n_frames += n_lines == 0 ? 1 : n_lines;
  }
  return n_frames;
}

/* Counts only what may be too much. */
int
prof_frame_check_expansion (const ProfProfile *profile)
{
  uint64_t most_lines = 1;
  prof_vec_foreach (location, &profile->locations) {
    if (location->n_lines > most_lines)
      most_lines = location->n_lines;
  }
  if (most_lines <= MAX_MEAN_FRAMES && profile->stacks.n * most_lines <= MAX_FRAMES)
    return 0;
  uint64_t n_frames = count_frames (profile);
  bool is_real = n_frames <= profile->stacks.n * (uint64_t)MAX_MEAN_FRAMES + N_FREE;
  return is_real && n_frames <= MAX_FRAMES ? 0 : -EFBIG;
}
