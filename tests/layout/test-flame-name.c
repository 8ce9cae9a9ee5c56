/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-profile.h"

#include <string.h>

#include "layout/flame-name.h"

static void
check (const char *name, const char *expected)
{
  char text[256];
  pyro_flame_shorten_name (name, text, sizeof text);
  assert_string_equal (text, expected);
}

static void
test_drops_arguments (void **state)
{
  (void)state;
  check ("std::vector<int, std::allocator<int> >::push_back(int const&)", "std::vector::push_back");
  check ("sort<int (*)(void)>(int*)", "sort");
  check ("Map<A->B>::get() const", "Map::get");
  check ("alloc::vec::Vec<T>::push", "alloc::vec::Vec::push");
  check ("f(int)::{lambda(char)#1}::operator()(char) const", "f::{lambda#1}::operator()");
}

static void
test_keeps_the_rest (void **state)
{
  (void)state;
  check ("", "");
  check ("main", "main");
  check ("(anonymous namespace)::run(int)", "(anonymous namespace)::run");
  check ("main.(*Server).Serve", "main.(*Server).Serve");
  check ("<alloc::vec::Vec<T> as core::ops::Drop>::drop",
         "<alloc::vec::Vec as core::ops::Drop>::drop");
  check ("unclosed<int", "unclosed<int");
  check ("libc.so.6+0x1234", "libc.so.6+0x1234");
}

static void
test_knows_operators (void **state)
{
  (void)state;
  check ("operator<< <char>(std::ostream&)", "operator<< <char>");
  check ("A::operator<(A const&)", "A::operator<");
  check ("A::operator->()", "A::operator->");
  check ("A::operator==(A const&) const", "A::operator==");
  check ("operator new(unsigned long)", "operator new");
  check ("std::operator==<char, std::allocator<char> >(char*)", "std::operator==");
  check ("A::operator+(A const&)", "A::operator+");
  check ("A::operator[](int)", "A::operator[]");
}

static void
test_cuts_what_does_not_fit (void **state)
{
  (void)state;
  char text[8];
  pyro_flame_shorten_name ("abcdefghijkl<int>", text, sizeof text);
  assert_string_equal (text, "abcdefg");
  pyro_flame_shorten_name ("operator<<(int)", text, sizeof text);
  assert_string_equal (text, "operato");
}

static void
test_has_last_parts (void **state)
{
  (void)state;
  const char *name = "std::vector::push_back";
  assert_string_equal (pyro_flame_get_last_parts (name, 1), "push_back");
  assert_string_equal (pyro_flame_get_last_parts (name, 2), "vector::push_back");
  assert_string_equal (pyro_flame_get_last_parts (name, 3), name);
  assert_string_equal (pyro_flame_get_last_parts (name, 9), name);
  assert_string_equal (pyro_flame_get_last_parts ("main", 1), "main");
  assert_string_equal (pyro_flame_get_last_parts ("", 1), "");
  assert_string_equal (pyro_flame_get_last_parts ("::a", 2), "::a");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_drops_arguments), cmocka_unit_test (test_keeps_the_rest),
    cmocka_unit_test (test_knows_operators), cmocka_unit_test (test_cuts_what_does_not_fit),
    cmocka_unit_test (test_has_last_parts),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
