/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "engine/machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"

/* "model name : …" of x86; aarch64 has none. */
static void
read_cpu_model (char *ret, size_t size)
{
  ret[0] = '\0';
  cleanup (prof_fclose) FILE *file = fopen ("/proc/cpuinfo", "re");
  char line[512];
  while (file != NULL && fgets (line, sizeof line, file) != NULL) {
    const char *value = strchr (line, ':');
    if (strncmp (line, "model name", 10) != 0 || value == NULL)
      continue;
    value += 1 + strspn (value + 1, " \t");
    snprintf (ret, size, "%.*s", (int)strcspn (value, "\n"), value);
    return;
  }
}

void
prof_machine_read (ProfMachine *ret)
{
  struct utsname name;
  *ret = (ProfMachine){ 0 };
  if (uname (&name) == 0) {
    snprintf (ret->host, sizeof ret->host, "%s", name.nodename);
    snprintf (ret->kernel, sizeof ret->kernel, "%s %s %s", name.sysname, name.release,
              name.machine);
  }
  read_cpu_model (ret->cpu_model, sizeof ret->cpu_model);
  long n = sysconf (_SC_NPROCESSORS_ONLN);
  ret->n_cpus = n > 0 ? (unsigned)n : 1;
}
