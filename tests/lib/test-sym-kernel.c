/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "symbol/sym-kernel.h"

#include "tests.h"

static ProfKernelSymbols
parse (const char *text)
{
  ProfKernelSymbols symbols = { 0 };
  size_t n_used;
  assert_int_equal (prof_kernel_symbols_add (&symbols, text, strlen (text), &n_used), 0);
  assert_int_equal (n_used, strlen (text));
  prof_kernel_symbols_finish_adding (&symbols);
  return symbols;
}

static void
assert_name (const ProfKernelSymbols *symbols, uint64_t address, const char *expected)
{
  const char *name = prof_kernel_symbols_find (symbols, address);
  if (expected == NULL) {
    assert_null (name);
    return;
  }
  assert_non_null (name);
  assert_string_equal (name, expected);
}

static void
test_functions_of_the_kernel_and_its_modules (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("0000000000000000 A fixed_percpu_data\n"
                                     "ffffffff81000100 t local_function\n"
                                     "ffffffff81000080 T first\n"
                                     "ffffffff81000200 D some_data\n"
                                     "ffffffff81000300 W weak\n"
                                     "ffffffffc0a01000 t nft_do_chain\t[nf_tables]\n"
                                     "ffffffffc0a01800 T nft_exit\t[nf_tables]\n"
                                     "ffffffffc0b00010 t bpf_prog_1_x\t[bpf]\n");
  assert_name (&symbols, 0, NULL);
  assert_name (&symbols, 0xffffffff8100007f, NULL);
  assert_name (&symbols, 0xffffffff81000080, "first");
  assert_name (&symbols, 0xffffffff810000ff, "first");
  assert_name (&symbols, 0xffffffff81000100, "local_function");
  assert_name (&symbols, 0xffffffff81000200, NULL);
  assert_name (&symbols, 0xffffffff81000300, "weak");
  assert_name (&symbols, 0xffffffff81000fff, "weak");
  assert_name (&symbols, 0xffffffff81001000, NULL);
  assert_name (&symbols, 0xffffffffc0a017ff, "nft_do_chain [nf_tables]");
  assert_name (&symbols, 0xffffffffc0a01fff, "nft_exit [nf_tables]");
  assert_name (&symbols, 0xffffffffc0a02000, NULL);
  assert_name (&symbols, 0xffffffffc0b00fff, "bpf_prog_1_x [bpf]");
  assert_name (&symbols, 0xffffffffc0b01000, NULL);
  prof_kernel_symbols_finish (&symbols);
}

static void
test_the_best_of_several_names (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("ffffffff81000000 t do_local_thing\n"
                                     "ffffffff81000000 T __do_thing\n"
                                     "ffffffff81000000 T do_thing\n"
                                     "ffffffff81000000 D data_here_too\n"
                                     "ffffffff81000040 T end\n");
  assert_name (&symbols, 0xffffffff81000000, "do_thing");
  assert_name (&symbols, 0xffffffff8100003f, "do_thing");
  prof_kernel_symbols_finish (&symbols);
}

static void
test_code_and_data_at_one_address_in_any_order (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("ffffffff81000040 D end\n"
                                     "ffffffff81000000 t do_local_thing\n"
                                     "ffffffff81000000 d data_here_too\n"
                                     "ffffffff81000000 T do_thing\n"
                                     "ffffffff81000000 B data_as_well\n");
  assert_name (&symbols, 0xffffffff80ffffff, NULL);
  assert_name (&symbols, 0xffffffff81000000, "do_thing");
  assert_name (&symbols, 0xffffffff8100003f, "do_thing");
  assert_name (&symbols, 0xffffffff81000040, NULL);
  prof_kernel_symbols_finish (&symbols);
}

static void
test_a_text_in_parts (void **state)
{
  (void)state;
  static const char text[] = "ffffffff81000000 T one\nffffffff81000010 T two\nfffff";
  size_t n_used;
  ProfKernelSymbols symbols = { 0 };
  assert_int_equal (prof_kernel_symbols_add (&symbols, text, 22, &n_used), 0);
  assert_int_equal (n_used, 0);
  assert_int_equal (prof_kernel_symbols_add (&symbols, text, 30, &n_used), 0);
  assert_int_equal (n_used, 23);
  assert_int_equal (prof_kernel_symbols_add (&symbols, text + 23, sizeof text - 24, &n_used), 0);
  assert_int_equal (n_used, 23);
  prof_kernel_symbols_finish_adding (&symbols);
  assert_int_equal (symbols.rows.n, 2);
  assert_name (&symbols, 0xffffffff8100000f, "one");
  assert_name (&symbols, 0xffffffff81000010, "two");
  prof_kernel_symbols_finish (&symbols);
}

static void
test_hidden_addresses_give_no_names (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("0000000000000000 T _text\n"
                                     "0000000000000000 T do_one\n"
                                     "0000000000000000 t nft_do_chain\t[nf_tables]\n");
  assert_int_equal (symbols.rows.n, 0);
  assert_name (&symbols, 0, NULL);
  assert_name (&symbols, 0xffffffff81000000, NULL);
  prof_kernel_symbols_finish (&symbols);
}

static void
test_other_lines_are_skipped (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("\n \nffffffff81000000\nffffffff81000000 T\n"
                                     "ffffffff81000000 T \nffffffff81000000TT x\nzz T name\n"
                                     "ffffffff81000010 1 digit\nfffffffffffffff0 T last\n");
  assert_int_equal (symbols.rows.n, 1);
  assert_name (&symbols, 0xfffffffffffffff8, "last");
  prof_kernel_symbols_finish (&symbols);
}

static void
test_the_kernels_own_symbols_are_kept (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("ffffffff81000080 T first\n"
                                     "ffffffff81000100 t local_function\n"
                                     "ffffffff81000200 D some_data\n"
                                     "ffffffffc0a01000 t nft_do_chain\t[nf_tables]\n"),
                    kept;
  char *bytes;
  size_t n_bytes;
  assert_int_equal (prof_kernel_symbols_encode (&symbols, &bytes, &n_bytes), 0);
  assert_int_equal (prof_kernel_symbols_decode (bytes, n_bytes, &kept), 0);
  assert_int_equal (kept.rows.n, 3);
  assert_name (&kept, 0xffffffff8100007f, NULL);
  assert_name (&kept, 0xffffffff810000ff, "first");
  assert_name (&kept, 0xffffffff810001ff, "local_function");
  assert_name (&kept, 0xffffffff81000200, NULL);
  assert_name (&kept, 0xffffffffc0a01000, NULL);
  prof_kernel_symbols_finish (&kept);
  prof_kernel_symbols_finish (&symbols);
}

static void
test_a_damaged_table (void **state)
{
  (void)state;
  ProfKernelSymbols symbols = parse ("ffffffff81000080 T first\nffffffff81000100 t second\n"), kept;
  for (size_t n = 0;; n++) {
    char *bytes;
    size_t n_bytes;
    assert_int_equal (prof_kernel_symbols_encode (&symbols, &bytes, &n_bytes), 0);
    if (n == n_bytes) {
      free (bytes);
      break;
    }
    assert_int_equal (prof_kernel_symbols_decode (bytes, n, &kept), -EBADMSG);
  }
  for (int i = 0; i < 3; i++) {
    char *bytes;
    size_t n_bytes;
    assert_int_equal (prof_kernel_symbols_encode (&symbols, &bytes, &n_bytes), 0);
    ProfKernelSymbol *rows = (ProfKernelSymbol *)(bytes + 16);
    if (i == 0)
      rows[1].address = rows[0].address - 1;
    else if (i == 1)
      rows[1].name = 100;
    else
      bytes[n_bytes - 1] = 'x';
    assert_int_equal (prof_kernel_symbols_decode (bytes, n_bytes, &kept), -EBADMSG);
  }
  prof_kernel_symbols_finish (&symbols);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_functions_of_the_kernel_and_its_modules),
    cmocka_unit_test (test_the_best_of_several_names),
    cmocka_unit_test (test_code_and_data_at_one_address_in_any_order),
    cmocka_unit_test (test_a_text_in_parts),
    cmocka_unit_test (test_hidden_addresses_give_no_names),
    cmocka_unit_test (test_other_lines_are_skipped),
    cmocka_unit_test (test_the_kernels_own_symbols_are_kept),
    cmocka_unit_test (test_a_damaged_table),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
