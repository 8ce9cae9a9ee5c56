/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
/* Three functions inlined into each other and main, with a label in each whose place test-sym-dwarf
 * knows; a function of which a part is moved to where cold code goes; a call through the PLT. */
#include <unistd.h>

#include "inlined.h"

#line 100
template <typename T>
ALWAYS_INLINE void
outer (T &counter, int n)
{
  LABEL ("in_outer");
  middle (counter, n + 1); /* 105 */
  LABEL ("behind_middle");
}

#line 200
__attribute__ ((cold, noinline)) void
complain ()
{
  LABEL ("in_complain");
  if (write (2, "odd\n", 4) < 0)
    _exit (1);
}

#line 300
int
main (int argc, char **)
{
  shape::Counter counter = { argc };
  if (__builtin_expect (argc == 42, 0)) {
    LABEL ("in_cold_part");
    complain ();
  }
  outer (counter, argc); /* 308 */
  LABEL ("in_main");
  return counter.value == 0;
}
