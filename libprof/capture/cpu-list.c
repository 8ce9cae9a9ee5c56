/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "capture/cpu-list.h"

#include <limits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/read-file.h"

enum { MAX_CPUS = 1 << 16 };

static int
take_cpu (const char **text, int *ret)
{
  char *end;
  if (**text < '0' || **text > '9')
    return -EINVAL;
  long cpu = strtol (*text, &end, 10);
  if (cpu >= MAX_CPUS)
    return -EINVAL;
  *text = end;
  *ret = (int)cpu;
  return 0;
}

static int
take_range (const char **text, int *ret_first, int *ret_last)
{
  int r = take_cpu (text, ret_first);
  *ret_last = *ret_first;
  if (r == 0 && **text == '-') {
    ++*text;
    r = take_cpu (text, ret_last);
  }
  return r;
}

int
prof_cpu_list_parse (ProfCpuList *list, const char *text)
{
  for (;;) {
    int first, last;
    int r = take_range (&text, &first, &last);
    if (r < 0 || last < first || (list->n > 0 && first <= list->items[list->n - 1]))
      return -EINVAL;
    for (int cpu = first; cpu <= last; cpu++)
      if (prof_vec_push (list, cpu) < 0)
        return -ENOMEM;
    if (*text != ',')
      return *text == '\0' || *text == '\n' ? 0 : -EINVAL;
    text++;
  }
}

/* Without sysfs every CPU there could be is tried; the kernel refuses those that are offline. */
static int
list_configured (ProfCpuList *list)
{
  long n = sysconf (_SC_NPROCESSORS_CONF);
  prof_vec_clear (list);
  for (int cpu = 0; cpu < (n > 0 ? n : 1); cpu++)
    if (prof_vec_push (list, cpu) < 0)
      return -ENOMEM;
  return 0;
}

int
prof_cpu_list_read_online (ProfCpuList *list)
{
  cleanup (prof_free) char *text = NULL;
  size_t n;
  int r = prof_read_file ("/sys/devices/system/cpu/online", PIPE_BUF, &text, &n);
  if (r == 0)
    r = prof_cpu_list_parse (list, text);
  return r < 0 && r != -ENOMEM ? list_configured (list) : r;
}
