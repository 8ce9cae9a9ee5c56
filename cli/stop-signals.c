/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "stop-signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* timeout(1) sends its signal to the child and then to the group that the child is in: one wish,
 * and two signals. */
enum { SAME_CAUSE_NS = 300000000 };

static int event_fd = -1;
static volatile sig_atomic_t first_number, first_is_from_terminal;
static volatile int64_t first_ns;
static const char *volatile parting; /* NULL: the first one is waited for */

static int64_t
now_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
leave (int number)
{
  const char *text = parting != NULL ? parting : "";
  struct iovec pieces[] = { { "prof: ", 6 }, { (char *)text, strlen (text) }, { "\n", 1 } };
  ssize_t n = *text != '\0' ? writev (STDERR_FILENO, pieces, 3) : 0;
  (void)n; /* whoever would read it may be gone */
  _exit (128 + number);
}

static void
handle (int number, siginfo_t *info, void *context)
{
  (void)context;
  int saved_errno = errno;
  if (first_number != 0 && now_ns () - first_ns > SAME_CAUSE_NS)
    leave (number);
  if (first_number == 0 && parting != NULL)
    leave (number);
  if (first_number == 0) {
    first_ns = now_ns ();
    first_is_from_terminal = info->si_code > 0;
    first_number = number;
    uint64_t one = 1;
    if (write (event_fd, &one, sizeof one) < 0)
      _exit (128 + number);
  }
  errno = saved_errno;
}

int
stop_signals_init (void)
{
  event_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event_fd < 0)
    return -errno;
  struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_RESTART };
  sigaddset (&action.sa_mask, SIGINT);
  sigaddset (&action.sa_mask, SIGTERM);
  sigaddset (&action.sa_mask, SIGHUP);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  struct sigaction previous;
  if (sigaction (SIGHUP, NULL, &previous) == 0 && previous.sa_handler != SIG_IGN)
    sigaction (SIGHUP, &action, NULL); /* ignored: nohup(1) */
  signal (SIGPIPE, SIG_IGN);
  return 0;
}

int
stop_signals_get_fd (void)
{
  return event_fd;
}

StopSignal
stop_signals_get (void)
{
  return (StopSignal){ .number = first_number, .is_from_terminal = first_is_from_terminal };
}

void
stop_signals_set_parting (const char *text)
{
  parting = text;
}
