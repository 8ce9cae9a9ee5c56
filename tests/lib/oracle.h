/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/profile.h>

#include "base/prng.h"
#include "profile.pb-c.h"

/* protobuf-c's view of profile.proto, which the reader and the writer are compared with. */

typedef struct {
  ProfPrng prng;
  Prof__Oracle__Profile *message;
  void *blocks[4096]; /* of the message */
  size_t n_blocks;
} OracleMaker;

/* Makes maker->message, a random valid profile, from maker->prng. */
void oracle_make (OracleMaker *maker);
void oracle_free (OracleMaker *maker);

/* Fails the test unless both say the same. */
void oracle_compare (const ProfProfile *profile, const Prof__Oracle__Profile *message);
