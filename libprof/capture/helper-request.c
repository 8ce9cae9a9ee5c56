/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/helper-request.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof (ProfHelperRequest) == 64, "no padding, whose bytes would be nobody's");
_Static_assert(sizeof (ProfHelperAnswer) == 12, "no padding");

/* ---- what may be asked for ---- */

static bool
is_clock (const ProfHelperRequest *request)
{
  return request->type == PERF_TYPE_SOFTWARE
         && (request->config == PERF_COUNT_SW_CPU_CLOCK
             || request->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* Not those with data of BPF programs. */
static bool
is_software (uint64_t config)
{
  switch (config) {
  case PERF_COUNT_SW_CPU_CLOCK:
  case PERF_COUNT_SW_TASK_CLOCK:
  case PERF_COUNT_SW_PAGE_FAULTS:
  case PERF_COUNT_SW_CONTEXT_SWITCHES:
  case PERF_COUNT_SW_CPU_MIGRATIONS:
  case PERF_COUNT_SW_PAGE_FAULTS_MIN:
  case PERF_COUNT_SW_PAGE_FAULTS_MAJ:
  case PERF_COUNT_SW_ALIGNMENT_FAULTS:
  case PERF_COUNT_SW_EMULATION_FAULTS:
  case PERF_COUNT_SW_CGROUP_SWITCHES:
    return true;
  default:
    return false;
  }
}

/* perf_event_open(2): cache, operation and result are a byte each. */
static bool
is_cache (uint64_t config)
{
  return config >> 24 == 0 && (config & 0xff) < PERF_COUNT_HW_CACHE_MAX
         && (config >> 8 & 0xff) < PERF_COUNT_HW_CACHE_OP_MAX
         && (config >> 16 & 0xff) < PERF_COUNT_HW_CACHE_RESULT_MAX;
}

/* Neither tracepoints, nor the processor's own codes, nor probes and breakpoints. */
static bool
is_event (const ProfHelperRequest *request)
{
  switch (request->type) {
  case PERF_TYPE_SOFTWARE:
    return is_software (request->config) && request->precise_ip == 0;
  case PERF_TYPE_HARDWARE:
    return request->config < PERF_COUNT_HW_MAX && request->precise_ip <= 3;
  case PERF_TYPE_HW_CACHE:
    return is_cache (request->config) && request->precise_ip <= 3;
  default:
    return false;
  }
}

static bool
is_rate (const ProfHelperRequest *request)
{
  /* The highest bit is not the period's: the kernel counts in signed numbers. */
  if (request->rate == 0 || request->rate >> 63 != 0)
    return false;
  if (request->flags & PROF_HELPER_FREQUENCY)
    return request->rate <= PROF_HELPER_MAX_FREQUENCY_HZ;
  if (is_clock (request))
    return request->rate >= PROF_HELPER_MIN_CLOCK_NS;
  return request->type == PERF_TYPE_SOFTWARE || request->rate >= PROF_HELPER_MIN_PERIOD;
}

static bool
is_stack (const ProfHelperRequest *request)
{
  bool has_stack = request->stack_bytes > 0;
  return request->stack_bytes % 8 == 0 && request->stack_bytes <= PROF_HELPER_MAX_STACK_BYTES
         && has_stack == (request->user_registers != 0);
}

static bool
is_ring (const ProfHelperRequest *request)
{
  uint32_t bytes = request->ring_bytes, page_bytes = (uint32_t)sysconf (_SC_PAGESIZE);
  bool is_size = bytes == 0
                 || (bytes >= page_bytes && bytes <= PROF_HELPER_MAX_RING_BYTES
                     && (bytes & (bytes - 1)) == 0);
  return is_size && request->watermark_bytes <= PROF_HELPER_MAX_RING_BYTES;
}

/* The whole system by CPU, or a thread. */
static bool
is_target (const ProfHelperRequest *request)
{
  const uint32_t of_threads
      = PROF_HELPER_INHERIT | PROF_HELPER_INHERIT_THREAD | PROF_HELPER_ENABLE_ON_EXEC;
  if (request->pid == -1)
    return request->cpu >= 0 && (request->flags & of_threads) == 0;
  return request->pid > 0 && request->cpu >= -1;
}

static bool
is_open (const ProfHelperRequest *request)
{
  return (request->flags & ~(uint32_t)PROF_HELPER_ALL_FLAGS) == 0 && is_target (request)
         && is_event (request) && is_rate (request) && is_stack (request) && is_ring (request);
}

static bool
is_plain (const ProfHelperRequest *request, int32_t pid)
{
  ProfHelperRequest plain = { .magic = PROF_HELPER_MAGIC, .kind = request->kind, .pid = pid };
  return memcmp (request, &plain, sizeof plain) == 0;
}

static bool
is_allowed (const ProfHelperRequest *request)
{
  switch (request->kind) {
  case PROF_HELPER_OPEN:
    return is_open (request);
  case PROF_HELPER_UNMAP:
  case PROF_HELPER_KALLSYMS:
    return is_plain (request, 0);
  case PROF_HELPER_MAPS:
    return request->pid > 0 && is_plain (request, request->pid);
  default:
    return false;
  }
}

int
prof_helper_request_parse (const void *bytes, size_t n_bytes, ProfHelperRequest *ret)
{
  ProfHelperRequest request;
  if (n_bytes != sizeof request)
    return -EBADMSG;
  memcpy (&request, bytes, sizeof request);
  if (request.magic != PROF_HELPER_MAGIC || request.kind < PROF_HELPER_OPEN
      || request.kind > PROF_HELPER_MAPS)
    return -EBADMSG;
  *ret = request;
  return is_allowed (&request) ? 0 : -EBADRQC;
}

/* ---- events ---- */

void
prof_helper_request_get_attr (const ProfHelperRequest *request, struct perf_event_attr *ret)
{
  uint32_t flags = request->flags;
  struct perf_event_attr attr = { .size = sizeof attr };
  attr.type = request->type;
  attr.config = request->config;
  attr.precise_ip = request->precise_ip & 3;
  attr.freq = (flags & PROF_HELPER_FREQUENCY) != 0;
  attr.sample_period = request->rate; /* a union with sample_freq */
  attr.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME
                     | PERF_SAMPLE_PERIOD;
  if (flags & (PROF_HELPER_KERNEL_CHAIN | PROF_HELPER_USER_CHAIN))
    attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
  if (request->stack_bytes > 0)
    attr.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
  attr.sample_regs_user = request->user_registers;
  attr.sample_stack_user = request->stack_bytes;
  attr.exclude_user = (flags & PROF_HELPER_EXCLUDE_USER) != 0;
  attr.exclude_kernel = (flags & PROF_HELPER_EXCLUDE_KERNEL) != 0;
  attr.exclude_hv = (flags & PROF_HELPER_EXCLUDE_HV) != 0;
  attr.exclude_host = (flags & PROF_HELPER_EXCLUDE_HOST) != 0;
  attr.exclude_guest = (flags & PROF_HELPER_EXCLUDE_GUEST) != 0;
  attr.exclude_callchain_kernel = (flags & PROF_HELPER_KERNEL_CHAIN) == 0;
  attr.exclude_callchain_user = (flags & PROF_HELPER_USER_CHAIN) == 0;
  attr.mmap = attr.mmap2 = attr.comm = attr.comm_exec = attr.task
      = (flags & PROF_HELPER_SIDE_RECORDS) != 0;
  attr.inherit = (flags & PROF_HELPER_INHERIT) != 0;
  attr.inherit_thread = (flags & PROF_HELPER_INHERIT_THREAD) != 0;
  attr.enable_on_exec = (flags & PROF_HELPER_ENABLE_ON_EXEC) != 0;
  attr.read_format = flags & PROF_HELPER_READ_LOST ? PERF_FORMAT_LOST : 0;
  attr.disabled = 1;
  attr.sample_id_all = 1;
  attr.use_clockid = 1;
  attr.clockid = CLOCK_MONOTONIC;
  attr.watermark = 1;
  attr.wakeup_watermark = request->watermark_bytes;
  *ret = attr;
}

static uint32_t
collect_flags (const struct perf_event_attr *attr)
{
  return (attr->exclude_user ? PROF_HELPER_EXCLUDE_USER : 0)
         | (attr->exclude_kernel ? PROF_HELPER_EXCLUDE_KERNEL : 0)
         | (attr->exclude_hv ? PROF_HELPER_EXCLUDE_HV : 0)
         | (attr->exclude_host ? PROF_HELPER_EXCLUDE_HOST : 0)
         | (attr->exclude_guest ? PROF_HELPER_EXCLUDE_GUEST : 0)
         | (attr->freq ? PROF_HELPER_FREQUENCY : 0)
         | (!attr->exclude_callchain_kernel ? PROF_HELPER_KERNEL_CHAIN : 0)
         | (!attr->exclude_callchain_user ? PROF_HELPER_USER_CHAIN : 0)
         | (attr->mmap ? PROF_HELPER_SIDE_RECORDS : 0) | (attr->inherit ? PROF_HELPER_INHERIT : 0)
         | (attr->inherit_thread ? PROF_HELPER_INHERIT_THREAD : 0)
         | (attr->enable_on_exec ? PROF_HELPER_ENABLE_ON_EXEC : 0)
         | (attr->read_format != 0 ? PROF_HELPER_READ_LOST : 0);
}

int
prof_helper_request_set_attr (ProfHelperRequest *request, const struct perf_event_attr *attr)
{
  struct perf_event_attr same;
  request->type = attr->type;
  request->config = attr->config;
  request->precise_ip = attr->precise_ip;
  request->rate = attr->sample_period;
  request->user_registers = attr->sample_regs_user;
  request->stack_bytes = attr->sample_stack_user;
  request->watermark_bytes = attr->wakeup_watermark;
  request->flags = collect_flags (attr);
  prof_helper_request_get_attr (request, &same);
  return memcmp (&same, attr, sizeof same) == 0 ? 0 : -EBADRQC;
}
