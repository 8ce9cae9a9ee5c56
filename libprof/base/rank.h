/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* A set of numbers below a bound that tells in no time how many of them are smaller than another:
 * fill it, count it, ask. Numbers that are in order get rows without a hash table. */
typedef struct {
  struct {
    uint64_t bits;
    uint64_t n_before; /* of the set, in words before this one */
  } * words;
  size_t n_words;
} ProfRank;

/* The builtin is a call where the processor is not known to count. */
static inline size_t
prof_rank_count_bits (uint64_t bits)
{
  bits -= bits >> 1 & 0x5555555555555555;
  bits = (bits & 0x3333333333333333) + (bits >> 2 & 0x3333333333333333);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return (size_t)(bits * 0x0101010101010101 >> 56);
}

static inline int
prof_rank_init (ProfRank *rank, size_t bound)
{
  rank->n_words = bound / 64 + 1;
  rank->words = calloc (rank->n_words, sizeof *rank->words);
  return rank->words == NULL ? -ENOMEM : 0;
}

static inline void
prof_rank_finish (ProfRank *rank)
{
  free (rank->words);
  rank->words = NULL;
}

static inline void
prof_rank_add (ProfRank *rank, size_t number)
{
  rank->words[number / 64].bits |= UINT64_C (1) << (number % 64);
}

/* Returns how many numbers there are. */
static inline size_t
prof_rank_count (ProfRank *rank)
{
  size_t n = 0;
  for (size_t i = 0; i < rank->n_words; i++) {
    rank->words[i].n_before = n;
    n += prof_rank_count_bits (rank->words[i].bits);
  }
  return n;
}

/* How many of the set are smaller. */
static inline size_t
prof_rank_of (const ProfRank *rank, size_t number)
{
  uint64_t below = rank->words[number / 64].bits & ((UINT64_C (1) << (number % 64)) - 1);
  return rank->words[number / 64].n_before + prof_rank_count_bits (below);
}
