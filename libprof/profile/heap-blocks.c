/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/hash.h"
#include "base/sort.h"
#include "profile/heap.h"

/* What a string of the profile means as the key or the unit of a label. */
typedef enum {
  WORD_OTHER,
  WORD_ALLOCATED,
  WORD_FREED,
  WORD_EXITED,
  WORD_PID,
  WORD_TID,
  WORD_BYTES, /* key and unit */
  WORD_NANOSECONDS,
} Word;

typedef struct {
  int64_t pid, tid;
} Thread;

typedef struct {
  ProfHeap *heap;
  uint8_t *words; /* by string: a Word */
  /* Sample types; negative: there is none. */
  int alloc_space, alloc_objects, inuse_space, inuse_objects;
  PROF_VEC (Thread) threads;
  ProfHashIndex thread_index;
} Reader;

static inline void
finish_p (Reader *reader)
{
  free (reader->words);
  prof_vec_clear (&reader->threads);
  prof_hash_index_clear (&reader->thread_index);
}

static int
find_type (const ProfProfile *profile, const char *name, const char *unit)
{
  for (size_t i = 0; i < profile->value_types.n; i++) {
    const ProfValueType *type = &profile->value_types.items[i];
    if (strcmp (prof_profile_get_string (profile, type->type), name) == 0
        && strcmp (prof_profile_get_string (profile, type->unit), unit) == 0)
      return (int)i;
  }
  return -ENOENT;
}

static uint8_t
classify (const char *text)
{
  static const struct {
    const char *text;
    Word word;
  } known[] = {
    { "end_timestamp_ns", WORD_ALLOCATED },
    { "freed_timestamp_ns", WORD_FREED },
    { "exited_timestamp_ns", WORD_EXITED },
    { "pid", WORD_PID },
    { "tid", WORD_TID },
    { "bytes", WORD_BYTES },
    { "nanoseconds", WORD_NANOSECONDS },
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp (text, known[i].text) == 0)
      return (uint8_t)known[i].word;
  return WORD_OTHER;
}

static int
init (Reader *reader)
{
  const ProfProfile *profile = reader->heap->profile;
  reader->alloc_space = find_type (profile, "alloc_space", "bytes");
  reader->alloc_objects = find_type (profile, "alloc_objects", "count");
  reader->inuse_space = find_type (profile, "inuse_space", "bytes");
  reader->inuse_objects = find_type (profile, "inuse_objects", "count");
  if (reader->alloc_space < 0 && reader->inuse_space < 0)
    return -EINVAL;
  size_t n = prof_string_table_count (&profile->strings);
  reader->words = malloc (n + 1);
  if (reader->words == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    reader->words[i] = classify (prof_string_table_get (&profile->strings, (uint32_t)i));
  return 0;
}

/* ---- samples ---- */

typedef struct {
  int64_t allocated_ns, freed_ns, exited_ns; /* 0: not known */
  int64_t size;                              /* negative: not known */
  Thread thread;
} Labels;

/* A time of the kind that cannot be is none. */
static int64_t
read_time (const Reader *reader, const ProfLabel *label)
{
  bool is_time = label->unit == 0 || reader->words[label->unit] == WORD_NANOSECONDS;
  if (!is_time || label->number < 0)
    return 0;
  return label->number == PROF_HEAP_NOT_FREED ? label->number - 1 : label->number;
}

static int64_t
read_size (const Reader *reader, const ProfLabel *label)
{
  bool is_size = label->unit == 0 || reader->words[label->unit] == WORD_BYTES;
  return is_size ? label->number : -1;
}

static Labels
read_labels (const Reader *reader, const ProfSample *sample)
{
  Labels labels = { .size = -1 };
  for (uint32_t i = 0; i < sample->n_labels; i++) {
    const ProfLabel *label = &reader->heap->profile->labels.items[sample->first_label + i];
    if (label->string != 0)
      continue;
    switch ((Word)reader->words[label->key]) {
    case WORD_ALLOCATED:
      labels.allocated_ns = read_time (reader, label);
      break;
    case WORD_FREED:
      labels.freed_ns = read_time (reader, label);
      break;
    case WORD_EXITED:
      labels.exited_ns = read_time (reader, label);
      break;
    case WORD_PID:
      labels.thread.pid = label->number;
      break;
    case WORD_TID:
      labels.thread.tid = label->number;
      break;
    case WORD_BYTES:
      labels.size = read_size (reader, label);
      break;
    case WORD_NANOSECONDS:
    case WORD_OTHER:
      break;
    }
  }
  return labels;
}

/* ---- processes and threads ---- */

static bool
is_thread (const void *threads, uint32_t row, const void *key)
{
  const Thread *a = (const Thread *)threads + row, *b = key;
  return a->pid == b->pid && a->tid == b->tid;
}

static int
note_thread (Reader *reader, const Thread *thread)
{
  uint64_t hash = prof_hash_word ((uint64_t)thread->pid, (uint64_t)thread->tid);
  uint32_t found = prof_hash_index_find (&reader->thread_index, hash, is_thread,
                                         reader->threads.items, thread);
  if (found != PROF_HASH_INDEX_NONE)
    return 0;
  if (prof_vec_push (&reader->threads, *thread) < 0)
    return -ENOMEM;
  return prof_hash_index_add (&reader->thread_index, hash, (uint32_t)reader->threads.n - 1);
}

static int
compare_processes (const void *a, const void *b)
{
  const Thread *x = a, *y = b;
  return (x->pid > y->pid) - (x->pid < y->pid);
}

static void
count_threads (Reader *reader)
{
  ProfHeapSummary *summary = &reader->heap->summary;
  int64_t last_pid = 0;
  prof_sort (reader->threads.items, reader->threads.n, sizeof (Thread), compare_processes);
  prof_vec_foreach (thread, &reader->threads) {
    summary->n_processes += thread->pid != 0 && thread->pid != last_pid;
    summary->n_threads += thread->tid != 0;
    last_pid = thread->pid;
  }
}

/* ---- blocks ---- */

static int64_t
get_value (const Reader *reader, uint32_t sample, int type)
{
  const ProfProfile *profile = reader->heap->profile;
  return type < 0 ? 0 : profile->values.items[sample * profile->value_types.n + (size_t)type];
}

static int
add_block (Reader *reader, const ProfHeapBlock *block)
{
  if (block->bytes == 0 && block->objects == 0)
    return 0;
  return prof_vec_push (&reader->heap->blocks, *block);
}

/* Without the label of a free: what is in use was not freed, and when the rest was is not known. */
static int
add_parts (Reader *reader, const ProfHeapBlock *whole, int64_t exited_ns)
{
  ProfHeapBlock used = *whole, rest = *whole;
  used.freed_ns = exited_ns != 0 ? exited_ns : PROF_HEAP_NOT_FREED;
  used.has_lifetime = false;
  used.is_leaked = true;
  used.bytes = get_value (reader, whole->sample, reader->inuse_space);
  used.objects = get_value (reader, whole->sample, reader->inuse_objects);
  rest.freed_ns = whole->allocated_ns;
  rest.has_lifetime = false;
  rest.bytes = prof_heap_clamp ((ProfHeapSum)whole->bytes - used.bytes);
  rest.objects = prof_heap_clamp ((ProfHeapSum)whole->objects - used.objects);
  int r = add_block (reader, &used);
  return r < 0 ? r : add_block (reader, &rest);
}

static int
add_sample (Reader *reader, uint32_t row)
{
  ProfHeap *heap = reader->heap;
  bool has_alloc = reader->alloc_space >= 0;
  ProfHeapBlock block = {
    .sample = row,
    .has_lifetime = true,
    .bytes = get_value (reader, row, has_alloc ? reader->alloc_space : reader->inuse_space),
    .objects = get_value (reader, row, has_alloc ? reader->alloc_objects : reader->inuse_objects),
  };
  bool is_used = get_value (reader, row, reader->inuse_space) != 0
                 || get_value (reader, row, reader->inuse_objects) != 0;
  if (block.bytes == 0 && block.objects == 0 && !is_used)
    return 0;
  Labels labels = read_labels (reader, &heap->profile->samples.items[row]);
  heap->summary.n_samples++;
  heap->summary.has_times |= labels.allocated_ns != 0;
  block.allocated_ns = labels.allocated_ns;
  block.size = labels.size;
  if (note_thread (reader, &labels.thread) < 0)
    return -ENOMEM;
  if (labels.freed_ns == 0 && reader->inuse_space >= 0)
    return add_parts (reader, &block, labels.exited_ns);
  block.freed_ns = labels.freed_ns != 0 ? labels.freed_ns : PROF_HEAP_NOT_FREED;
  heap->summary.has_frees |= labels.freed_ns != 0;
  return add_block (reader, &block);
}

int
prof_heap_read_blocks (ProfHeap *heap)
{
  cleanup (finish) Reader reader = { .heap = heap };
  int r = init (&reader);
  heap->summary.has_frees = reader.inuse_space >= 0;
  for (uint32_t row = 0; r == 0 && row < heap->profile->samples.n; row++)
    r = add_sample (&reader, row);
  if (r == 0)
    count_threads (&reader);
  return r;
}
