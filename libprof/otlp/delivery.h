/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/otlp.h>

#include "otlp/backoff.h"
#include "otlp/transport.h"

/* The way of one profile to a collector, request after request, with all tries of each. Sends
 * nothing itself and has no clock: it is told of answers and times, and says what comes next. */
typedef struct {
  ProfProfile *profile; /* borrowed */
  ProfOtlpOptions options;
  ProfOtlpEncoder *encoder;
  const uint8_t *request; /* at hand; the encoder's */
  size_t n_request_bytes;
  size_t n_taken; /* requests */
  ProfOtlpLayout first_layout;
  bool has_fixed_layout;
  uint64_t max_retry_ns, start_ns; /* of the request at hand */
  ProfOtlpBackoff backoff;
} ProfOtlpDelivery;

typedef enum {
  PROF_DELIVERY_SEND, /* the request at hand, now */
  PROF_DELIVERY_WAIT, /* then send it again */
  PROF_DELIVERY_DONE,
  PROF_DELIVERY_FAILED,
} ProfOtlpDeliveryState;

/* When to send again. The collector may have asked to be left alone before `earliest_ns`; the rest
 * is the exporter's own caution. */
typedef struct {
  uint64_t earliest_ns, until_ns;
} ProfOtlpDeliveryWait;

typedef struct {
  ProfOtlpLayout layout; /* to begin with */
  bool has_fixed_layout; /* else the others are tried when the collector doesn't understand */
  uint64_t now_ns, max_retry_ns, seed;
} ProfOtlpDeliveryStart;

/* Then the first request is at hand. `options` is copied, what it points to is borrowed. -ENOMEM,
 * -EINVAL with a sentence; finish in any case. */
int prof_otlp_delivery_init (ProfOtlpDelivery *delivery,
                             ProfProfile *profile,
                             const ProfOtlpOptions *options,
                             const ProfOtlpDeliveryStart *start,
                             ProfError *reterr);
void prof_otlp_delivery_finish (ProfOtlpDelivery *delivery);

/* What follows from the answer to the request at hand. *ret_wait is set with WAIT; with FAILED,
 * answer->code and its message say why, which are changed where tries came to their end. */
ProfOtlpDeliveryState prof_otlp_delivery_take_answer (ProfOtlpDelivery *delivery,
                                                      ProfOtlpAnswer *answer,
                                                      uint64_t now_ns,
                                                      ProfOtlpDeliveryWait *ret_wait);
