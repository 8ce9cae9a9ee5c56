/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <unistd.h>

#include <sys/ioctl.h>

#include "base/error.h"
#include "base/hash.h"
#include "capture/perf-error.h"
#include "capture/perf-session-private.h"

enum {
  MIN_RING_BYTES = 64 << 10,
  /* Below this a ring holds few samples of 32 KiB and more of stack. */
  SMALL_RING_BYTES = 512 << 10,
  SMALL_STACK_BYTES = 8 << 10,
};

/* One try to open all events on a target. */
typedef struct {
  ProfPerfSession *session;
  const ProfSessionTarget *target;
  bool is_first; /* brings the rings */
  size_t row;
  bool is_mapping; /* it was mapping the ring that failed */
} Opening;

void
prof_session_clear_rings (ProfPerfSession *session)
{
  prof_vec_foreach (ring, &session->rings)
    prof_perf_ring_finish (ring);
  prof_vec_clear (&session->rings);
  prof_vec_clear (&session->ring_fds);
}

void
prof_session_close_from (ProfPerfSession *session, size_t first)
{
  for (size_t i = first; i < session->open.n; i++)
    if (session->open.items[i].fd >= 0)
      close (session->open.items[i].fd);
  session->open.n = first;
}

int
prof_session_ioctl_from (ProfPerfSession *session, size_t first, unsigned long request)
{
  int r = 0;
  for (size_t i = first; i < session->open.n; i++) {
    int fd = session->open.items[i].fd;
    if (fd >= 0 && ioctl (fd, request, 0) < 0 && r == 0)
      r = -errno;
  }
  return r;
}

static int
map_ring (Opening *opening, int fd)
{
  ProfPerfSession *session = opening->session;
  ProfPerfRing ring;
  if (prof_vec_reserve (&session->rings, 1) < 0 || prof_vec_reserve (&session->ring_fds, 1) < 0)
    return -ENOMEM;
  int r = prof_perf_ring_map (&ring, fd, session->config.ring_bytes);
  if (r < 0) {
    opening->is_mapping = true;
    return r;
  }
  session->rings.items[session->rings.n++] = ring;
  session->ring_fds.items[session->ring_fds.n++] = fd;
  return 0;
}

/* Opens the event opening->row on a CPU, with its output in the CPU's ring. */
static int
open_event (Opening *opening, size_t cpu_row)
{
  ProfPerfSession *session = opening->session;
  if (prof_vec_reserve (&session->open, 1) < 0)
    return -ENOMEM;
  bool has_ring = opening->is_first && opening->row == 0;
  int fd = prof_session_open_event (session, opening->row, opening->target,
                                    session->cpus.items[cpu_row], has_ring, &opening->is_mapping);
  if (fd < 0)
    return fd;
  ProfOpenEvent *open = &session->open.items[session->open.n++];
  *open = (ProfOpenEvent){
    .fd = fd,
    .event = (uint32_t)opening->row,
    .tid = opening->target->tid,
    .cpu = session->cpus.items[cpu_row],
  };
  if (ioctl (fd, PERF_EVENT_IOC_ID, &open->id) < 0)
    return -errno;
  if (has_ring)
    return map_ring (opening, fd);
  int ring_fd = session->ring_fds.items[cpu_row];
  return ioctl (fd, PERF_EVENT_IOC_SET_OUTPUT, ring_fd) < 0 ? -errno : 0;
}

static void
remove_cpu (ProfCpuList *cpus, size_t row)
{
  cpus->n--;
  memmove (cpus->items + row, cpus->items + row + 1, (cpus->n - row) * sizeof *cpus->items);
}

static int
open_on_cpu (Opening *opening, size_t cpu_row)
{
  int r = 0;
  for (size_t row = 0; r == 0 && row < opening->session->events.n; row++) {
    opening->row = row;
    r = open_event (opening, cpu_row);
  }
  return r;
}

/* A CPU that went offline meanwhile (ENODEV) is left out. */
static int
open_on_cpus (Opening *opening)
{
  ProfPerfSession *session = opening->session;
  size_t cpu_row = 0;
  while (cpu_row < session->cpus.n) {
    int r = open_on_cpu (opening, cpu_row);
    bool is_offline = r == -ENODEV && opening->row == 0;
    if (r < 0 && !is_offline)
      return r;
    if (is_offline && opening->is_first)
      remove_cpu (&session->cpus, cpu_row);
    else
      cpu_row++;
  }
  return session->cpus.n > 0 ? 0 : -ENODEV;
}

static int
index_events (ProfPerfSession *session, size_t first, bool is_doubtful)
{
  for (size_t i = first; i < session->open.n; i++) {
    const ProfOpenEvent *open = &session->open.items[i];
    uint64_t hash = prof_hash_word (0, open->id);
    if (prof_hash_index_add (&session->open_by_id, hash, (uint32_t)i) < 0)
      return -ENOMEM;
    hash = prof_open_event_hash_place (open);
    if (is_doubtful && prof_hash_index_add (&session->doubtful, hash, (uint32_t)i) < 0)
      return -ENOMEM;
  }
  return 0;
}

/* After EPERM or ENOMEM for a ring. */
static bool
shrink_rings (ProfPerfSessionConfig *config)
{
  if (config->ring_bytes <= MIN_RING_BYTES)
    return false;
  config->ring_bytes /= 2;
  if (config->ring_bytes < SMALL_RING_BYTES && config->stack_bytes > SMALL_STACK_BYTES)
    config->stack_bytes = SMALL_STACK_BYTES;
  return true;
}

static int
note_shrinking (ProfPerfSession *session, const ProfPerfSessionConfig *before)
{
  const ProfPerfSessionConfig *config = &session->config;
  int r = 0;
  if (config->ring_bytes < before->ring_bytes)
    r = prof_session_notes_add (&session->notes,
                                "the buffer of samples is %zu KiB for each CPU instead of %zu: "
                                "this "
                                "user may lock no more memory (kernel.perf_event_mlock_kb, ulimit "
                                "-l)",
                                config->ring_bytes >> 10, before->ring_bytes >> 10);
  if (r == 0 && config->stack_bytes < before->stack_bytes)
    r = prof_session_notes_add (&session->notes,
                                "%u KiB of stack are copied with a sample instead of %u, to fit "
                                "the "
                                "small buffer: deep stacks may be cut off",
                                config->stack_bytes >> 10, before->stack_bytes >> 10);
  return r;
}

static int
report (const Opening *opening, int error, ProfError *reterr)
{
  const ProfPerfSession *session = opening->session;
  if (!opening->is_mapping)
    return prof_session_report_open (session, opening->row, opening->target, error, reterr);
  ProfPerfRights rights;
  prof_perf_rights_read (&rights);
  return prof_perf_map_error (reterr, -error, session->config.ring_bytes, &rights);
}

static void
give_up_rings (ProfPerfSession *session)
{
  prof_session_clear_rings (session);
  if (session->config.helper != NULL)
    prof_helper_channel_unmap (session->config.helper);
}

int
prof_session_open (ProfPerfSession *session, const ProfSessionTarget *target, ProfError *reterr)
{
  const ProfPerfSessionConfig before = session->config;
  size_t n_before = session->open.n;
  Opening opening;
  int r;
  do {
    opening = (Opening){ session, target, .is_first = session->rings.n == 0 };
    r = open_on_cpus (&opening);
    if (r == 0)
      r = index_events (session, n_before, target->is_doubtful);
    if (r == 0)
      r = note_shrinking (session, &before);
    if (r == 0)
      return 0;
    prof_session_close_from (session, n_before);
    if (opening.is_first)
      give_up_rings (session);
  } while (opening.is_mapping && (r == -EPERM || r == -ENOMEM) && shrink_rings (&session->config));
  return report (&opening, r, reterr);
}
