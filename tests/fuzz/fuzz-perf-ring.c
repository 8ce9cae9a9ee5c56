/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include "capture/record-merge.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { DATA_BYTES = 4096 };

static const ProfRecordFormat format
    = { PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME
            | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER
            | PERF_SAMPLE_STACK_USER,
        0x1f };

static void
count (void *user_data, const ProfRecord *record)
{
  size_t *n = user_data;
  if (record->kind > PROF_RECORD_OTHER || ++*n > DATA_BYTES / 8)
    abort ();
}

/* Tail, head and time limit, then what the ring holds. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint64_t numbers[3];
  size_t page_bytes = (size_t)sysconf (_SC_PAGESIZE), n_records = 0;
  if (size < sizeof numbers || size > sizeof numbers + DATA_BYTES)
    return 0;
  struct perf_event_mmap_page *page = aligned_alloc (page_bytes, page_bytes + DATA_BYTES);
  if (page == NULL)
    return 0;
  memset (page, 0, page_bytes + DATA_BYTES);
  memcpy (numbers, data, sizeof numbers);
  memcpy ((uint8_t *)page + page_bytes, data + sizeof numbers, size - sizeof numbers);
  page->data_tail = numbers[0];
  page->data_head = numbers[1];

  ProfPerfRing ring;
  ProfRecordMergeStats stats = { 0 };
  if (prof_perf_ring_init (&ring, page, DATA_BYTES) == 0) {
    prof_record_merge (&ring, 1, &format, numbers[2], count, &n_records, &stats);
    if (stats.n_records != n_records || page->data_tail != ring.tail)
      abort ();
    prof_perf_ring_finish (&ring);
  }
  free (page);
  return 0;
}
