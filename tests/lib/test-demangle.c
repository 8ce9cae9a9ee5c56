/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/demangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/names.h"
#include "tests.h"

static void
assert_demangles (const char *name, const char *expected)
{
  char *demangled;
  assert_int_equal (prof_demangle (name, &demangled), 0);
  if (expected == NULL) {
    assert_null (demangled);
    return;
  }
  assert_non_null (demangled);
  assert_string_equal (demangled, expected);
  free (demangled);
}

static void
test_cpp_names (void **state)
{
  (void)state;
  assert_demangles ("_ZN3foo3barEi", "foo::bar(int)");
  assert_demangles ("_Z3maxIiET_S0_S0_", "max<int>(int, int)");
  assert_demangles ("_ZNSt6vectorIiSaIiEE9push_backERKi",
                    "std::vector<int, std::allocator<int> >::push_back(int const&)");
  assert_demangles ("_ZZ4mainENKUlvE_clEv", "main::{lambda()#1}::operator()() const");
  assert_demangles ("_ZN3fooC2Ev.cold", "foo::foo() [clone .cold]");
}

static void
test_rust_names (void **state)
{
  (void)state;
  assert_demangles ("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE",
                    "core::fmt::Write::write_fmt");
  assert_demangles ("_ZN58_$LT$Foo$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE", NULL);
  assert_demangles ("_ZN40_$LT$Foo$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE",
                    "<Foo as core::fmt::Debug>::fmt");
  assert_demangles ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
  assert_demangles ("_RNvC6_123foo3bar", "123foo::bar");
  assert_demangles ("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
                    "utf8_idents::საჭმელად_გემრიელი_სადილი");
}

static void
test_versions_and_plt_stay (void **state)
{
  (void)state;
  assert_demangles ("_ZdlPv@plt", "operator delete(void*)@plt");
  assert_demangles ("_ZdlPv@@GLIBCXX_3.4", "operator delete(void*)@@GLIBCXX_3.4");
}

static void
test_other_names_are_left_alone (void **state)
{
  (void)state;
  assert_demangles ("", NULL);
  assert_demangles ("main", NULL);
  assert_demangles ("_start", NULL);
  assert_demangles ("_Z", NULL);
  assert_demangles ("_R", NULL);
  assert_demangles ("_ZN3foo", NULL);
  assert_demangles ("Z3foov", NULL);
}

/* Each parameter is a pair of the one before: the last one prints 2^29 times "p<int, int>". */
static void
test_names_that_explode_are_left_alone (void **state)
{
  (void)state;
  assert_demangles ("_Z1f1pIiiES_IS0_S0_E", "f(p<int, int>, p<p<int, int>, p<int, int> >)");
  assert_demangles (
      "_Z1f1pIiiES_IS0_S0_ES_IS1_S1_ES_IS2_S2_ES_IS3_S3_ES_IS4_S4_ES_IS5_S5_ES_IS6_S6_E"
      "S_IS7_S7_ES_IS8_S8_ES_IS9_S9_ES_ISA_SA_ES_ISB_SB_ES_ISC_SC_ES_ISD_SD_ES_ISE_SE_E"
      "S_ISF_SF_ES_ISG_SG_ES_ISH_SH_ES_ISI_SI_ES_ISJ_SJ_ES_ISK_SK_ES_ISL_SL_ES_ISM_SM_E"
      "S_ISN_SN_ES_ISO_SO_ES_ISP_SP_ES_ISQ_SQ_ES_ISR_SR_ES_ISS_SS_E",
      NULL);
  assert_demangles ("_RINvC1a1bTmmETB7_B7_EE", "a::b::<(u32, u32), ((u32, u32), (u32, u32))>");
  assert_demangles (
      "_RINvC1a1bTmmETB7_B7_ETBb_Bb_ETBj_Bj_ETBr_Br_ETBz_Bz_ETBH_BH_ETBP_BP_ETBX_BX_ETB"
      "15_B15_ETB1d_B1d_ETB1n_B1n_ETB1x_B1x_ETB1H_B1H_ETB1R_B1R_ETB21_B21_ETB2b_B2b_EE",
      NULL);
}

static void
test_deep_nesting_is_left_alone (void **state)
{
  (void)state;
  size_t n = 60000;
  cleanup (prof_free) char *name = malloc (n + 1);
  assert_non_null (name);
  memset (name, 'P', n);
  memcpy (name, "_Z1f", 4);
  name[n - 1] = 'i';
  name[n] = '\0';
  assert_demangles (name, NULL);
  memcpy (name, "_RIC1aR", 7);
  memset (name + 7, 'R', n - 7);
  assert_demangles (name, NULL);
}

static void
test_names_are_kept_once_and_stay (void **state)
{
  (void)state;
  ProfNames names = { 0 };
  const char *first = prof_names_intern (&names, "_Z3foov");
  assert_string_equal (first, "_Z3foov");
  for (int i = 0; i < 20000; i++) {
    char text[32];
    snprintf (text, sizeof text, "name %d", i);
    assert_non_null (prof_names_intern (&names, text));
  }
  assert_ptr_equal (prof_names_intern (&names, "_Z3foov"), first);
  const char *demangled = prof_names_demangle (&names, first);
  assert_string_equal (demangled, "foo()");
  assert_ptr_equal (prof_names_demangle (&names, "_Z3foov"), demangled);
  assert_ptr_equal (prof_names_demangle (&names, "name 7"), prof_names_intern (&names, "name 7"));
  prof_names_finish (&names);
}

static void
test_a_name_longer_than_a_chunk (void **state)
{
  (void)state;
  ProfNames names = { 0 };
  static char text[200000];
  memset (text, 'x', sizeof text - 1);
  assert_string_equal (prof_names_intern (&names, "before"), "before");
  const char *kept = prof_names_intern (&names, text);
  assert_string_equal (kept, text);
  assert_string_equal (prof_names_intern (&names, "after"), "after");
  assert_ptr_equal (prof_names_demangle (&names, text), kept);
  prof_names_finish (&names);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_cpp_names),
    cmocka_unit_test (test_rust_names),
    cmocka_unit_test (test_versions_and_plt_stay),
    cmocka_unit_test (test_other_names_are_left_alone),
    cmocka_unit_test (test_names_that_explode_are_left_alone),
    cmocka_unit_test (test_deep_nesting_is_left_alone),
    cmocka_unit_test (test_names_are_kept_once_and_stay),
    cmocka_unit_test (test_a_name_longer_than_a_chunk),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
