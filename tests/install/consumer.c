/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdio.h>

#include <prof/prof.h>

/* A program of somebody else's: knows libprof by pkg-config only. */
int
main (void)
{
  ProfCpuConfig config = PROF_CPU_CONFIG_INIT;
  prof_set_log_func (NULL, NULL);
  printf ("%u Hz, %u frames\n", config.sampling_rate, config.max_stack_depth);
  return config.size == sizeof config ? 0 : 1;
}
