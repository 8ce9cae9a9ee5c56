/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-search.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum { CHECK_INTERVAL = 256 }; /* names or stacks between two looks at is_cancelled */

/* Most of what is typed has no operator in it: strstr is ten times as fast then. */
typedef struct {
  const char *text;
  bool is_literal, ignores_case;
  regex_t regex; /* unless is_literal */
} Pattern;

static int
pattern_init (Pattern *pattern, const char *text, char *message, size_t message_size)
{
  *pattern = (Pattern){ .text = text, .ignores_case = true };
  for (const char *c = text; *c != '\0'; c++)
    pattern->ignores_case &= !isupper ((unsigned char)*c);
  pattern->is_literal = strpbrk (text, "\\^$.[]|()*+?{}") == NULL;
  if (pattern->is_literal)
    return 0;
  int flags = REG_EXTENDED | REG_NOSUB | (pattern->ignores_case ? REG_ICASE : 0);
  int code = regcomp (&pattern->regex, text, flags);
  if (code == 0)
    return 0;
  regerror (code, &pattern->regex, message, message_size);
  return code == REG_ESPACE ? -ENOMEM : -EINVAL;
}

static void
pattern_finish (Pattern *pattern)
{
  if (!pattern->is_literal)
    regfree (&pattern->regex);
}

static bool
pattern_matches (const Pattern *pattern, const char *name)
{
  if (!pattern->is_literal)
    return regexec (&pattern->regex, name, 0, NULL, 0) == 0;
  if (pattern->ignores_case)
    return strcasestr (name, pattern->text) != NULL;
  return strstr (name, pattern->text) != NULL;
}

static bool
is_time_to_stop (const atomic_bool *is_cancelled, uint32_t i)
{
  return i % CHECK_INTERVAL == 0 && atomic_load_explicit (is_cancelled, memory_order_relaxed);
}

static int
match_functions (const PyroFlameFunctions *functions,
                 const Pattern *pattern,
                 const atomic_bool *is_cancelled,
                 PyroFlameMatches *matches)
{
  matches->is_match = calloc (functions->n + 1, sizeof *matches->is_match);
  if (matches->is_match == NULL)
    return -ENOMEM;
  for (uint32_t i = 0; i < functions->n; i++) {
    if (is_time_to_stop (is_cancelled, i))
      return -ECANCELED;
    matches->is_match[i] = pattern_matches (pattern, functions->items[i].name);
    matches->has_match |= matches->is_match[i];
  }
  matches->n_functions = functions->n;
  return 0;
}

/* Leaves in is_seen which functions that match are in the profile at all. */
static bool
has_match (const PyroFlameShape *shape,
           uint32_t stack,
           const PyroFlameMatches *matches,
           uint8_t *is_seen)
{
  bool result = false;
  const uint32_t *frames = shape->frames + shape->stacks[stack].start;
  for (uint32_t i = 0; i < shape->stacks[stack].n; i++)
    if (matches->is_match[frames[i]]) {
      is_seen[frames[i]] = 1;
      result = true;
    }
  return result;
}

static int
sum_stacks (const PyroFlameStacks *stacks,
            const atomic_bool *is_cancelled,
            PyroFlameMatches *matches,
            uint8_t *is_seen)
{
  for (uint32_t i = 0; i < stacks->shape->n; i++) {
    if (is_time_to_stop (is_cancelled, i))
      return -ECANCELED;
    if (stacks->weights[i] > 0 && has_match (stacks->shape, i, matches, is_seen))
      matches->weight += stacks->weights[i];
  }
  return 0;
}

static int
match_stacks (const PyroFlameStacks *stacks,
              const atomic_bool *is_cancelled,
              PyroFlameMatches *matches)
{
  if (!matches->has_match)
    return 0;
  uint8_t *is_seen = calloc (matches->n_functions + 1, 1);
  if (is_seen == NULL)
    return -ENOMEM;
  int r = sum_stacks (stacks, is_cancelled, matches, is_seen);
  for (uint32_t i = 0; i < matches->n_functions; i++)
    matches->n_matches += is_seen[i];
  free (is_seen);
  return r;
}

int
pyro_flame_search (const PyroFlameTree *tree,
                   const char *text,
                   const atomic_bool *is_cancelled,
                   PyroFlameMatches *ret,
                   char *message,
                   size_t message_size)
{
  *ret = (PyroFlameMatches){ 0 };
  Pattern pattern;
  int r = pattern_init (&pattern, text, message, message_size);
  if (r < 0)
    return r;
  r = match_functions (pyro_flame_tree_get_functions (tree), &pattern, is_cancelled, ret);
  if (r == 0)
    r = match_stacks (pyro_flame_tree_get_stacks (tree), is_cancelled, ret);
  pattern_finish (&pattern);
  if (r < 0)
    pyro_flame_matches_finish (ret);
  return r;
}

void
pyro_flame_matches_finish (PyroFlameMatches *matches)
{
  free (matches->is_match);
  *matches = (PyroFlameMatches){ 0 };
}
