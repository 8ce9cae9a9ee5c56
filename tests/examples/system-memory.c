/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */

/* The memory of the machine, how much tasks wait for it, and that of this process: system-memory */
#include <prof/prof.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static unsigned long long
mib (uint64_t n_bytes)
{
  return n_bytes >> 20;
}

int
main (void)
{
  ProfSystemMemory system = PROF_SYSTEM_MEMORY_INIT;
  ProfProcessMemory process = PROF_PROCESS_MEMORY_INIT;
  ProfMemoryPressure pressure = PROF_MEMORY_PRESSURE_INIT;
  ProfError error = PROF_ERROR_INIT;

  int r = prof_get_system_memory (&system, &error);
  if (r >= 0) {
    printf ("total %llu MiB\n", mib (system.total_bytes));
    printf ("used %llu MiB (%.1f %%)\n", mib (system.used_bytes), system.used_percent);
    printf ("available %llu MiB, cached %llu MiB\n", mib (system.available_bytes),
            mib (system.cached_bytes));
    r = prof_get_process_memory (getpid (), &process, &error);
  }
  if (r >= 0) {
    printf ("this process %llu KiB, %llu page faults\n",
            (unsigned long long)process.rss_bytes / 1024,
            (unsigned long long)(process.minor_faults + process.major_faults));
    r = prof_get_memory_pressure (&pressure, &error);
  }
  if (r >= 0)
    printf ("some task waited %.2f %% of the last 10 s\n", pressure.some_avg10);
  else if (r == -EOPNOTSUPP) { /* a kernel without pressure information is no failure */
    printf ("pressure is not known\n");
    r = 0;
  }
  if (r < 0)
    fprintf (stderr, "%s\n", error.message);
  return r < 0;
}
