/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "profile/suppressions.h"

#include "base/error.h"

/* After a mismatch the last star takes one more character. The ends that are not anchored are such
 * stars. */
bool
prof_suppression_matches (const char *pattern, const char *text)
{
  const char *end = pattern + strlen (pattern);
  bool is_at_begin = *pattern == '^';
  pattern += is_at_begin;
  bool is_at_end = end > pattern && end[-1] == '$';
  end -= is_at_end;
  const char *star = is_at_begin ? NULL : pattern, *resume = text;
  for (;;) {
    if (pattern < end && *pattern == '*') {
      star = ++pattern;
      resume = text;
    } else if (pattern == end && (!is_at_end || *text == '\0')) {
      return true;
    } else if (pattern < end && *text != '\0' && *pattern == *text) {
      pattern++;
      text++;
    } else if (star == NULL || *resume == '\0') {
      return false;
    } else {
      pattern = star;
      text = ++resume;
    }
  }
}

long
prof_suppressions_find (const ProfSuppressions *suppressions,
                        const char *const *texts,
                        size_t n_texts)
{
  for (size_t i = 0; i < suppressions->uses.n; i++)
    for (size_t j = 0; j < n_texts; j++)
      if (*texts[j] != '\0'
          && prof_suppression_matches (suppressions->uses.items[i].pattern, texts[j]))
        return (long)i;
  return -1;
}

/* ---- parsing ---- */

static int
add_pattern (ProfSuppressions *suppressions, const char *text, size_t n)
{
  if (prof_vec_reserve (&suppressions->uses, 1) < 0)
    return -ENOMEM;
  char *pattern = malloc (n + 1);
  if (pattern == NULL)
    return -ENOMEM;
  memcpy (pattern, text, n);
  pattern[n] = '\0';
  suppressions->uses.items[suppressions->uses.n++] = (ProfSuppressionUse){ .pattern = pattern };
  return 0;
}

static bool
is_blank (char character)
{
  return character == ' ' || character == '\t' || character == '\r';
}

static int
parse_line (ProfSuppressions *suppressions, const char *line, size_t n)
{
  static const char kind[] = "leak:";
  while (n > 0 && is_blank (*line)) {
    line++;
    n--;
  }
  while (n > 0 && is_blank (line[n - 1]))
    n--;
  if (n == 0 || *line == '#')
    return 0;
  size_t n_kind = strlen (kind);
  if (n <= n_kind || memcmp (line, kind, n_kind) != 0 || memchr (line, '\0', n) != NULL)
    return -EBADMSG;
  return add_pattern (suppressions, line + n_kind, n - n_kind);
}

static int
say_failure (int r, unsigned line, ProfError *reterr)
{
  if (r == -EBADMSG)
    return prof_error_set (reterr, r,
                           "Can't read the suppressions: line %u is not of the form leak:PATTERN.",
                           line);
  return prof_error_set (reterr, r, "Can't read the suppressions: %s.", strerror (-r));
}

int
prof_suppressions_add (ProfSuppressions *suppressions,
                       const char *text,
                       size_t n_bytes,
                       ProfError *reterr)
{
  if (suppressions == NULL || (text == NULL && n_bytes > 0))
    return prof_error_set (reterr, -EINVAL, "prof_suppressions_add: NULL argument.");
  size_t n_before = suppressions->uses.n;
  const char *end = n_bytes > 0 ? text + n_bytes : text;
  for (unsigned line = 1; text < end; line++) {
    const char *newline = memchr (text, '\n', (size_t)(end - text));
    const char *line_end = newline != NULL ? newline : end;
    int r = parse_line (suppressions, text, (size_t)(line_end - text));
    if (r < 0) {
      while (suppressions->uses.n > n_before)
        free ((char *)(uintptr_t)suppressions->uses.items[--suppressions->uses.n].pattern);
      return say_failure (r, line, reterr);
    }
    text = newline != NULL ? newline + 1 : end;
  }
  return 0;
}

int
prof_suppressions_parse (const char *text,
                         size_t n_bytes,
                         ProfSuppressions **ret,
                         ProfError *reterr)
{
  if (ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_suppressions_parse: NULL argument.");
  cleanup (prof_suppressions_free) ProfSuppressions *suppressions
      = calloc (1, sizeof *suppressions);
  if (suppressions == NULL)
    return say_failure (-ENOMEM, 0, reterr);
  int r = prof_suppressions_add (suppressions, text, n_bytes, reterr);
  if (r == 0)
    *ret = steal (&suppressions);
  return r;
}

ProfSuppressions *
prof_suppressions_free (ProfSuppressions *suppressions)
{
  if (suppressions == NULL)
    return NULL;
  prof_vec_foreach (use, &suppressions->uses)
    free ((char *)(uintptr_t)use->pattern);
  prof_vec_clear (&suppressions->uses);
  free (suppressions);
  return NULL;
}

const ProfSuppressionUse *
prof_suppressions_get_uses (const ProfSuppressions *suppressions, size_t *ret_n)
{
  *ret_n = suppressions->uses.n;
  return suppressions->uses.items;
}
