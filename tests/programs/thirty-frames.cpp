/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <cstdlib>
#include <string>

#include "shapes.h"

/* work < frame<1> < … < frame<30> < main, without frame pointers. Half of the time goes into the
 * way there: samples at any instruction of a prologue or an epilogue. */

namespace shapes
{

FRAME unsigned
work (const std::string &text)
{
  BURN_MS (5);
  return unsigned (text.size ());
}

template <int Depth> struct Frame {
  FRAME static unsigned run (const std::string &text, bool is_short);
};

template <> struct Frame<0> {
  static unsigned
  run (const std::string &text, bool is_short)
  {
    return is_short ? unsigned (text[0]) : work (text);
  }
};

template <int Depth>
FRAME unsigned
Frame<Depth>::run (const std::string &text, bool is_short)
{
  std::string copy = text;
  copy[0] = char ('a' + Depth % 26);
  unsigned sum = Frame<Depth - 1>::run (copy, is_short);
  return sum * 31 + unsigned (copy[0]);
}

} // namespace shapes

int
main (int argc, char **argv)
{
  unsigned sum = 0;
  int n_rounds = argc > 1 ? std::atoi (argv[1]) : 120;
  for (int i = 0; i < n_rounds; i++) {
    sum += shapes::Frame<30>::run ("a text too long for the short form of a string", false);
    for (int j = 0; j < 15000; j++)
      sum += shapes::Frame<30>::run ("short", true);
  }
  return sum == 1;
}
