/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The events that the kernel names itself, on every processor (perf_event_open(2)). */
typedef struct {
  const char *name;
  const char *alias; /* another name, or NULL */
  uint32_t type;     /* PERF_TYPE_HARDWARE, _SOFTWARE or _HW_CACHE */
  uint64_t config;
  const char *description;
} ProfGenericEvent;

const ProfGenericEvent *prof_generic_events (size_t *ret_n);

/* By the first `n` bytes of a name or alias, in any case; NULL if there is none. */
const ProfGenericEvent *prof_generic_event_find (const char *name, size_t n);
const ProfGenericEvent *prof_generic_event_find_config (uint32_t type, uint64_t config);
