/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-record.h"

#include <errno.h>
#include <string.h>

#include <linux/perf_event.h>
#include <sys/mman.h>

enum {
  SAMPLE_ID_FIELDS = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID
                     | PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER,
  SAMPLE_FIELDS = SAMPLE_ID_FIELDS | PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_PERIOD
                  | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
};

/* The part of a record that is not read yet: `is_short` once more was wanted than there is. */
typedef struct {
  const uint8_t *next, *end;
  bool is_short;
} Body;

static const void *
take_bytes (Body *body, uint64_t n_bytes)
{
  if (n_bytes > (uint64_t)(body->end - body->next)) {
    body->is_short = true;
    body->next = body->end;
    return NULL;
  }
  const void *bytes = body->next;
  body->next += n_bytes;
  return bytes;
}

static uint64_t
take_u64 (Body *body)
{
  uint64_t value = 0;
  const void *bytes = take_bytes (body, sizeof value);
  if (bytes != NULL)
    memcpy (&value, bytes, sizeof value);
  return value;
}

static void
take_u32_pair (Body *body, uint32_t *ret_first, uint32_t *ret_second)
{
  uint32_t pair[2] = { 0, 0 };
  const void *bytes = take_bytes (body, sizeof pair);
  if (bytes != NULL)
    memcpy (pair, bytes, sizeof pair);
  *ret_first = pair[0];
  *ret_second = pair[1];
}

/* A string that ends inside the record; zeros up to the next multiple of 8 belong to it. */
static const char *
take_string (Body *body)
{
  const uint8_t *string = body->next;
  const uint8_t *nul = memchr (string, 0, (size_t)(body->end - string));
  if (nul == NULL) {
    body->is_short = true;
    return "";
  }
  body->next = body->end;
  return (const char *)string;
}

/* With sample_id_all every record but a sample ends with these fields, the identifier last, so that
 * they are found from the end. */
static void
take_sample_id (Body *body, uint64_t sample_type, ProfRecord *record)
{
  size_t n_bytes = 8 * (size_t)__builtin_popcountll (sample_type & SAMPLE_ID_FIELDS);
  if (n_bytes > (size_t)(body->end - body->next)) {
    body->is_short = true;
    return;
  }
  body->end -= n_bytes;
  Body id = { .next = body->end, .end = body->end + n_bytes };
  if (sample_type & PERF_SAMPLE_TID)
    take_u32_pair (&id, &record->pid, &record->tid);
  if (sample_type & PERF_SAMPLE_TIME)
    record->time_ns = take_u64 (&id);
  if (sample_type & PERF_SAMPLE_ID)
    record->event_id = take_u64 (&id);
  if (sample_type & PERF_SAMPLE_STREAM_ID)
    take_u64 (&id);
  if (sample_type & PERF_SAMPLE_CPU)
    take_u64 (&id);
  if (sample_type & PERF_SAMPLE_IDENTIFIER)
    record->event_id = take_u64 (&id);
}

static void
take_registers (Body *body, uint64_t mask, ProfRecordSample *sample)
{
  sample->registers_abi = take_u64 (body);
  if (sample->registers_abi == PERF_SAMPLE_REGS_ABI_NONE)
    return;
  sample->has_user_registers = true;
  memset (sample->registers, 0, sizeof sample->registers);
  for (; mask != 0; mask &= mask - 1) {
    unsigned reg = (unsigned)__builtin_ctzll (mask);
    uint64_t value = take_u64 (body);
    if (reg < PROF_MAX_REGISTERS)
      sample->registers[reg] = value;
  }
}

static void
take_stack (Body *body, ProfRecordSample *sample)
{
  uint64_t n_reserved = take_u64 (body);
  if (n_reserved == 0)
    return;
  sample->stack = take_bytes (body, n_reserved);
  uint64_t n_copied = take_u64 (body);
  if (n_copied > n_reserved)
    body->is_short = true;
  else
    sample->stack_bytes = n_copied;
}

static void
take_callchain (Body *body, ProfRecordSample *sample)
{
  uint64_t n = take_u64 (body);
  if (n > UINT16_MAX)
    body->is_short = true;
  else
    sample->callchain = take_bytes (body, n * sizeof *sample->callchain);
  sample->n_callchain = sample->callchain != NULL ? n : 0;
}

static void
take_sample (Body *body, const ProfRecordFormat *format, uint16_t misc, ProfRecord *record)
{
  uint64_t type = format->sample_type;
  ProfRecordSample *sample = &record->sample;
  uint16_t cpu_mode = misc & PERF_RECORD_MISC_CPUMODE_MASK;
  sample->in_kernel
      = cpu_mode == PERF_RECORD_MISC_KERNEL || cpu_mode == PERF_RECORD_MISC_GUEST_KERNEL;
  if (type & PERF_SAMPLE_IDENTIFIER)
    record->event_id = take_u64 (body);
  if (type & PERF_SAMPLE_IP)
    sample->ip = take_u64 (body);
  if (type & PERF_SAMPLE_TID)
    take_u32_pair (body, &record->pid, &record->tid);
  if (type & PERF_SAMPLE_TIME)
    record->time_ns = take_u64 (body);
  if (type & PERF_SAMPLE_ADDR)
    sample->addr = take_u64 (body);
  if (type & PERF_SAMPLE_ID)
    record->event_id = take_u64 (body);
  if (type & PERF_SAMPLE_STREAM_ID)
    take_u64 (body);
  if (type & PERF_SAMPLE_CPU)
    take_u64 (body);
  if (type & PERF_SAMPLE_PERIOD)
    sample->period = take_u64 (body);
  if (type & PERF_SAMPLE_CALLCHAIN)
    take_callchain (body, sample);
  if (type & PERF_SAMPLE_REGS_USER)
    take_registers (body, format->regs_mask, sample);
  if (type & PERF_SAMPLE_STACK_USER)
    take_stack (body, sample);
}

/* PERF_RECORD_MMAP: the fields before the name are those that MMAP2 has too. */
static void
take_map (Body *body, const struct perf_event_header *header, ProfRecord *record)
{
  ProfRecordMap *map = &record->map;
  take_u32_pair (body, &record->pid, &record->tid);
  map->start = take_u64 (body);
  map->length = take_u64 (body);
  map->offset = take_u64 (body);
  map->is_executable = !(header->misc & PERF_RECORD_MISC_MMAP_DATA);
  if (header->type == PERF_RECORD_MMAP2) {
    uint32_t protection, flags;
    take_u32_pair (body, &map->device_major, &map->device_minor);
    map->inode = take_u64 (body);
    take_u64 (body); /* the inode's generation */
    take_u32_pair (body, &protection, &flags);
    map->is_executable = protection & PROT_EXEC;
    if (header->misc & PERF_RECORD_MISC_MMAP_BUILD_ID) { /* it stands in the inode's place */
      map->device_major = map->device_minor = 0;
      map->inode = 0;
    }
  }
  map->filename = take_string (body);
}

static void
take_comm (Body *body, uint16_t misc, ProfRecord *record)
{
  take_u32_pair (body, &record->pid, &record->tid);
  record->comm.name = take_string (body);
  record->comm.is_exec = misc & PERF_RECORD_MISC_COMM_EXEC;
}

static void
take_fork (Body *body, ProfRecord *record)
{
  take_u32_pair (body, &record->pid, &record->fork.parent_pid);
  take_u32_pair (body, &record->tid, &record->fork.parent_tid);
  record->time_ns = take_u64 (body);
}

static ProfRecordKind
kind_of (uint32_t type)
{
  switch (type) {
  case PERF_RECORD_SAMPLE:
    return PROF_RECORD_SAMPLE;
  case PERF_RECORD_MMAP:
  case PERF_RECORD_MMAP2:
    return PROF_RECORD_MAP;
  case PERF_RECORD_COMM:
    return PROF_RECORD_COMM;
  case PERF_RECORD_FORK:
    return PROF_RECORD_FORK;
  case PERF_RECORD_EXIT:
    return PROF_RECORD_EXIT;
  case PERF_RECORD_LOST:
  case PERF_RECORD_LOST_SAMPLES:
    return PROF_RECORD_LOST;
  case PERF_RECORD_THROTTLE:
    return PROF_RECORD_THROTTLE;
  default:
    return PROF_RECORD_OTHER;
  }
}

static void
take_body (Body *body,
           const ProfRecordFormat *format,
           const struct perf_event_header *header,
           ProfRecord *record)
{
  switch (record->kind) {
  case PROF_RECORD_SAMPLE:
    take_sample (body, format, header->misc, record);
    break;
  case PROF_RECORD_MAP:
    take_map (body, header, record);
    break;
  case PROF_RECORD_COMM:
    take_comm (body, header->misc, record);
    break;
  case PROF_RECORD_FORK:
  case PROF_RECORD_EXIT:
    take_fork (body, record);
    break;
  case PROF_RECORD_LOST:
    if (header->type == PERF_RECORD_LOST)
      record->event_id = take_u64 (body);
    record->lost.n_lost = take_u64 (body);
    break;
  case PROF_RECORD_THROTTLE:
    record->time_ns = take_u64 (body);
    record->event_id = take_u64 (body);
    break;
  case PROF_RECORD_OTHER:
    break;
  }
}

int
prof_record_parse (const ProfRecordFormat *format, const void *bytes, size_t size, ProfRecord *ret)
{
  struct perf_event_header header;
  if (size < sizeof header || (uintptr_t)bytes % 8 != 0 || (format->sample_type & ~SAMPLE_FIELDS))
    return -EBADMSG;
  memcpy (&header, bytes, sizeof header);
  if (header.size != size)
    return -EBADMSG;

  const uint8_t *start = bytes;
  Body body = { .next = start + sizeof header, .end = start + size };
  memset (ret, 0, offsetof (ProfRecord, sample.registers));
  ret->kind = kind_of (header.type);
  if (ret->kind != PROF_RECORD_SAMPLE)
    take_sample_id (&body, format->sample_type, ret);
  take_body (&body, format, &header, ret);
  return body.is_short ? -EBADMSG : 0;
}
