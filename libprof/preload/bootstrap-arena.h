/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Memory for dlsym(3) itself, which may ask for some while the real allocator is being looked up.
 * Zeroed, never given back. */
void *bootstrap_arena_allocate (size_t size); /* NULL: used up */
bool bootstrap_arena_has (const void *block);
size_t bootstrap_arena_get_size (const void *block);
bool bootstrap_arena_is_used (void);
