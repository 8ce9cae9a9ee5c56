/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/memory-pressure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/read-file.h"
#include "base/sized.h"

/* "some avg10=0.12 avg60=0.05 avg300=0.00 total=1234". The point does not follow the locale. */
static int
parse_line (const char *line, const char *name, double *averages, uint64_t *ret_total)
{
  unsigned long whole[3], hundredths[3], total;
  size_t n_name = strlen (name);
  if (strncmp (line, name, n_name) != 0
      || sscanf (line + n_name, " avg10=%lu.%lu avg60=%lu.%lu avg300=%lu.%lu total=%lu", &whole[0],
                 &hundredths[0], &whole[1], &hundredths[1], &whole[2], &hundredths[2], &total)
             != 7)
    return -EBADMSG;
  for (int i = 0; i < 3; i++)
    averages[i] = (double)whole[i] + (double)hundredths[i] / 100;
  *ret_total = total;
  return 0;
}

int
prof_memory_pressure_parse (const char *text, ProfMemoryPressure *ret)
{
  double some[3], full[3] = { 0 };
  uint64_t some_total_us, full_total_us = 0;
  const char *second = strchr (text, '\n');
  if (parse_line (text, "some", some, &some_total_us) < 0)
    return -EBADMSG;
  if (second != NULL && second[1] != '\0'
      && parse_line (second + 1, "full", full, &full_total_us) < 0)
    return -EBADMSG;
  *ret = (ProfMemoryPressure){ .some_avg10 = some[0],
                               .some_avg60 = some[1],
                               .some_avg300 = some[2],
                               .full_avg10 = full[0],
                               .full_avg60 = full[1],
                               .full_avg300 = full[2],
                               .some_total_us = some_total_us,
                               .full_total_us = full_total_us };
  return 0;
}

int
prof_get_memory_pressure (ProfMemoryPressure *ret, ProfError *reterr)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  ProfMemoryPressure pressure;
  if (!prof_sized_is_valid (ret, sizeof pressure))
    return prof_error_set (reterr, -EINVAL,
                           "prof_get_memory_pressure: ret is not set by PROF_MEMORY_PRESSURE_INIT");
  int r = prof_read_file ("/proc/pressure/memory", 4096, &text, &n);
  /* A kernel that was started with psi=0 has the file, and refuses to read it. */
  if (r == -ENOENT || r == -EOPNOTSUPP)
    return prof_error_set (reterr, -EOPNOTSUPP,
                           "This kernel does not measure memory pressure: it is built without "
                           "CONFIG_PSI or started without psi=1");
  if (r >= 0)
    r = prof_memory_pressure_parse (text, &pressure);
  if (r < 0)
    return prof_error_set (reterr, r,
                           "Can't read the memory pressure from /proc/pressure/memory: %s",
                           strerrordesc_np (-r));
  return prof_sized_fill (ret, &pressure, sizeof pressure);
}
