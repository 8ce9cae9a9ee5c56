/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
/* Is over before a sample: its exit status is passed on, its profile is valid. */
int
main (void)
{
  return 7;
}
