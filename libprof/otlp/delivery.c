/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/delivery.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* 1: the next request is at hand; 0: that was all; -ENOMEM. */
static int
encode_next (ProfOtlpDelivery *delivery)
{
  return prof_otlp_encoder_next (delivery->encoder, &delivery->request, &delivery->n_request_bytes);
}

/* From the first request that was not taken on: every layout cuts a profile at the same places,
 * because its numbers of fields take as many bytes. */
static int
start_encoder (ProfOtlpDelivery *delivery, ProfError *reterr)
{
  delivery->encoder = prof_otlp_encoder_free (delivery->encoder);
  int r = prof_otlp_encoder_new (delivery->profile, &delivery->options, &delivery->encoder, reterr);
  for (size_t i = 0; r >= 0 && i <= delivery->n_taken; i++)
    if (encode_next (delivery) != 1)
      return prof_error_set (reterr, -ENOMEM, "%s", _ ("Can't export the profile: out of memory"));
  return r;
}

static uint64_t
add_saturated (uint64_t a, uint64_t b)
{
  return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

int
prof_otlp_delivery_init (ProfOtlpDelivery *delivery,
                         ProfProfile *profile,
                         const ProfOtlpOptions *options,
                         const ProfOtlpDeliveryStart *start,
                         ProfError *reterr)
{
  *delivery = (ProfOtlpDelivery){
    .profile = profile,
    .options = *options,
    .first_layout = start->layout,
    .has_fixed_layout = start->has_fixed_layout,
    .max_retry_ns = start->max_retry_ns,
    .start_ns = start->now_ns,
    .backoff = prof_otlp_backoff_new (start->seed),
  };
  delivery->options.layout = start->layout;
  return start_encoder (delivery, reterr);
}

void
prof_otlp_delivery_finish (ProfOtlpDelivery *delivery)
{
  delivery->encoder = prof_otlp_encoder_free (delivery->encoder);
}

static ProfOtlpDeliveryState
fail_out_of_memory (ProfOtlpAnswer *answer)
{
  answer->code = -ENOMEM;
  snprintf (answer->message, sizeof answer->message, "%s",
            _ ("Can't export the profile: out of memory"));
  return PROF_DELIVERY_FAILED;
}

static ProfOtlpDeliveryState
go_on (ProfOtlpDelivery *delivery, ProfOtlpAnswer *answer, uint64_t now_ns)
{
  delivery->n_taken++;
  delivery->start_ns = now_ns;
  delivery->backoff = prof_otlp_backoff_new (delivery->backoff.prng.state);
  int r = encode_next (delivery);
  if (r < 0)
    return fail_out_of_memory (answer);
  return r > 0 ? PROF_DELIVERY_SEND : PROF_DELIVERY_DONE;
}

static ProfOtlpDeliveryState
give_up (const ProfOtlpDelivery *delivery, ProfOtlpAnswer *answer, uint64_t now_ns)
{
  uint64_t elapsed_s = (now_ns - delivery->start_ns) / 1000000000;
  char addition[64] = "";
  size_t length = strlen (answer->message);
  if (elapsed_s > 0)
    snprintf (addition, sizeof addition, _ (" (tried for %" PRIu64 " s)"), elapsed_s);
  if (length + strlen (addition) < sizeof answer->message)
    strcpy (answer->message + length, addition);
  return PROF_DELIVERY_FAILED;
}

static ProfOtlpDeliveryState
wait_or_give_up (ProfOtlpDelivery *delivery,
                 ProfOtlpAnswer *answer,
                 uint64_t now_ns,
                 ProfOtlpDeliveryWait *ret_wait)
{
  uint64_t earliest_ns = add_saturated (now_ns, answer->retry_after_ns);
  uint64_t until_ns = add_saturated (earliest_ns, prof_otlp_backoff_next (&delivery->backoff));
  if (until_ns - delivery->start_ns >= delivery->max_retry_ns)
    return give_up (delivery, answer, now_ns);
  *ret_wait = (ProfOtlpDeliveryWait){ earliest_ns, until_ns };
  return PROF_DELIVERY_WAIT;
}

/* After the oldest comes the newest: a collector that was upgraded wants another one than the
 * exporter remembers. */
static ProfOtlpDeliveryState
try_next_layout (ProfOtlpDelivery *delivery, ProfOtlpAnswer *answer)
{
  ProfOtlpLayout layout = delivery->options.layout;
  layout = layout == PROF_OTLP_LAYOUT_1_8 ? PROF_OTLP_LAYOUT_1_10 : layout + 1;
  if (delivery->has_fixed_layout || layout == delivery->first_layout)
    return PROF_DELIVERY_FAILED;
  delivery->options.layout = layout;
  return start_encoder (delivery, NULL) < 0 ? fail_out_of_memory (answer) : PROF_DELIVERY_SEND;
}

ProfOtlpDeliveryState
prof_otlp_delivery_take_answer (ProfOtlpDelivery *delivery,
                                ProfOtlpAnswer *answer,
                                uint64_t now_ns,
                                ProfOtlpDeliveryWait *ret_wait)
{
  switch (answer->outcome) {
  case PROF_OTLP_TAKEN:
    return go_on (delivery, answer, now_ns);
  case PROF_OTLP_RETRY:
    return wait_or_give_up (delivery, answer, now_ns, ret_wait);
  case PROF_OTLP_WRONG_LAYOUT:
    return try_next_layout (delivery, answer);
  case PROF_OTLP_FAILED:
    break;
  }
  return PROF_DELIVERY_FAILED;
}
