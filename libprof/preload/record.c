/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "record.h"

#include "next.h"
#include "system-call.h"

#if defined __x86_64__
#define N_SAVED_REGISTERS 6
#else
#define N_SAVED_REGISTERS PROF_HEAP_N_REGISTERS
#endif

static bool
is_exact (const Recording *recording)
{
  return recording->wanted->rate_bytes <= 1;
}

static bool
tracks_frees (const Recording *recording)
{
  return recording->wanted->flags & PROF_HEAP_TRACKS_FREES;
}

/* ---- the records ---- */

static void
put_allocation (RingRecord *record,
                const Recording *recording,
                const void *block,
                size_t size,
                uint64_t now_ns,
                uint32_t stack)
{
  ring_put (record, (uint64_t)block);
  ring_put (record, size);
  ring_put (record, now_ns);
  ring_put (record, (uint64_t)stack << 32 | recording_get_tid (recording));
}

static void
put_stack (RingRecord *record, const Caller *caller, size_t n_bytes)
{
  ring_put (record, caller->pc);
  ring_put (record, caller->sp);
  for (unsigned i = 0; i < PROF_HEAP_N_REGISTERS; i++)
    ring_put (record, i < N_SAVED_REGISTERS ? caller->registers[i] : 0);
  ring_put (record, n_bytes);
  ring_copy (record, (const void *)caller->sp, n_bytes);
}

/* No stack takes more than an eighth of the ring. */
static uint64_t
get_max_stack (const Recording *recording)
{
  uint64_t wanted = recording->wanted->max_stack_bytes, limit = recording->ring.n_words;
  return wanted < limit ? wanted : limit;
}

static bool
write_allocation (const Recording *recording,
                  const void *block,
                  size_t size,
                  const Caller *caller,
                  unsigned flags)
{
  Thread *thread = &this_thread;
  uint64_t now_ns = monotonic_ns ();
  uint64_t end = stack_readable_end (&thread->home, caller->sp, get_max_stack (recording));
  uint32_t known
      = known_stacks_find (recording->known_stacks, recording->known_stacks_bytes, caller, end);
  size_t n_stack = known ? 0 : (end - caller->sp) & ~(uint64_t)7;
  size_t n_bytes = sizeof (ProfHeapAllocation) + (known ? 0 : sizeof (ProfHeapStack) + n_stack);
  RingRecord record;
  if (!ring_begin (&recording->ring, PROF_HEAP_ALLOCATION, flags, n_bytes, &record)) {
    recording_note_full (recording, now_ns);
    return false;
  }
  put_allocation (&record, recording, block, size, now_ns, known);
  if (!known)
    put_stack (&record, caller, n_stack);
  ring_commit (&record);
  return true;
}

static void
write_free (const Recording *recording, const void *block, uint64_t time_ns)
{
  RingRecord record;
  if (!ring_begin (&recording->ring, PROF_HEAP_FREE, 0, sizeof (ProfHeapFree), &record))
    return;
  ring_put (&record, (uint64_t)block);
  ring_put (&record, time_ns);
  ring_put (&record, recording_get_tid (recording));
  ring_commit (&record);
}

/* ---- allocations ---- */

static void
write_sample (const Recording *recording, const void *block, size_t size, const Caller *caller)
{
  bool is_added = tracks_frees (recording) && !is_exact (recording);
  if (is_added && !live_set_add (&process.live, (uint64_t)block)) {
    atomic_fetch_add (&recording->ring.slot->n_left_out, 1);
    return;
  }
  if (!write_allocation (recording, block, size, caller, 0) && is_added)
    live_set_remove (&process.live, (uint64_t)block);
}

/* A countdown that belongs to another recording says nothing. */
static void
begin_thread (Thread *thread, const Recording *recording, size_t n_counted)
{
  uint64_t seed = monotonic_ns () ^ (uint64_t)thread << 20;
  countdown_begin (&thread->countdown, seed, recording->wanted->rate_bytes);
  thread->recording = recording->id;
  count_bytes (n_counted);
}

void
record_allocation (void *block, size_t n_counted, size_t size, const Caller *caller)
{
  Thread *thread = &this_thread;
  const Recording *recording = recording_get ();
  if (!recording || thread->n_ignored || recording_is_abandoned (recording)) {
    thread->recording = 0;
    thread->countdown.left = COUNTDOWN_STEP;
    return;
  }
  if (is_exact (recording) && tracks_frees (recording) && !live_set_wants_all (&process.live))
    live_set_want_all (&process.live, true);
  if (thread->recording != recording->id) {
    begin_thread (thread, recording, n_counted);
    if (thread->countdown.left >= 0)
      return;
  }
  bool is_hit = countdown_step (&thread->countdown, recording->wanted->rate_bytes);
  if (is_hit && size >= recording->wanted->min_sample_bytes)
    write_sample (recording, block, size, caller);
}

/* ---- frees ---- */

/* Every free is to be written, as long as somebody reads. */
static bool
is_free_wanted (const Recording *recording)
{
  bool is_wanted = recording && is_exact (recording) && !recording_is_abandoned (recording);
  if (!is_wanted)
    live_set_want_all (&process.live, false);
  return is_wanted;
}

/* A block that is freed: whether that is to be written, which then has to be done. */
static bool
take_out (const Recording *recording, const void *block)
{
  if (UNLIKELY (live_set_wants_all (&process.live)))
    return is_free_wanted (recording);
  return live_set_remove (&process.live, (uint64_t)block) && recording;
}

/* Most of what comes here only looks like a sampled block. */
void
record_free (void *block)
{
  if (!live_set_wants_all (&process.live) && !live_set_has (&process.live, (uint64_t)block))
    return;
  const Recording *recording = recording_get ();
  if (block && take_out (recording, block))
    write_free (recording, block, monotonic_ns ());
}

/* ---- realloc ---- */

static bool
is_sampled (const void *block)
{
  return live_set_wants_all (&process.live) || live_set_has (&process.live, (uint64_t)block);
}

static void
count_sample (void *block, size_t n_counted, size_t size, const Caller *caller)
{
  if (count_bytes (n_counted))
    record_allocation (block, n_counted, size, caller);
}

/* What was sampled before is forgotten here: nothing is written of it any more. */
static void *
realloc_unrecorded (void *block, size_t size)
{
  void *moved = next.realloc (block, size);
  if (moved != block && block && is_maybe_sampled (block))
    take_out (NULL, block);
  return moved;
}

/* The allocator frees a moved block itself, and may have given it to another thread when its free
 * is written: so that has the time from before, which tells the two apart. Nothing has to be taken
 * back if the block did not move, or realloc failed. A block that was not sampled and grows in
 * place is hit with the chance of the growth. */
void *
record_realloc (void *block, size_t size, const Caller *caller)
{
  const Recording *recording = recording_get ();
  if (!recording)
    return realloc_unrecorded (block, size);
  bool was_sampled = is_maybe_sampled (block) && block && is_sampled (block);
  uint64_t before_ns = was_sampled ? monotonic_ns () : 0;
  size_t old_size = block && !was_sampled ? next.malloc_usable_size (block) : 0;
  void *moved = next.realloc (block, size);

  bool is_gone = block && (moved ? moved != block : size == 0);
  if (was_sampled && is_gone && take_out (recording, block))
    write_free (recording, block, before_ns);
  if (!moved)
    return NULL;
  if (moved != block)
    count_sample (moved, size, size, caller);
  else if (this_thread.n_ignored)
    return moved;
  else if (was_sampled)
    write_allocation (recording, block, size, caller, PROF_HEAP_IN_PLACE);
  else if (size > old_size)
    count_sample (block, size - old_size, size, caller);
  return moved;
}
