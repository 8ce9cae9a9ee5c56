/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <prof/exporter.h>

#include "spool.h"

typedef struct {
  uint64_t n_sent, n_refused, n_dropped;
  uint64_t n_waiting, n_waiting_bytes;
} AgentSenderStats;

/* Sends what is in a spool, the oldest first, in a thread of its own. A profile leaves the spool
 * when the collector has taken it, or has refused it for good. */
typedef struct {
  Spool spool;
  ProfExporter *exporter;
  bool is_quiet;
  int done_fd; /* an eventfd: readable when the thread has ended */

  pthread_mutex_t lock; /* of all that is here */
  pthread_cond_t changed;
  pthread_t thread;
  bool has_thread, is_sending, is_flushing, is_stopped;
  bool is_away;                    /* the collector did not take the latest */
  bool is_overflowing, is_failing; /* told: profiles are dropped; can't be written */
  unsigned n_failed;               /* tries, one after the other */
  uint64_t n_sent, n_refused;
} AgentSender;

/* Takes the exporter in any case. STATUS_OK, or another one after a message. */
int agent_sender_open (AgentSender *sender,
                       const char *directory,
                       uint64_t max_bytes,
                       ProfExporter *exporter,
                       bool is_quiet);
/* What is not sent stays in the spool. */
void agent_sender_close (AgentSender *sender);

/* Queues a profile. 0 or a negative errno, told; the profile is lost then. */
int agent_sender_add (AgentSender *sender, const ProfProfile *profile);
/* From here on sends over this one, which it takes. */
void agent_sender_set_exporter (AgentSender *sender, ProfExporter *exporter, uint64_t max_bytes);
/* The thread ends when all is sent or nothing more can be: see done_fd. */
void agent_sender_flush (AgentSender *sender);

void agent_sender_get_stats (AgentSender *sender, AgentSenderStats *ret);
