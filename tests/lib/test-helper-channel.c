/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/helper-channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/helper-request.h"
#include "tests.h"

static const ProfHelperAnswer good = { .magic = PROF_HELPER_MAGIC };

static const struct perf_event_attr event = {
  .size = sizeof event,
  .type = PERF_TYPE_SOFTWARE,
  .sample_freq = 100,
  .freq = 1,
  .sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME
                 | PERF_SAMPLE_PERIOD,
  .disabled = 1,
  .exclude_callchain_kernel = 1,
  .exclude_callchain_user = 1,
  .sample_id_all = 1,
  .use_clockid = 1,
  .clockid = CLOCK_MONOTONIC,
  .watermark = 1,
};

/* An answer with so many descriptors, which are standard input. */
static void
send_answer (int fd, const void *bytes, size_t n_bytes, size_t n_fds)
{
  union {
    char bytes[CMSG_SPACE (4 * sizeof (int))];
    struct cmsghdr align;
  } control = { 0 };
  struct iovec body = { (void *)bytes, n_bytes };
  struct msghdr message = { .msg_iov = &body, .msg_iovlen = 1 };
  if (n_fds > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
    struct cmsghdr *header = CMSG_FIRSTHDR (&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
    memset (CMSG_DATA (header), 0, n_fds * sizeof (int));
  }
  assert_int_equal (sendmsg (fd, &message, 0), n_bytes);
}

/* A channel that was greeted; returns the helper's end. */
static int
make_channel (ProfHelperChannel *channel)
{
  int fds[2];
  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
  send_answer (fds[1], &good, sizeof good, 0);
  assert_int_equal (prof_helper_channel_init (channel, fds[0], 0), 0);
  return fds[1];
}

static int
find_free_fd (void)
{
  int fd = dup (STDIN_FILENO);
  close (fd);
  return fd;
}

static void
test_greetings (void **state)
{
  (void)state;
  const ProfHelperAnswer other = { .magic = PROF_HELPER_MAGIC + 1 };
  const struct {
    const void *bytes;
    size_t n_bytes;
    int result;
  } greetings[] = {
    { &good, sizeof good, 0 },
    { &good, sizeof good - 1, -EPROTO },
    { &good, 1, -EPROTO },
    { &other, sizeof other, -EPROTO },
  };
  for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
    ProfHelperChannel channel;
    int fds[2], before = find_free_fd ();
    assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
    send_answer (fds[1], greetings[i].bytes, greetings[i].n_bytes, 0);
    close (fds[1]);
    assert_int_equal (prof_helper_channel_init (&channel, fds[0], 0), greetings[i].result);
    prof_helper_channel_finish (&channel);
    assert_int_equal (find_free_fd (), before);
  }
}

static void
test_nobody_greets (void **state)
{
  (void)state;
  ProfHelperChannel channel;
  int fds[2];
  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
  close (fds[1]);
  assert_int_equal (prof_helper_channel_init (&channel, fds[0], 0), -EPIPE);
  assert_int_equal (prof_helper_channel_open_kallsyms (&channel), -EPIPE);
  prof_helper_channel_finish (&channel);
}

static void
test_asks_for_an_event (void **state)
{
  (void)state;
  ProfHelperChannel channel;
  ProfHelperRequest request, parsed;
  bool is_ring = true;
  int theirs = make_channel (&channel);
  send_answer (theirs, &good, sizeof good, 1);
  int fd = prof_helper_channel_open_event (&channel, &event, -1, 3, 65536, &is_ring);
  assert_true (fd > 0 && !is_ring);
  assert_int_equal (fcntl (fd, F_GETFD), FD_CLOEXEC);
  close (fd);
  assert_int_equal (recv (theirs, &request, sizeof request, 0), sizeof request);
  assert_int_equal (prof_helper_request_parse (&request, sizeof request, &parsed), 0);
  assert_int_equal (request.pid, -1);
  assert_int_equal (request.cpu, 3);
  assert_int_equal (request.ring_bytes, 65536);
  close (theirs);
  prof_helper_channel_finish (&channel);
}

static void
test_refusals (void **state)
{
  (void)state;
  ProfHelperChannel channel;
  const ProfHelperAnswer no_ring = { .magic = PROF_HELPER_MAGIC, .result = -EPERM, .is_ring = 1 };
  bool is_ring = false;
  int theirs = make_channel (&channel);
  send_answer (theirs, &no_ring, sizeof no_ring, 0);
  assert_int_equal (prof_helper_channel_open_event (&channel, &event, -1, 0, 65536, &is_ring),
                    -EPERM);
  assert_true (is_ring);
  send_answer (theirs, &good, sizeof good, 0);
  prof_helper_channel_unmap (&channel);
  send_answer (theirs, &no_ring, sizeof no_ring, 0);
  assert_int_equal (prof_helper_channel_open_maps (&channel, 1), -EPERM); /* it goes on */
  struct perf_event_attr pinned = event;
  pinned.pinned = 1;
  assert_int_equal (prof_helper_channel_open_event (&channel, &pinned, -1, 0, 0, NULL), -EBADRQC);
  close (theirs);
  prof_helper_channel_finish (&channel);
}

/* The channel is broken then, and nothing that came with the answer stays open. */
static void
test_answers_that_are_none (void **state)
{
  (void)state;
  const ProfHelperAnswer positive = { .magic = PROF_HELPER_MAGIC, .result = 1 },
                         refusal = { .magic = PROF_HELPER_MAGIC, .result = -EPERM };
  const char long_answer[sizeof good + 1] = { 0 };
  const struct {
    const void *bytes;
    size_t n_bytes, n_fds;
  } answers[] = {
    { &good, sizeof good, 0 },
    { &good, sizeof good, 2 },
    { &good, sizeof good, 4 },
    { &good, sizeof good - 1, 1 },
    { &positive, sizeof positive, 1 },
    { &refusal, sizeof refusal, 1 },
    { long_answer, sizeof long_answer, 1 },
  };
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    ProfHelperChannel channel;
    int before = find_free_fd (), theirs = make_channel (&channel);
    send_answer (theirs, answers[i].bytes, answers[i].n_bytes, answers[i].n_fds);
    assert_int_equal (prof_helper_channel_open_kallsyms (&channel), -EPIPE);
    assert_int_equal (prof_helper_channel_open_kallsyms (&channel), -EPIPE);
    close (theirs);
    prof_helper_channel_finish (&channel);
    assert_int_equal (find_free_fd (), before);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_greetings),
    cmocka_unit_test (test_nobody_greets),
    cmocka_unit_test (test_asks_for_an_event),
    cmocka_unit_test (test_refusals),
    cmocka_unit_test (test_answers_that_are_none),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
