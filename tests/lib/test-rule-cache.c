/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "unwind/rule-cache.h"

#include "tests.h"

static int
set_up (void **state)
{
  static ProfRuleCache cache;
  *state = &cache;
  return prof_rule_cache_init (&cache);
}

static int
tear_down (void **state)
{
  prof_rule_cache_finish (*state);
  return 0;
}

static ProfRule
rule_of (int32_t cfa_offset)
{
  return (ProfRule){ .kind = PROF_RULE_CFA_SP, .cfa_offset = cfa_offset };
}

static void
empty_cache_has_nothing (void **state)
{
  ProfRule rule;
  assert_false (prof_rule_cache_get (*state, 0, 0, &rule));
  assert_false (prof_rule_cache_get (*state, 1, 0x1000, &rule));
}

static void
gives_what_was_put (void **state)
{
  prof_rule_cache_put (*state, 3, 0x1234, rule_of (40));
  ProfRule rule;
  assert_true (prof_rule_cache_get (*state, 3, 0x1234, &rule));
  assert_int_equal (rule.kind, PROF_RULE_CFA_SP);
  assert_int_equal (rule.cfa_offset, 40);
  assert_false (prof_rule_cache_get (*state, 4, 0x1234, &rule));
  assert_false (prof_rule_cache_get (*state, 3, 0x1235, &rule));
}

/* Many more than there is room for: what is still there is right, and not little. */
static void
never_answers_for_another_key (void **state)
{
  enum { N_MODULES = 20, N_PLACES = 5000 };
  for (uint32_t module = 0; module < N_MODULES; module++)
    for (uint32_t i = 0; i < N_PLACES; i++)
      prof_rule_cache_put (*state, module, i * 37, rule_of ((int32_t)(module * N_PLACES + i)));
  size_t n_kept = 0;
  for (uint32_t module = 0; module < N_MODULES; module++)
    for (uint32_t i = 0; i < N_PLACES; i++) {
      ProfRule rule;
      if (!prof_rule_cache_get (*state, module, i * 37, &rule))
        continue;
      assert_int_equal (rule.cfa_offset, module * N_PLACES + i);
      n_kept++;
    }
  size_t n_slots = (size_t)PROF_RULE_CACHE_WAYS << PROF_RULE_CACHE_SET_BITS;
  assert_true (n_kept <= n_slots);
  assert_true (n_kept > n_slots * 9 / 10);
}

/* A program's places fit when they are as many as half of the slots. */
static void
few_places_drive_each_other_out (void **state)
{
  enum { N_PLACES = 16384 };
  for (uint32_t i = 0; i < N_PLACES; i++)
    prof_rule_cache_put (*state, 7, i * 53, rule_of ((int32_t)i));
  size_t n_kept = 0;
  for (uint32_t i = 0; i < N_PLACES; i++) {
    ProfRule rule;
    n_kept += prof_rule_cache_get (*state, 7, i * 53, &rule);
  }
  assert_true (n_kept > N_PLACES * 8 / 10);
}

static void
far_keys_are_not_kept (void **state)
{
  ProfRule rule;
  prof_rule_cache_put (*state, 16384, 0, rule_of (8));
  prof_rule_cache_put (*state, 0, UINT64_C (1) << 32, rule_of (8));
  assert_false (prof_rule_cache_get (*state, 16384, 0, &rule));
  assert_false (prof_rule_cache_get (*state, 0, UINT64_C (1) << 32, &rule));
  assert_false (prof_rule_cache_get (*state, 0, 0, &rule));
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  static const struct CMUnitTest tests[] = {
    TEST (empty_cache_has_nothing),       TEST (gives_what_was_put),
    TEST (never_answers_for_another_key), TEST (few_places_drive_each_other_out),
    TEST (far_keys_are_not_kept),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
