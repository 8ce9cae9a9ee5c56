/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include "otlp/decoder.h"

typedef struct {
  uint32_t message, sample;
} ProfOtlpJoinedRow;

/* The samples of several messages as one list, with a value for each message. */
typedef struct {
  const ProfOtlpMessage *messages; /* borrowed */
  size_t n_messages;
  PROF_VEC (ProfOtlpJoinedRow) rows; /* a message that has the sample */
  PROF_VEC (int64_t) values;         /* n_messages for each row; 0 of a message that lacks it */
  ProfHashIndex index;
} ProfOtlpJoin;

/* 0 or -ENOMEM; finish in any case. */
int prof_otlp_join_init (ProfOtlpJoin *join, const ProfOtlpMessage *messages, size_t n);
void prof_otlp_join_finish (ProfOtlpJoin *join);

static inline const ProfOtlpSample *
prof_otlp_join_get_sample (const ProfOtlpJoin *join, ProfOtlpJoinedRow row)
{
  return &join->messages[row.message].samples.items[row.sample];
}

/* Whether two messages have the same samples but for the values. */
bool prof_otlp_has_equal_samples (const ProfOtlpMessage *a, const ProfOtlpMessage *b);
