/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Mixes one word into a hash; a multiply and a fold, good enough for tables that compare keys. */
static inline uint64_t
prof_hash_word (uint64_t hash, uint64_t word)
{
  __extension__ unsigned __int128 product
      = (unsigned __int128)(hash ^ word ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
prof_hash_bytes (uint64_t hash, const void *bytes, size_t n)
{
  const unsigned char *p = bytes;
  hash = prof_hash_word (hash, n);
  for (; n >= 8; n -= 8, p += 8) {
    uint64_t word;
    memcpy (&word, p, 8);
    hash = prof_hash_word (hash, word);
  }
  uint64_t tail = 0;
  if (n > 0)
    memcpy (&tail, p, n);
  return prof_hash_word (hash, tail);
}
