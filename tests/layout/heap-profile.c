/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "heap-profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it. */
#include <cmocka.h>

typedef struct {
  const char *function;
  int64_t objects, size, allocated_us, freed_us; /* freed 0: never */
} Blocks;

static uint32_t
add_location (ProfProfile *profile, const char *name)
{
  ProfFunction function = { .name = (uint32_t)prof_profile_add_string (profile, name) };
  ProfLine line = { .function = (uint32_t)prof_profile_add_function (profile, &function) };
  int location = prof_profile_add_location (profile, &(ProfLocation){ 0 }, &line, 1);
  assert_true (location > 0);
  return (uint32_t)location;
}

static void
add_blocks (ProfProfile *profile, const Blocks *blocks)
{
  uint32_t stack[] = { add_location (profile, blocks->function), add_location (profile, "main") };
  int64_t bytes = blocks->objects * blocks->size, is_live = blocks->freed_us == 0;
  int64_t values[] = { blocks->objects, bytes, is_live * blocks->objects, is_live * bytes };
  int sample = prof_profile_add_sample (profile, stack, 2, values);
  assert_true (sample >= 0);
  prof_profile_add_number_label (profile, (uint32_t)sample, "bytes", blocks->size, "bytes");
  prof_profile_add_number_label (profile, (uint32_t)sample, "end_timestamp_ns",
                                 HEAP_START_NS + blocks->allocated_us * 1000, "nanoseconds");
  if (!is_live)
    prof_profile_add_number_label (profile, (uint32_t)sample, "freed_timestamp_ns",
                                   HEAP_START_NS + blocks->freed_us * 1000, "nanoseconds");
}

ProfProfile *
make_heap_profile (void)
{
  static const Blocks blocks[] = {
    { "build", 1, 100, 1000, 0 },
    { "burst", 10, 100, 2000, 2500 },
    { "build", 1, 300, 3000, 8000 },
  };
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "alloc_objects", "count");
  prof_profile_add_value_type (profile, "alloc_space", "bytes");
  prof_profile_add_value_type (profile, "inuse_objects", "count");
  prof_profile_add_value_type (profile, "inuse_space", "bytes");
  prof_profile_set_time (profile, HEAP_START_NS, 10000000);
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
    add_blocks (profile, &blocks[i]);
  return profile;
}
