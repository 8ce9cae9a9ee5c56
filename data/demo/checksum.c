/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "checksum.h"

static inline uint64_t
rotate (uint64_t word, unsigned bits)
{
  return word << bits | word >> (64 - bits);
}

static inline uint64_t
mix (uint64_t sum, uint64_t byte)
{
  return rotate (sum ^ byte, 27) * 0x9e3779b97f4a7c15u;
}

uint64_t
demo_checksum (const char *bytes, size_t n_bytes)
{
  uint64_t sum = n_bytes;
  for (unsigned round = 0; round < 10; round++)
    for (size_t i = 0; i < n_bytes; i++)
      sum = mix (sum, (unsigned char)bytes[i]);
  return sum;
}
