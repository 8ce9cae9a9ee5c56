/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "next.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "bootstrap-arena.h"
#include "thread.h"

/* What is called too early for an answer does nothing with its arguments. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static __thread bool is_looking_up __attribute__ ((tls_model ("initial-exec")));

/* What a call finds before the first look-up, or where there is nothing behind the hook. */
#define EARLY(name, type, parameters, arguments)                                                   \
  static type early_##name parameters                                                              \
  {                                                                                                \
    if (!is_looking_up)                                                                            \
      next_look_up ();                                                                             \
    if (next.name != early_##name)                                                                 \
      return next.name arguments;                                                                  \
    return (type)in_look_up_##name arguments;                                                      \
  }

static void *
in_look_up_malloc (size_t size)
{
  return bootstrap_arena_allocate (size);
}

static void *
in_look_up_calloc (size_t n, size_t size)
{
  size_t n_bytes;
  return __builtin_mul_overflow (n, size, &n_bytes) ? NULL : bootstrap_arena_allocate (n_bytes);
}

static void *
in_look_up_realloc (void *block, size_t size)
{
  void *moved = bootstrap_arena_allocate (size);
  size_t old_size = block ? bootstrap_arena_get_size (block) : 0;
  if (moved && block)
    memcpy (moved, block, old_size < size ? old_size : size);
  return moved;
}

#define in_look_up_free(block) 0
#define in_look_up_memalign(alignment, size) 0
#define in_look_up_aligned_alloc(alignment, size) 0
#define in_look_up_posix_memalign(ret, alignment, size) ENOMEM
#define in_look_up_valloc(size) 0
#define in_look_up_pvalloc(size) 0
#define in_look_up_malloc_usable_size(block) 0
#define in_look_up_free_sized(block, size) 0
#define in_look_up_free_aligned_sized(block, alignment, size) 0

NEEDED_FUNCTIONS (EARLY)
OPTIONAL_FUNCTIONS (EARLY)

NextFunctions next = {
#define INITIAL(name, type, parameters, arguments) .name = early_##name,
  NEEDED_FUNCTIONS (INITIAL) OPTIONAL_FUNCTIONS (INITIAL)
#undef INITIAL
};

/* ---- for blocks of the arena, if there are any ---- */

static NextFunctions behind_arena;

static void
free_unless_of_arena (void *block)
{
  if (!bootstrap_arena_has (block))
    behind_arena.free (block);
}

static void *
realloc_from_arena (void *block, size_t size)
{
  if (!bootstrap_arena_has (block))
    return behind_arena.realloc (block, size);
  void *moved = behind_arena.malloc (size);
  size_t old_size = bootstrap_arena_get_size (block);
  if (moved)
    memcpy (moved, block, old_size < size ? old_size : size);
  return moved;
}

/* ---- C23's, which not every libc has ---- */

static void
free_without_size (void *block, size_t size)
{
  (void)size;
  next.free (block);
}

static void
free_without_alignment (void *block, size_t alignment, size_t size)
{
  (void)alignment, (void)size;
  next.free (block);
}

void
next_forget_error (void)
{
  dlsym (RTLD_NEXT, "malloc");
}

/* dlsym(3) allocates when it fails. */
static void
look_up_optional (void)
{
  NextFunctions found = { .free_sized = dlsym (RTLD_NEXT, "free_sized"),
                          .free_aligned_sized = dlsym (RTLD_NEXT, "free_aligned_sized") };
  next.free_sized = found.free_sized ? found.free_sized : free_without_size;
  next.free_aligned_sized
      = found.free_aligned_sized ? found.free_aligned_sized : free_without_alignment;
  next_forget_error ();
}

/* Threads may do this at the same time: all find the same. */
void
next_look_up (void)
{
  int saved_errno = errno;
  is_looking_up = true;
  NextFunctions found = next;
#define LOOK_UP(name, type, parameters, arguments)                                                 \
  type (*next_##name) parameters = dlsym (RTLD_NEXT, #name);                                       \
  if (next_##name)                                                                                 \
    found.name = next_##name;
  NEEDED_FUNCTIONS (LOOK_UP)
#undef LOOK_UP
  if (bootstrap_arena_is_used ()) {
    behind_arena = found;
    found.free = free_unless_of_arena;
    found.realloc = realloc_from_arena;
  }
  next = found;
  is_looking_up = false;
  look_up_optional ();
  errno = saved_errno;
}
