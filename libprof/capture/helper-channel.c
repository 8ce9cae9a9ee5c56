/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/helper-channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "capture/helper-request.h"

enum { LONGEST_ANSWER_S = 15, LONGEST_END_MS = 2000 };

static int
break_off (ProfHelperChannel *channel, int error)
{
  if (channel->fd >= 0)
    close (prof_steal_fd (&channel->fd));
  return error;
}

/* ---- messages ---- */

/* The first descriptor of a message, of which there is room for one. -1: none came. */
static int
take_descriptor (struct msghdr *message)
{
  int fd = -1;
  struct cmsghdr *header = CMSG_FIRSTHDR (message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
      && header->cmsg_len == CMSG_LEN (sizeof fd))
    memcpy (&fd, CMSG_DATA (header), sizeof fd);
  return fd;
}

static int
receive (ProfHelperChannel *channel, ProfHelperAnswer *ret, int *ret_fd)
{
  union {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control;
  struct iovec body = { ret, sizeof *ret };
  struct msghdr message = {
    .msg_iov = &body,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = CMSG_LEN (sizeof (int)), /* with what aligns it there would be room for two */
  };
  ssize_t n;
  do
    n = recvmsg (channel->fd, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  cleanup (prof_close) int fd = n >= 0 ? take_descriptor (&message) : -1;
  if (n == 0 || (n < 0 && errno == ECONNRESET))
    return -EPIPE;
  if (n != sizeof *ret || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0
      || ret->magic != PROF_HELPER_MAGIC || ret->result > 0)
    return -EPROTO;
  *ret_fd = prof_steal_fd (&fd);
  return 0;
}

/* The descriptor, or -1 if there was none and none failed. */
static int
ask (ProfHelperChannel *channel, ProfHelperRequest *request, bool *ret_is_ring)
{
  if (channel->fd < 0)
    return -EPIPE;
  request->magic = PROF_HELPER_MAGIC;
  ssize_t n;
  do
    n = send (channel->fd, request, sizeof *request, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  ProfHelperAnswer answer;
  cleanup (prof_close) int fd = -1;
  if (n < 0 || receive (channel, &answer, &fd) < 0)
    return break_off (channel, -EPIPE);
  bool is_wanted = answer.result == 0 && request->kind != PROF_HELPER_UNMAP;
  if (is_wanted != (fd >= 0))
    return break_off (channel, -EPIPE);
  if (ret_is_ring != NULL)
    *ret_is_ring = answer.is_ring != 0;
  return answer.result < 0 ? answer.result : prof_steal_fd (&fd);
}

/* ---- requests ---- */

int
prof_helper_channel_open_event (ProfHelperChannel *channel,
                                const struct perf_event_attr *attr,
                                pid_t tid,
                                int cpu,
                                size_t ring_bytes,
                                bool *ret_is_ring)
{
  ProfHelperRequest request = {
    .kind = PROF_HELPER_OPEN,
    .pid = tid,
    .cpu = cpu,
    .ring_bytes = ring_bytes <= UINT32_MAX ? (uint32_t)ring_bytes : UINT32_MAX,
  };
  int r = prof_helper_request_set_attr (&request, attr);
  return r < 0 ? r : ask (channel, &request, ret_is_ring);
}

void
prof_helper_channel_unmap (ProfHelperChannel *channel)
{
  ProfHelperRequest request = { .kind = PROF_HELPER_UNMAP };
  ask (channel, &request, NULL);
}

int
prof_helper_channel_open_kallsyms (ProfHelperChannel *channel)
{
  ProfHelperRequest request = { .kind = PROF_HELPER_KALLSYMS };
  return ask (channel, &request, NULL);
}

int
prof_helper_channel_open_maps (ProfHelperChannel *channel, pid_t pid)
{
  ProfHelperRequest request = { .kind = PROF_HELPER_MAPS, .pid = pid };
  return ask (channel, &request, NULL);
}

/* ---- life ---- */

int
prof_helper_channel_init (ProfHelperChannel *channel, int fd, pid_t pid)
{
  *channel = (ProfHelperChannel){ .fd = fd, .pid = pid };
  struct pollfd polled = { .fd = fd, .events = POLLIN };
  while (poll (&polled, 1, -1) < 0)
    if (errno != EINTR)
      return break_off (channel, -errno);
  ProfHelperAnswer hello;
  cleanup (prof_close) int no_fd = -1;
  struct timeval longest = { .tv_sec = LONGEST_ANSWER_S };
  int flags = fcntl (fd, F_GETFL);
  bool is_set = flags >= 0 && fcntl (fd, F_SETFL, flags & ~O_NONBLOCK) == 0
                && setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest) == 0
                && setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest) == 0;
  int r = is_set ? 0 : -errno;
  if (r == 0)
    r = receive (channel, &hello, &no_fd);
  return r < 0 ? break_off (channel, r) : 0;
}

/* One that does not end is left to init. */
static void
reap (pid_t pid)
{
  cleanup (prof_close) int fd = (int)syscall (SYS_pidfd_open, pid, 0);
  struct pollfd polled = { .fd = fd, .events = POLLIN };
  if (fd >= 0)
    poll (&polled, 1, LONGEST_END_MS);
  waitpid (pid, NULL, WNOHANG);
}

void
prof_helper_channel_finish (ProfHelperChannel *channel)
{
  break_off (channel, 0);
  if (channel->pid > 0)
    reap (channel->pid);
  channel->pid = 0;
}
