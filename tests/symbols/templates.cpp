/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
/* Code with much inlining and many ranges, for compare-symbols; it is not run. */
#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>

int
main (int argc, char **argv)
{
  std::map<std::string, std::vector<int>> lists;
  for (int i = 0; i < argc * 1000; i++)
    lists[std::to_string (i % 17)].push_back (i * 7 % 13);
  int sum = 0;
  for (auto &list : lists) {
    std::sort (list.second.begin (), list.second.end (), [] (int a, int b) { return a > b; });
    sum += list.second[list.second.size () / 2];
  }
  std::regex expression ("a+b*(c|d)");
  for (int i = 0; i < argc; i++)
    std::cout << std::regex_match (argv[i], expression) << sum << "\n";
}
