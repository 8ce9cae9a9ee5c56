/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/perf_event.h>

/* The recorder's end of a socket to prof-helper. One thread's at a time. An answer that does not
 * come in time or is none leaves the channel broken: from then on all fails with -EPIPE. */
typedef struct {
  int fd;    /* owned; -1: broken */
  pid_t pid; /* of what was started; 0: somebody else did */
} ProfHelperChannel;

/* Waits for the helper's first words, for as long as the other end is open: somebody may be asked
 * for a password. Takes the descriptor in any case. 0, -EPIPE: it was closed; -EPROTO. */
int prof_helper_channel_init (ProfHelperChannel *channel, int fd, pid_t pid);
/* Closes it, which ends the helper, and leaves no zombie of it. */
void prof_helper_channel_finish (ProfHelperChannel *channel);

/* As perf_event_open(2). `ring_bytes` > 0: the helper maps the event's ring, so that mapping it
 * here costs no memory of this user's; *ret_is_ring: it was that which failed. */
int prof_helper_channel_open_event (ProfHelperChannel *channel,
                                    const struct perf_event_attr *attr,
                                    pid_t tid,
                                    int cpu,
                                    size_t ring_bytes,
                                    bool *ret_is_ring);
/* The helper lets go of the rings that it has mapped. */
void prof_helper_channel_unmap (ProfHelperChannel *channel);
/* Descriptors to read, or negative errno: the kernel's symbols, and the lines of /proc/PID/maps
 * that are of code. */
int prof_helper_channel_open_kallsyms (ProfHelperChannel *channel);
int prof_helper_channel_open_maps (ProfHelperChannel *channel, pid_t pid);
