/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdexcept>

#include "shapes.h"

/* burn_in_catch < catches < main, in the handler of what threw < passes < catches threw;
 * Guard::~Guard < passes < catches < main, while the exception is on its way. An argument makes it
 * brief. */

static FRAME void
burn_in_catch ()
{
  BURN_MS (5);
}

struct Guard {
  FRAME ~Guard ()
  {
    BURN_MS (5);
  }
};

static FRAME void
throws (int number)
{
  throw std::runtime_error (number % 2 ? "odd" : "even");
}

static FRAME void
passes (int number)
{
  Guard guard;
  throws (number);
}

static FRAME int
catches (int number)
{
  try {
    passes (number);
  } catch (const std::exception &error) {
    burn_in_catch ();
    return error.what ()[0];
  }
  return 0;
}

int
main (int argc, char **)
{
  const int n_rounds = argc > 1 ? 10 : 100;
  int sum = 0;
  for (int i = 0; i < n_rounds; i++)
    sum += catches (i);
  return sum == 1;
}
