/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "chain-verdict.h"

const char *
chain_verdict_get_name (ChainVerdict verdict)
{
  static const char *const names[] = {
    [CHAIN_EQUAL] = "the same",
    [CHAIN_OURS_LONGER] = "ours goes on to the root",
    [CHAIN_OURS_LONGER_NOT_ROOT] = "ours goes on, not to the root",
    [CHAIN_OURS_SHORTER] = "libdwfl goes on to the root",
    [CHAIN_OURS_SHORTER_NOT_ROOT] = "libdwfl goes on, not to the root",
    [CHAIN_THEIRS_WRONG] = "they part, ours comes to the root",
    [CHAIN_UNDECIDED] = "they part, neither comes to the root",
    [CHAIN_OURS_WRONG] = "OURS IS WRONG",
  };
  return names[verdict];
}

bool
chain_verdict_is_bad (ChainVerdict verdict)
{
  return verdict == CHAIN_UNDECIDED || verdict == CHAIN_OURS_WRONG;
}

size_t
chain_count_common (const Chain *ours, const Chain *dwfl)
{
  size_t n = 0;
  while (n < ours->n && n < dwfl->n && ours->pcs[n] == dwfl->pcs[n])
    n++;
  return n;
}

ChainVerdict
chain_judge (const Chain *ours, const Chain *dwfl, size_t n_common)
{
  if (n_common == ours->n && n_common == dwfl->n)
    return CHAIN_EQUAL;
  if (n_common == ours->n && !ours->is_whole)
    return dwfl->is_whole ? CHAIN_OURS_SHORTER : CHAIN_OURS_SHORTER_NOT_ROOT;
  if (n_common == dwfl->n && !dwfl->is_whole)
    return ours->is_whole ? CHAIN_OURS_LONGER : CHAIN_OURS_LONGER_NOT_ROOT;
  if (dwfl->is_whole)
    return CHAIN_OURS_WRONG;
  return ours->is_whole ? CHAIN_THEIRS_WRONG : CHAIN_UNDECIDED;
}
