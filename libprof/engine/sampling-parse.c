/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "engine/sampling.h"

#define MAX_ARGUMENTS 3

/* Reads ":0.1:0.5" into numbers. Returns how many, or -EINVAL. */
static int
parse_arguments (const char *text, double *arguments)
{
  int n = 0;
  while (*text != '\0') {
    if (*text != ':' || n == MAX_ARGUMENTS)
      return -EINVAL;
    char *end;
    arguments[n] = strtod (text + 1, &end);
    if (end == text + 1)
      return -EINVAL;
    text = end;
    n++;
  }
  return n;
}

static bool
name_is (const char *name, size_t n_name, const char *word)
{
  return n_name == strlen (word) && memcmp (name, word, n_name) == 0;
}

static int
make (const char *name, size_t n_name, const double *a, int n, ProfSampling **ret)
{
  uint64_t seed = prof_monotonic_ns ();
  if (name_is (name, n_name, "always") && n == 0)
    return prof_sampling_new_always (ret);
  if (name_is (name, n_name, "never") && n == 0)
    return prof_sampling_new_never (ret);
  if (name_is (name, n_name, "probabilistic") && n == 1)
    return prof_sampling_new_probabilistic (a[0], seed, ret);
  if (name_is (name, n_name, "rate") && n == 1)
    return prof_sampling_new_rate (a[0], ret);
  if (name_is (name, n_name, "adaptive") && n == 1)
    return prof_sampling_new_adaptive (a[0], 0.001, 1, seed, ret);
  if (name_is (name, n_name, "adaptive") && n == 3)
    return prof_sampling_new_adaptive (a[0], a[1], a[2], seed, ret);
  return -EINVAL;
}

int
prof_sampling_new_from_string (const char *text, ProfSampling **ret, ProfError *reterr)
{
  if (text == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_sampling_new_from_string: NULL argument.");
  double arguments[MAX_ARGUMENTS];
  size_t n_name = strcspn (text, ":");
  int n = parse_arguments (text + n_name, arguments);
  int r = n < 0 ? n : make (text, n_name, arguments, n, ret);
  if (r == -EINVAL)
    prof_error_set (reterr, r,
                    "Can't use the sampling strategy '%s': it must be always, never, "
                    "probabilistic:P with 0 <= P <= 1, rate:PER_SECOND, adaptive:PER_SECOND or "
                    "adaptive:PER_SECOND:MIN:MAX with 0 < MIN <= MAX <= 1.",
                    text);
  else if (r < 0)
    prof_error_set (reterr, r, "Can't make a sampling strategy: out of memory.");
  return r;
}
