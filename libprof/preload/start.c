/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "environment.h"
#include "operators.h"
#include "recording.h"
#include "slot-claim.h"
#include "thread.h"

#define PUBLIC __attribute__ ((visibility ("default")))

static ProfHeapObstacle obstacle;
static bool can_record;
static Region own; /* of a program that records itself */

/* Whether a call of malloc arrives here: a program may have one of its own. */
static bool
is_first_malloc (void)
{
  void *(*volatile call_malloc) (size_t) = malloc;
  void (*volatile call_free) (void *) = free;
  int64_t before = this_thread.countdown.left;
  this_thread.countdown.left = 2;
  call_free (call_malloc (1));
  bool has_arrived = this_thread.countdown.left != 2;
  this_thread.countdown.left = before;
  return has_arrived;
}

static ProfHeapObstacle
find_obstacle (void)
{
  static const char *const sanitizers[]
      = { "__asan_init", "__hwasan_init", "__msan_init", "__tsan_init" };
  for (unsigned i = 0; i < sizeof sanitizers / sizeof *sanitizers; i++) {
    if (dlsym (RTLD_DEFAULT, sanitizers[i]))
      return PROF_HEAP_SANITIZER;
  }
  return is_first_malloc () ? PROF_HEAP_WORKS : PROF_HEAP_OWN_MALLOC;
}

static void
note_main_stack (void)
{
  extern void *__libc_stack_end;
  const uint64_t kept_free = 8 << 20;
  struct rlimit limit;
  uint64_t n_bytes = kept_free;
  if (getrlimit (RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < n_bytes)
    n_bytes = limit.rlim_cur;
  stack_set_main ((uint64_t)__libc_stack_end, n_bytes);
}

/* Begins with this thread's next allocation; others look up soon. */
static void
look_up_now (void)
{
  this_thread.recording = 0;
  this_thread.countdown.left = -1;
}

/* As early as the preloaded libraries' turn comes: what was allocated before is not sampled. */
__attribute__ ((constructor)) static void
start (void)
{
  int saved_errno = errno;
  operators_look_up ();
  note_main_stack ();
  obstacle = find_obstacle ();
  can_record = recording_prepare ();
  Region region;
  if (can_record && environment_map (&region))
    recording_begin (&region, obstacle);
  look_up_now ();
  errno = saved_errno;
}

/* ---- a program that records itself ---- */

PUBLIC ProfHeapAttach prof_heap_attach;
PUBLIC ProfHeapDetach prof_heap_detach;
PUBLIC ProfHeapIgnoreThread prof_heap_ignore_thread;

/* Private: a forked child's copy is its own. */
static int
make_own_memory (const ProfHeapHeader *wanted)
{
  uint64_t n_bytes = PROF_HEAP_PAGE + wanted->slot_bytes;
  void *memory = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return -ENOMEM;
  ProfHeapHeader *header = memory;
  *header = *wanted;
  header->n_slots = 1;
  header->total_bytes = n_bytes;
  atomic_store (&header->is_running, 0);
  if (!region_init (&own, header, n_bytes)) {
    munmap (memory, n_bytes);
    return -EINVAL;
  }
  madvise (memory, n_bytes, MADV_DONTDUMP);
  return 0;
}

static void
set_wanted (const ProfHeapHeader *wanted)
{
  own.header->rate_bytes = wanted->rate_bytes;
  own.header->min_sample_bytes = wanted->min_sample_bytes;
  own.header->max_stack_bytes = wanted->max_stack_bytes;
  own.header->flags = wanted->flags;
  own.header->only_pid = (uint32_t)getpid ();
}

/* A forked child's slot is a copy of its parent's, which it has to take once more. */
static bool
take_slot (void)
{
  if (recording_begin_next ())
    return true;
  ProfHeapSlot *slot = (ProfHeapSlot *)((char *)own.header + PROF_HEAP_PAGE);
  atomic_store (&slot->state, PROF_HEAP_SLOT_FREE);
  return recording_begin (&own, obstacle);
}

static int
attach (const ProfHeapHeader *wanted)
{
  if (!can_record || obstacle != PROF_HEAP_WORKS)
    return -ENOTSUP;
  if (recording_has_region () && !own.header)
    return -EBUSY;
  if (own.header && own.header->only_pid == (uint32_t)getpid ())
    return -EBUSY;
  int r = own.header ? 0 : make_own_memory (wanted);
  if (r < 0)
    return r;
  set_wanted (wanted);
  live_set_want_all (&process.live, false);
  if (!take_slot ()) {
    own.header->only_pid = 0;
    return -ENOMEM;
  }
  atomic_store (&own.header->is_running, 1);
  return 0;
}

int
prof_heap_attach (const ProfHeapHeader *wanted, ProfHeapHeader **ret)
{
  static atomic_flag is_busy = ATOMIC_FLAG_INIT;
  if (atomic_flag_test_and_set (&is_busy))
    return -EBUSY;
  int saved_errno = errno;
  int r = attach (wanted);
  if (r == 0) {
    *ret = own.header;
    look_up_now ();
  }
  errno = saved_errno;
  atomic_flag_clear (&is_busy);
  return r;
}

void
prof_heap_detach (void)
{
  if (!own.header)
    return;
  atomic_store (&own.header->is_running, 0);
  own.header->only_pid = 0;
}

void
prof_heap_ignore_thread (bool ignore)
{
  this_thread.n_ignored += ignore ? 1 : -1;
  look_up_now ();
}
