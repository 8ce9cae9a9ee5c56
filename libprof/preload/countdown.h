/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Poisson sampling over bytes: each byte is hit with the same small chance, by counting down the
 * bytes from one hit to the next. In steps, so that a thread looks up now and then whether the
 * recording has changed. */
#define COUNTDOWN_STEP (64 * 1024)

typedef struct {
  int64_t left;    /* of this step; the allocation that makes it negative looks */
  uint64_t rest;   /* bytes of later steps until the hit */
  uint64_t random; /* state of the generator */
} Countdown;

/* Begins anew with a mean distance of `rate` bytes; 1: every allocation is a hit, and else one of
 * no bytes never is. */
void countdown_begin (Countdown *countdown, uint64_t seed, uint64_t rate);

/* For the allocation that made `left` negative: whether it was hit. `left` is set anew. */
bool countdown_step (Countdown *countdown, uint64_t rate);
