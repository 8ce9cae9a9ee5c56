/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/perf-session.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/read-file.h"
#include "capture/perf-session-private.h"

enum {
  RING_BYTES = 4 << 20,
  MIN_RING_BYTES = 512 << 10,
  MAX_STACK_BYTES = UINT16_MAX / 8 * 8, /* perf_event_open(2), sample_stack_user */
};

/* All rings together: on many CPUs each becomes smaller. */
static const size_t max_rings_bytes = (size_t)256 << 20;

PROF_DEFINE_CLEANUP (ProfPerfSession *, prof_perf_session_free)

static size_t
round_to_ring (size_t bytes)
{
  size_t rounded = (size_t)sysconf (_SC_PAGESIZE);
  while (rounded < bytes && rounded <= SIZE_MAX / 4)
    rounded *= 2;
  return rounded;
}

static size_t
choose_ring_bytes (size_t n_cpus)
{
  size_t bytes = RING_BYTES;
  while (bytes > MIN_RING_BYTES && bytes > max_rings_bytes / n_cpus)
    bytes /= 2;
  return bytes;
}

static void
choose_format (ProfPerfSession *session)
{
  const ProfPerfSessionConfig *config = &session->config;
  ProfRecordFormat *format = &session->format;
  format->sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME
                        | PERF_SAMPLE_PERIOD;
  if (config->wants_kernel_chain || config->wants_user_chain)
    format->sample_type |= PERF_SAMPLE_CALLCHAIN;
  if (config->stack_bytes > 0) {
    format->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
    format->regs_mask = config->regs_mask;
  }
}

/* The kernel refuses a frequency over its limit. */
static int
limit_frequency (ProfPerfSession *session)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  if (prof_read_file ("/proc/sys/kernel/perf_event_max_sample_rate", BUFSIZ, &text, &n) < 0)
    return 0;
  unsigned long long limit = strtoull (text, NULL, 10);
  ProfPerfSessionConfig *config = &session->config;
  if (config->period > 0 || limit == 0 || config->frequency_hz <= limit)
    return 0;
  config->frequency_hz = limit;
  return prof_session_notes_add (&session->notes,
                                 "sampling at %llu Hz, the most that the kernel allows "
                                 "(kernel.perf_event_max_sample_rate)",
                                 limit);
}

static int
check_config (const ProfPerfSessionConfig *config, ProfError *reterr)
{
  if (config->period == 0 && config->frequency_hz == 0)
    return prof_error_set (reterr, -EINVAL,
                           "Can't sample: neither a frequency nor a period is set");
  if (config->stack_bytes > MAX_STACK_BYTES)
    return prof_error_set (reterr, -EINVAL,
                           "Can't copy %u bytes of stack with a sample: the kernel's limit is %d",
                           config->stack_bytes, MAX_STACK_BYTES);
  if (config->events != NULL && config->events[0] == NULL)
    return prof_error_set (reterr, -EINVAL, "Can't sample: the list of events is empty");
  return 0;
}

static int
set_up (ProfPerfSession *session)
{
  ProfPerfSessionConfig *config = &session->config;
  config->events = NULL;
  config->stack_bytes = (config->stack_bytes + 7) / 8 * 8;
  session->has_read_lost = session->has_inherit_thread = true;
  choose_format (session);
  int r = prof_cpu_list_read_online (&session->cpus);
  if (r < 0)
    return r;
  config->ring_bytes = config->ring_bytes > 0 ? round_to_ring (config->ring_bytes)
                                              : choose_ring_bytes (session->cpus.n);
  return limit_frequency (session);
}

int
prof_perf_session_new (const ProfPerfSessionConfig *config,
                       ProfPerfSession **ret,
                       ProfError *reterr)
{
  static const char *const default_events[] = { "cycles", NULL };
  int r = check_config (config, reterr);
  if (r < 0)
    return r;
  cleanup (prof_perf_session_free) ProfPerfSession *session = calloc (1, sizeof *session);
  if (session != NULL)
    session->config = *config;
  if (session == NULL || set_up (session) < 0)
    return prof_error_set (reterr, -ENOMEM, "Can't record: out of memory");
  const char *const *events = config->events != NULL ? config->events : default_events;
  r = prof_session_add_events (session, events, reterr);
  if (r < 0)
    return r;
  *ret = steal (&session);
  return 0;
}

ProfPerfSession *
prof_perf_session_free (ProfPerfSession *session)
{
  if (session == NULL)
    return NULL;
  prof_session_clear_rings (session);
  prof_session_close_from (session, 0);
  prof_vec_clear (&session->open);
  prof_hash_index_clear (&session->open_by_id);
  prof_vec_foreach (event, &session->events) {
    prof_perf_event_finish (&event->event);
    free (event->requested);
  }
  prof_vec_clear (&session->events);
  prof_vec_clear (&session->cpus);
  prof_hash_index_clear (&session->doubtful);
  prof_session_notes_finish (&session->notes);
  free (session);
  return NULL;
}

int
prof_perf_session_add_thread (ProfPerfSession *session,
                              pid_t tid,
                              bool enable_on_exec,
                              ProfError *reterr)
{
  ProfSessionTarget target = { .tid = tid, .enable_on_exec = enable_on_exec };
  return prof_session_open (session, &target, reterr);
}

int
prof_perf_session_add_system (ProfPerfSession *session, ProfError *reterr)
{
  ProfSessionTarget target = { .tid = PROF_WHOLE_SYSTEM };
  return prof_session_open (session, &target, reterr);
}

int
prof_perf_session_add_cgroup (ProfPerfSession *session, int cgroup_fd, ProfError *reterr)
{
  ProfSessionTarget target
      = { .tid = PROF_WHOLE_SYSTEM, .is_cgroup = true, .cgroup_fd = cgroup_fd };
  return prof_session_open (session, &target, reterr);
}

int
prof_perf_session_enable (ProfPerfSession *session)
{
  return prof_session_ioctl_from (session, 0, PERF_EVENT_IOC_ENABLE);
}

int
prof_perf_session_disable (ProfPerfSession *session)
{
  return prof_session_ioctl_from (session, 0, PERF_EVENT_IOC_DISABLE);
}

ProfPerfRing *
prof_perf_session_get_rings (ProfPerfSession *session, size_t *ret_n)
{
  *ret_n = session->rings.n;
  return session->rings.items;
}

int
prof_perf_session_get_ring_fd (const ProfPerfSession *session, size_t ring)
{
  return ring < session->ring_fds.n ? session->ring_fds.items[ring] : -EINVAL;
}

bool
prof_perf_session_has_ended (const ProfPerfSession *session)
{
  prof_vec_foreach (open, &session->open) {
    struct pollfd polled = { .fd = open->fd };
    if (open->fd >= 0 && (poll (&polled, 1, 0) != 1 || !(polled.revents & POLLHUP)))
      return false;
  }
  return true;
}

const ProfRecordFormat *
prof_perf_session_get_format (const ProfPerfSession *session)
{
  return &session->format;
}

const ProfPerfSessionEvent *
prof_perf_session_get_events (const ProfPerfSession *session, size_t *ret_n)
{
  *ret_n = session->events.n;
  return session->events.items;
}

uint32_t
prof_perf_session_get_stack_bytes (const ProfPerfSession *session)
{
  return session->config.stack_bytes;
}

int
prof_perf_session_add_note (ProfPerfSession *session, const char *sentence)
{
  return prof_session_notes_add (&session->notes, "%s", sentence);
}

const char *const *
prof_perf_session_get_notes (const ProfPerfSession *session)
{
  return prof_session_notes_get (&session->notes);
}

static bool
has_id (const void *table, uint32_t row, const void *key)
{
  return ((const ProfOpenEvent *)table)[row].id == *(const uint64_t *)key;
}

uint64_t
prof_open_event_hash_place (const ProfOpenEvent *event)
{
  uint64_t hash = prof_hash_word (0, (uint64_t)event->tid);
  return prof_hash_word (hash, (uint64_t)event->cpu << 32 | event->event);
}

static bool
has_place (const void *table, uint32_t row, const void *key)
{
  const ProfOpenEvent *event = (const ProfOpenEvent *)table + row, *wanted = key;
  return event->tid == wanted->tid && event->cpu == wanted->cpu && event->event == wanted->event;
}

/* A thread that was attached to shows up under an event of its parent's: it inherited that after
 * all. Its own is closed, with what its children have of it. Other CPUs need not be the same: the
 * parent's events were opened one after the other. */
static void
close_double (ProfPerfSession *session, const ProfOpenEvent *inherited, pid_t tid)
{
  ProfOpenEvent place = { .tid = tid, .cpu = inherited->cpu, .event = inherited->event };
  uint32_t row = prof_hash_index_find (&session->doubtful, prof_open_event_hash_place (&place),
                                       has_place, session->open.items, &place);
  if (row != PROF_HASH_INDEX_NONE && session->open.items[row].fd >= 0)
    close (prof_steal_fd (&session->open.items[row].fd));
}

int
prof_perf_session_find_event (ProfPerfSession *session, uint64_t event_id, uint32_t tid)
{
  uint32_t row = prof_hash_index_find (&session->open_by_id, prof_hash_word (0, event_id), has_id,
                                       session->open.items, &event_id);
  if (row == PROF_HASH_INDEX_NONE)
    return -ENOENT;
  const ProfOpenEvent *open = &session->open.items[row];
  if (open->fd < 0)
    return -EALREADY;
  if (session->doubtful.n_used > 0 && open->tid != (pid_t)tid)
    close_double (session, open, (pid_t)tid);
  return (int)open->event;
}

uint64_t
prof_perf_session_read_lost (ProfPerfSession *session)
{
  uint64_t n_lost = 0;
  prof_vec_foreach (open, &session->open) {
    uint64_t values[2]; /* the count, then what was lost */
    if (session->has_read_lost && open->fd >= 0
        && read (open->fd, values, sizeof values) == sizeof values)
      n_lost += values[1];
  }
  return n_lost;
}
