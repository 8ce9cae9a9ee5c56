/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include "engine/heap-pipeline.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What a process writes that is no hook: its slots' heads and rings. Code is in memory of no file,
 * so that stacks are chains of frame pointers. */
static const char maps[] = "400000-500000 r-xp 00000000 00:00 0 \n";

enum { RING_BYTES = 65536, NO_PROCESS = 5000001, N_SLOTS = 3, MAX_BYTES = 8192 };

typedef struct {
  const uint8_t *next, *end;
} Input;

static uint8_t
take_byte (Input *input)
{
  return input->next < input->end ? *input->next++ : 0;
}

static void
take_bytes (Input *input, void *ret, size_t n)
{
  size_t n_left = (size_t)(input->end - input->next);
  memset (ret, 0, n);
  memcpy (ret, input->next, n < n_left ? n : n_left);
  input->next += n < n_left ? n : n_left;
}

static void
claim (const ProfHeapRegion *region, uint32_t number, Input *input)
{
  ProfHeapSlot *slot = prof_heap_region_get_slot (region, number);
  uint8_t kind = take_byte (input);
  slot->state = PROF_HEAP_SLOT_CLAIMED;
  slot->parent_slot = kind % 8;
  slot->parent_pid = NO_PROCESS + kind / 8 % 2;
  slot->obstacle = kind / 16 % 4;
  slot->claim_ns = take_byte (input);
  slot->head = slot->tail = (uint64_t)take_byte (input) * 512;
  slot->maps_bytes = kind & 64 ? 0 : sizeof maps - 1;
  memcpy (prof_heap_region_get_maps (region, number), maps, sizeof maps);
  slot->pid = NO_PROCESS + kind / 128;
}

static void
put_word (const ProfHeapRegion *region, uint32_t number, uint64_t position, uint64_t word)
{
  memcpy (prof_heap_region_get_ring (region, number) + position % RING_BYTES, &word, sizeof word);
}

/* A record's size in words and its flaws, its kind, then its words; the tag and the size are made
 * to fit, but for the flaws. */
static void
write_record (const ProfHeapRegion *region, uint32_t number, Input *input)
{
  ProfHeapSlot *slot = prof_heap_region_get_slot (region, number);
  uint64_t position = slot->head, n_words = 2 + take_byte (input) % 64, kind = take_byte (input);
  bool is_reserved = (kind & 64) != 0, has_other_size = (kind & 128) != 0;
  uint64_t n_bytes = has_other_size ? take_byte (input) * 8u : n_words * 8;
  put_word (region, number, position,
            position | (is_reserved ? PROF_HEAP_RESERVED : PROF_HEAP_COMMITTED));
  put_word (region, number, position + 8,
            n_bytes | (1 + kind % 2) << 32 | (kind & 4 ? 1ull << 48 : 0));
  for (uint64_t i = 2; i < n_words; i++) {
    uint64_t word;
    take_bytes (input, &word, sizeof word);
    put_word (region, number, position + i * 8, word);
  }
  slot->head = position + n_words * 8;
}

static void
drain (ProfHeapRegion *region, Input *input)
{
  ProfHeapPipeline *pipeline = calloc (1, sizeof *pipeline);
  ProfHeapPipelineConfig config
      = { .region = region,
          .store
          = { .rate_bytes = 1 + take_byte (input) * 100u, .tracks_frees = true, .max_rows = 8 },
          .max_frames = 16 };
  if (pipeline == NULL || prof_heap_pipeline_init (pipeline, &config) < 0)
    abort ();
  for (uint32_t i = 0; i < N_SLOTS; i++)
    claim (region, i, input);
  while (input->next < input->end)
    write_record (region, take_byte (input) % N_SLOTS, input);
  ProfHeapStoreSnapshot snapshot;
  ProfHeapRows rows;
  if (prof_heap_pipeline_drain (pipeline, 1) < 0
      || prof_heap_store_take_snapshot (&pipeline->store, &snapshot) < 0
      || prof_heap_store_snapshot_sum (&snapshot, &rows) < 0 || pipeline->images.n > 0)
    abort ();
  prof_heap_rows_finish (&rows);
  prof_heap_store_snapshot_finish (&snapshot);
  prof_heap_pipeline_finish (pipeline);
  free (pipeline);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfHeapRegionConfig config = { .rate_bytes = 1, .ring_bytes = RING_BYTES };
  Input input = { data, data + size };
  ProfHeapRegion region;
  if (size > MAX_BYTES || prof_heap_region_new (&config, &region, NULL) < 0)
    return 0;
  drain (&region, &input);
  prof_heap_region_finish (&region);
  return 0;
}
