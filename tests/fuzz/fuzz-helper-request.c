/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/helper-request.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What the kernel is asked for must be no more than the list allows, however it was said. */
static void
check_attr (const struct perf_event_attr *attr)
{
  const uint64_t samples = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID
                           | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN
                           | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
  if ((attr->type != PERF_TYPE_HARDWARE && attr->type != PERF_TYPE_SOFTWARE
       && attr->type != PERF_TYPE_HW_CACHE)
      || (attr->sample_type & ~samples) != 0 || attr->config1 != 0 || attr->config2 != 0
      || attr->pinned || attr->exclusive || !attr->disabled || attr->sample_period == 0
      || (attr->freq && attr->sample_freq > PROF_HELPER_MAX_FREQUENCY_HZ)
      || attr->sample_stack_user > PROF_HELPER_MAX_STACK_BYTES)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  ProfHelperRequest request, again = { 0 };
  struct perf_event_attr attr;
  int r = prof_helper_request_parse (data, size, &request);
  if (r == -EBADMSG || r == -EBADRQC)
    return 0;
  if (r != 0 || size != sizeof request || memcmp (&request, data, size) != 0)
    abort ();
  if (request.kind != PROF_HELPER_OPEN)
    return 0;
  prof_helper_request_get_attr (&request, &attr);
  check_attr (&attr);
  if (prof_helper_request_set_attr (&again, &attr) < 0 || again.rate != request.rate
      || again.flags != request.flags || again.config != request.config)
    abort ();
  return 0;
}
