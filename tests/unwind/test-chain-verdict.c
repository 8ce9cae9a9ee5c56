/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "../lib/tests.h"
#include "chain-verdict.h"

/* Where libdwfl's chain is one of these, ours is "1 2 3 4". */
typedef struct {
  const char *name;
  bool ours_is_whole, dwfl_is_whole;
  uint64_t dwfl[6]; /* up to a 0 */
  ChainVerdict verdict;
} Row;

static const Row rows[] = {
  { "the same, whole", true, true, { 1, 2, 3, 4 }, CHAIN_EQUAL },
  { "the same, both cut", false, false, { 1, 2, 3, 4 }, CHAIN_EQUAL },
  { "libdwfl stops", true, false, { 1, 2 }, CHAIN_OURS_LONGER },
  { "libdwfl has nothing", true, false, { 0 }, CHAIN_OURS_LONGER },
  { "both stop, libdwfl first", false, false, { 1, 2 }, CHAIN_OURS_LONGER_NOT_ROOT },
  { "ours stops", false, true, { 1, 2, 3, 4, 5 }, CHAIN_OURS_SHORTER },
  { "both stop, ours first", false, false, { 1, 2, 3, 4, 5 }, CHAIN_OURS_SHORTER_NOT_ROOT },
  { "libdwfl goes astray", true, false, { 1, 2, 7 }, CHAIN_THEIRS_WRONG },
  { "libdwfl goes past the root", true, false, { 1, 2, 3, 4, 5 }, CHAIN_THEIRS_WRONG },
  { "both go astray", false, false, { 1, 2, 7 }, CHAIN_UNDECIDED },
  { "ours goes astray", false, true, { 1, 2, 7 }, CHAIN_OURS_WRONG },
  { "ours has a frame too many", true, true, { 1, 3, 4 }, CHAIN_OURS_WRONG },
  { "ours goes past the root", false, true, { 1, 2 }, CHAIN_OURS_WRONG },
  { "ours ends at a wrong root", true, true, { 1, 2, 3, 4, 5 }, CHAIN_OURS_WRONG },
};

static void
test_chain_verdict (void **state)
{
  (void)state;
  static const uint64_t our_pcs[] = { 1, 2, 3, 4 };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const Row *row = &rows[i];
    Chain ours = { .pcs = our_pcs, .n = 4, .is_whole = row->ours_is_whole };
    Chain dwfl = { .pcs = row->dwfl, .is_whole = row->dwfl_is_whole };
    while (row->dwfl[dwfl.n] != 0)
      dwfl.n++;
    size_t n_common = chain_count_common (&ours, &dwfl);
    ChainVerdict verdict = chain_judge (&ours, &dwfl, n_common);
    if (verdict != row->verdict)
      fail_msg ("%s: %s", row->name, chain_verdict_get_name (verdict));
  }
}

static void
test_chain_verdict_is_bad (void **state)
{
  (void)state;
  for (ChainVerdict verdict = 0; verdict < CHAIN_N_VERDICTS; verdict++)
    assert_int_equal (chain_verdict_is_bad (verdict),
                      verdict == CHAIN_UNDECIDED || verdict == CHAIN_OURS_WRONG);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_chain_verdict),
    cmocka_unit_test (test_chain_verdict_is_bad),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
