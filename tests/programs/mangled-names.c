/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "shapes.h"

/* Functions named as C++ and Rust compilers name them:
 * shapes::Ring<int>::spin (unsigned long) < core::num::parse < demo::run::{closure} < main. */

void cpp_spin (void) __asm__("_ZN6shapes4RingIiE4spinEm");
void rust_legacy (void) __asm__("_ZN4core3num5parse17h0123456789abcdefE");
void rust_v0 (void) __asm__("_RNvNtCs1234_4demo4text3run");

FRAME void
cpp_spin (void)
{
  BURN_MS (1000);
}

FRAME void
rust_legacy (void)
{
  cpp_spin ();
  KEEP_FRAME;
}

FRAME void
rust_v0 (void)
{
  rust_legacy ();
  KEEP_FRAME;
}

int
main (void)
{
  rust_v0 ();
  KEEP_FRAME;
  return 0;
}
