/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "helper/server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "capture/helper-request.h"
#include "capture/perf-open.h"
#include "helper/code-maps.h"
#include "helper/owner.h"

enum {
  /* Against what could hold a request up, such as a process that keeps its maps locked. */
  LONGEST_REQUEST_S = 10,
  MAX_RINGS = 4096,
};

/* All rings together. */
static const size_t max_ring_bytes = (size_t)512 << 20;

/* ---- requests ---- */

static int
map_ring (ProfServer *server, int fd, size_t data_bytes)
{
  size_t n_bytes = data_bytes + (size_t)sysconf (_SC_PAGESIZE);
  if (server->rings.n >= MAX_RINGS || n_bytes > max_ring_bytes - server->n_ring_bytes
      || prof_vec_reserve (&server->rings, 1) < 0)
    return -ENOMEM;
  void *map = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED)
    return -errno;
  server->rings.items[server->rings.n++] = (ProfServerRing){ map, n_bytes };
  server->n_ring_bytes += n_bytes;
  return 0;
}

static void
unmap_rings (ProfServer *server)
{
  prof_vec_foreach (ring, &server->rings)
    munmap (ring->map, ring->n_bytes);
  server->rings.n = 0;
  server->n_ring_bytes = 0;
}

/* That the same thread is alive and still the caller's after its event was opened means that the
 * event is of no other, to which its number might have gone. */
static int
open_on_thread (const ProfServer *server, const struct perf_event_attr *attr, pid_t tid, int cpu)
{
  cleanup (prof_close) int thread_fd = prof_owner_open (tid);
  int r = thread_fd < 0 ? thread_fd : prof_owner_check (thread_fd, server->uid);
  if (r < 0)
    return r;
  cleanup (prof_close) int fd = prof_perf_open (attr, tid, cpu);
  if (fd < 0)
    return fd;
  r = prof_owner_check (thread_fd, server->uid);
  return r < 0 ? r : prof_steal_fd (&fd);
}

static int
open_event (ProfServer *server, const ProfHelperRequest *request, ProfHelperAnswer *answer)
{
  struct perf_event_attr attr;
  prof_helper_request_get_attr (request, &attr);
  bool is_system = request->pid == -1;
  cleanup (prof_close) int fd = is_system
                                    ? prof_perf_open (&attr, -1, request->cpu)
                                    : open_on_thread (server, &attr, request->pid, request->cpu);
  if (fd < 0)
    return fd;
  int r = request->ring_bytes > 0 ? map_ring (server, fd, request->ring_bytes) : 0;
  if (r < 0) {
    answer->is_ring = 1;
    return r;
  }
  server->shows_system |= is_system;
  server->shows_kernel |= !attr.exclude_kernel;
  return prof_steal_fd (&fd);
}

static int
open_kallsyms (const ProfServer *server)
{
  if (!server->shows_kernel)
    return -EACCES;
  int fd = open ("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

/* A descriptor, or -1 with the reason in the answer, which is 0 where none was asked for. */
static int
serve (ProfServer *server, const ProfHelperRequest *request, ProfHelperAnswer *answer)
{
  int fd = -1;
  switch ((ProfHelperKind)request->kind) {
  case PROF_HELPER_OPEN:
    fd = open_event (server, request, answer);
    break;
  case PROF_HELPER_KALLSYMS:
    fd = open_kallsyms (server);
    break;
  case PROF_HELPER_MAPS:
    fd = server->shows_system ? prof_code_maps_open (request->pid) : -EACCES;
    break;
  case PROF_HELPER_UNMAP:
    unmap_rings (server);
    return -1;
  }
  if (fd < 0)
    answer->result = fd;
  return fd < 0 ? -1 : fd;
}

/* ---- messages ---- */

/* The socket's timeout ends it if nobody reads. */
static int
send_answer (int socket_fd, const ProfHelperAnswer *answer, int fd)
{
  union {
    char bytes[CMSG_SPACE (sizeof fd)];
    struct cmsghdr align;
  } control = { 0 };
  struct iovec body = { (void *)answer, sizeof *answer };
  struct msghdr message = { .msg_iov = &body, .msg_iovlen = 1 };
  if (fd >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR (&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN (sizeof fd);
    memcpy (CMSG_DATA (header), &fd, sizeof fd);
  }
  ssize_t n;
  do
    n = sendmsg (socket_fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n < 0 ? -errno : 0;
}

static int
answer_request (ProfServer *server, const void *bytes, size_t n_bytes)
{
  ProfHelperRequest request;
  ProfHelperAnswer answer = { .magic = PROF_HELPER_MAGIC };
  int r = prof_helper_request_parse (bytes, n_bytes, &request);
  if (r == -EBADMSG)
    return r;
  cleanup (prof_close) int fd = -1;
  if (r == 0)
    fd = serve (server, &request, &answer);
  else
    answer.result = r;
  return send_answer (server->socket_fd, &answer, fd);
}

int
prof_server_run (ProfServer *server)
{
  ProfHelperAnswer hello = { .magic = PROF_HELPER_MAGIC };
  int r = send_answer (server->socket_fd, &hello, -1);
  while (r == 0) {
    /* A longer message is seen to be longer. Without room for them, descriptors that come with it
     * are closed by the kernel. */
    char bytes[sizeof (ProfHelperRequest) + 1];
    ssize_t n = recv (server->socket_fd, bytes, sizeof bytes, 0);
    if (n == 0)
      return 0;
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -errno;
    alarm (LONGEST_REQUEST_S);
    r = answer_request (server, bytes, (size_t)n);
    alarm (0);
  }
  /* Who closed the socket is not waiting for an answer. */
  return r == -EPIPE ? 0 : r;
}

void
prof_server_finish (ProfServer *server)
{
  unmap_rings (server);
  prof_vec_clear (&server->rings);
}
