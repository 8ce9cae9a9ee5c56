/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdlib.h>
#include <string.h>

#include <linux/perf_event.h>

#include "capture/perf-record.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static volatile uint8_t sink;

static void
touch (const void *bytes, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i++)
    sink = ((const uint8_t *)bytes)[i];
}

static void
touch_record (const ProfRecord *record)
{
  switch (record->kind) {
  case PROF_RECORD_SAMPLE:
    touch (record->sample.callchain, record->sample.n_callchain * 8);
    touch (record->sample.stack, record->sample.stack_bytes);
    break;
  case PROF_RECORD_MAP:
    touch (record->map.filename, strlen (record->map.filename));
    break;
  case PROF_RECORD_COMM:
    touch (record->comm.name, strlen (record->comm.name));
    break;
  default:
    break;
  }
}

/* The first 16 bytes are the format; the rest is the record, whose size is put right. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfRecordFormat format;
  ProfRecord record;
  if (size < 24 || size > 16 + UINT16_MAX)
    return 0;
  memcpy (&format.sample_type, data, 8);
  memcpy (&format.regs_mask, data + 8, 8);
  uint16_t n = (uint16_t)(size - 16);
  uint8_t *bytes = malloc (n);
  if (bytes == NULL)
    return 0;
  memcpy (bytes, data + 16, n);
  memcpy (bytes + 6, &n, sizeof n);
  if (prof_record_parse (&format, bytes, n, &record) == 0)
    touch_record (&record);
  free (bytes);
  return 0;
}
