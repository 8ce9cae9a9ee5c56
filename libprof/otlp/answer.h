/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdint.h>

#include <prof/exporter.h>

#include "otlp/reply.h"

typedef enum {
  PROF_OTLP_TAKEN,
  PROF_OTLP_RETRY,        /* a failure that may pass (OTLP specification, "Failures") */
  PROF_OTLP_FAILED,       /* for good */
  PROF_OTLP_WRONG_LAYOUT, /* for good, and the collector complains of a wire type */
} ProfOtlpOutcome;

/* What became of a request. */
typedef struct {
  ProfOtlpOutcome outcome;
  uint64_t retry_after_ns; /* that the collector asked for; 0: nothing */
  int64_t n_rejected;      /* profiles, of a partial success */
  int code;                /* a negative errno for who failed; 0 of TAKEN */
  char message[512]; /* what failed, why, what to try; of TAKEN: the collector's warning or "" */
} ProfOtlpAnswer;

/* Whether enough has come to know what the collector did: its status. */
bool prof_otlp_answer_is_known (const ProfReply *reply, ProfOtlpProtocol protocol);
/* Reads such an answer. `target` is for the sentence; `now_s`, since the epoch, for dates. */
void prof_otlp_answer_read (ProfOtlpAnswer *ret,
                            const ProfReply *reply,
                            ProfOtlpProtocol protocol,
                            const char *target,
                            int64_t now_s);
/* An answer that is none: a failure underneath. The text follows "Can't export to TARGET: ". */
void prof_otlp_answer_set (ProfOtlpAnswer *ret,
                           ProfOtlpOutcome outcome,
                           int code,
                           const char *target,
                           const char *format,
                           ...) __attribute__ ((format (printf, 5, 6)));
