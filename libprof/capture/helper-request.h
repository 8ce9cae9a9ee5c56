/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <linux/perf_event.h>

/* What prof-helper, which has root's rights, does for a recorder that has none: fixed messages over
 * a SOCK_SEQPACKET socket, an answer for each request. No path and no command: only what is listed
 * here can be asked for. After an answer of its own at the start, the helper waits for requests
 * until the socket is closed; a message that is none ends it. */

/* "prf" and the version of the protocol. */
#define PROF_HELPER_MAGIC 0x70726601u

/* Who runs it: what PolicyKit has to know by the same name. */
#define PROF_HELPER_ACTION "org.libprof.record-system"

typedef enum {
  PROF_HELPER_OPEN = 1,     /* an event; with ring_bytes, the helper maps its ring as well */
  PROF_HELPER_UNMAP = 2,    /* all rings, for a try with smaller ones */
  PROF_HELPER_KALLSYMS = 3, /* /proc/kallsyms with addresses, if an event has shown the kernel */
  PROF_HELPER_MAPS = 4, /* the code that a process has mapped, once the whole system is recorded */
} ProfHelperKind;

enum {
  PROF_HELPER_EXCLUDE_USER = 1 << 0,
  PROF_HELPER_EXCLUDE_KERNEL = 1 << 1,
  PROF_HELPER_EXCLUDE_HV = 1 << 2,
  PROF_HELPER_EXCLUDE_HOST = 1 << 3,
  PROF_HELPER_EXCLUDE_GUEST = 1 << 4,
  PROF_HELPER_FREQUENCY = 1 << 5, /* rate is in Hz; else a period */
  PROF_HELPER_KERNEL_CHAIN = 1 << 6,
  PROF_HELPER_USER_CHAIN = 1 << 7,
  PROF_HELPER_SIDE_RECORDS = 1 << 8, /* maps, names, forks and exits */
  PROF_HELPER_INHERIT = 1 << 9,
  PROF_HELPER_INHERIT_THREAD = 1 << 10,
  PROF_HELPER_ENABLE_ON_EXEC = 1 << 11,
  PROF_HELPER_READ_LOST = 1 << 12,
  PROF_HELPER_ALL_FLAGS = (1 << 13) - 1,
};

enum {
  PROF_HELPER_MAX_RING_BYTES = 16 << 20,
  PROF_HELPER_MAX_FREQUENCY_HZ = 10000,
  PROF_HELPER_MIN_PERIOD = 10000,      /* of hardware events */
  PROF_HELPER_MIN_CLOCK_NS = 100000,   /* of clocks, whose period is nanoseconds */
  PROF_HELPER_MAX_STACK_BYTES = 65528, /* perf_event_open(2), sample_stack_user */
};

/* Fields that a kind does not name are 0. */
typedef struct {
  uint32_t magic;
  uint32_t kind;
  int32_t pid; /* OPEN: a thread of the caller's user, or -1; MAPS: any process */
  int32_t cpu; /* OPEN: or -1, with a thread only */
  uint32_t type, precise_ip;
  uint64_t config;
  uint64_t rate;
  uint64_t user_registers;
  uint32_t flags;
  uint32_t stack_bytes;
  uint32_t watermark_bytes;
  uint32_t ring_bytes; /* 0: no ring of its own; else a power of two of pages */
} ProfHelperRequest;

/* With a descriptor, if result is 0 and the request was for one. */
typedef struct {
  uint32_t magic;
  int32_t result;   /* 0 or negative errno; -EBADRQC: it is not among what may be asked for */
  uint32_t is_ring; /* it was mapping the ring that failed */
} ProfHelperAnswer;

/* Pure: whether the helper does this at all. 0; -EBADMSG: no request of this protocol, after which
 * nothing is listened to; -EBADRQC: more than may be asked for. */
int prof_helper_request_parse (const void *bytes, size_t n_bytes, ProfHelperRequest *ret);

/* Pure: the event of a request. It is opened disabled. */
void prof_helper_request_get_attr (const ProfHelperRequest *request, struct perf_event_attr *ret);

/* Pure: the request for an event, but pid, cpu and ring. -EBADRQC: requests have no words for it.
 */
int prof_helper_request_set_attr (ProfHelperRequest *request, const struct perf_event_attr *attr);
