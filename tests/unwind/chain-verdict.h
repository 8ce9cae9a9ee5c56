/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stack as an unwinder sees it, leaf first. */
typedef struct {
  const uint64_t *pcs;
  size_t n;
  bool is_whole;    /* the last frame has no caller */
  bool is_stitched; /* frames are of an earlier stack */
} Chain;

/* Of two chains at most one is right. One that comes to the outermost frame of the thread is: a
 * wrong step does not lead back. */
typedef enum {
  CHAIN_EQUAL,
  CHAIN_OURS_LONGER,           /* libdwfl gave up, ours came to the root */
  CHAIN_OURS_LONGER_NOT_ROOT,  /* libdwfl gave up before ours did */
  CHAIN_OURS_SHORTER,          /* ours gave up, libdwfl came to the root */
  CHAIN_OURS_SHORTER_NOT_ROOT, /* ours gave up before libdwfl did */
  CHAIN_THEIRS_WRONG,          /* they part; ours came to the root, libdwfl's did not */
  CHAIN_UNDECIDED,             /* they part, and neither came to the root */
  CHAIN_OURS_WRONG, /* they part, and libdwfl's came to the root; or it has a root in the middle */
  CHAIN_N_VERDICTS,
} ChainVerdict;

const char *chain_verdict_get_name (ChainVerdict verdict);
/* Ours may be wrong. */
bool chain_verdict_is_bad (ChainVerdict verdict);

size_t chain_count_common (const Chain *ours, const Chain *dwfl);
ChainVerdict chain_judge (const Chain *ours, const Chain *dwfl, size_t n_common);
