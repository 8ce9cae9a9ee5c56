/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>

/* Some seconds of work for a compiler that optimizes, which is what it is for. */

using Numbers = std::map<std::string, std::vector<int>>;

template <int n> struct Step {
  static std::string
  run (Numbers &numbers)
  {
    std::regex expression ("(a|b)*" + std::to_string (n));
    std::smatch match;
    std::string text = Step<n - 1>::run (numbers);
    std::vector<int> &row = numbers[text];
    std::regex_search (text, match, expression);
    std::sort (row.begin (), row.end (), [] (int a, int b) { return a % n < b % n; });
    return match.str () + text;
  }
};

template <> struct Step<0> {
  static std::string
  run (Numbers &)
  {
    return "a";
  }
};

int
main ()
{
  Numbers numbers;
  std::cout << Step<60>::run (numbers);
}
