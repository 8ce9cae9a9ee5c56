/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/profile.h>

/* References to profiles, first in, first out, at most so many. The user locks. */
typedef struct {
  struct ProfQueuedProfile {
    ProfProfile *profile;
    uint64_t time_ns; /* since when it waits */
  } * items;
  size_t first, n, n_max;
} ProfProfileQueue;

/* 0 or -ENOMEM. */
int prof_profile_queue_init (ProfProfileQueue *queue, size_t n_max);
/* Drops what is left. */
void prof_profile_queue_finish (ProfProfileQueue *queue);

/* Takes over a reference. A full queue gives up its oldest, which the caller has to unref: that may
 * take its time, and needs no lock. */
ProfProfile *prof_profile_queue_push (ProfProfileQueue *queue,
                                      ProfProfile *profile,
                                      uint64_t now_ns);
/* The oldest one, whose reference is the caller's; NULL: the queue is empty. */
ProfProfile *prof_profile_queue_pop (ProfProfileQueue *queue);
/* Since when the oldest waits; the queue is not empty. */
uint64_t prof_profile_queue_get_time (const ProfProfileQueue *queue);
