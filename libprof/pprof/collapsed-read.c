/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "pprof/collapsed-read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/gunzip.h"
#include "base/text.h"
#include "base/vec.h"

enum { READ_BYTES = 64 << 10 };

typedef struct {
  ProfGunzip gunzip;
  ProfPprofLimits limits;
  ProfProfile *profile; /* owned until the caller takes it */
  PROF_VEC (char) text; /* read, from `start` on not used */
  size_t start;
  size_t n_searched; /* behind start, without a newline */
  bool is_ended;
  uint64_t line;                  /* its number, from 1 */
  PROF_VEC (uint32_t) locations;  /* of the string that is its function's name; 0: none yet */
  PROF_VEC (uint32_t) root_first; /* the stack of a line */
  PROF_VEC (uint32_t) leaf_first;
  uint64_t n_frames;
  char fault[256];
} Reader;

static int
init (Reader *reader, int fd, const ProfPprofLimits *limits)
{
  *reader = (Reader){ .limits = *limits };
  int r = prof_gunzip_init (&reader->gunzip, fd);
  if (r < 0)
    return r;
  reader->gunzip.max_bytes = limits->raw_bytes;
  reader->gunzip.free_bytes = limits->free_raw_bytes;
  reader->gunzip.max_ratio = limits->ratio;
  r = prof_profile_new (&reader->profile);
  return r < 0 ? r : prof_profile_add_value_type (reader->profile, "samples", "count");
}

static void
reader_finish_p (Reader *reader)
{
  prof_gunzip_finish (&reader->gunzip);
  prof_profile_unref (reader->profile);
  prof_vec_clear (&reader->text);
  prof_vec_clear (&reader->locations);
  prof_vec_clear (&reader->root_first);
  prof_vec_clear (&reader->leaf_first);
}

static int fail (Reader *reader, int code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

static int
fail (Reader *reader, int code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (reader->fault, sizeof reader->fault, _ (format), args);
  va_end (args);
  return code;
}

static int
read_more (Reader *reader)
{
  reader->text.n -= reader->start;
  if (reader->start > 0)
    memmove (reader->text.items, reader->text.items + reader->start, reader->text.n);
  reader->start = 0;
  if (reader->text.n > reader->limits.field_bytes)
    return fail (reader, -EFBIG, "line %llu is longer than %zu bytes",
                 (unsigned long long)reader->line + 1, reader->limits.field_bytes);
  if (prof_vec_reserve (&reader->text, READ_BYTES) < 0)
    return -ENOMEM;
  ssize_t n = prof_gunzip_read (&reader->gunzip, reader->text.items + reader->text.n, READ_BYTES);
  if (n < 0)
    return fail (reader, (int)n, "%s", reader->gunzip.fault);
  reader->text.n += (size_t)n;
  reader->is_ended = n == 0;
  return 0;
}

/* The next line without its end; the last one may lack it. 1, 0 after the last, or an error. */
static int
next_line (Reader *reader, const char **ret, size_t *ret_n)
{
  for (;;) {
    const char *line = reader->text.items + reader->start;
    size_t n = reader->text.n - reader->start;
    const char *end = n > reader->n_searched
                          ? memchr (line + reader->n_searched, '\n', n - reader->n_searched)
                          : NULL;
    if (end == NULL && !reader->is_ended) {
      reader->n_searched = n;
      int r = read_more (reader);
      if (r < 0)
        return r;
      continue;
    }
    reader->n_searched = 0;
    if (end == NULL && n == 0)
      return 0;
    *ret = line;
    *ret_n = end != NULL ? (size_t)(end - line) : n;
    reader->start += *ret_n + (end != NULL);
    reader->line++;
    return 1;
  }
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

/* How much of a line is left without the blanks at its end. */
static size_t
trim (const char *line, size_t n_line)
{
  while (n_line > 0 && is_blank (line[n_line - 1]))
    n_line--;
  return n_line;
}

/* The whole number at the end of a trimmed line; *n_line becomes what is before it. */
static int
cut_count (const char *line, size_t *n_line, int64_t *ret)
{
  size_t end = *n_line, start = end;
  while (start > 0 && !is_blank (line[start - 1]))
    start--;
  *n_line = trim (line, start);
  bool is_negative = start < end && line[start] == '-';
  size_t next = start + is_negative;
  if (*n_line == 0 || next == end)
    return -EBADMSG;
  int64_t count = 0;
  for (; next < end; next++) {
    int digit = line[next] - '0';
    if (digit < 0 || digit > 9 || __builtin_mul_overflow (count, 10, &count)
        || __builtin_sub_overflow (count, digit, &count))
      return -EBADMSG;
  }
  if (!is_negative && count == INT64_MIN)
    return -EBADMSG;
  *ret = is_negative ? count : -count;
  return 0;
}

static int
make_location (Reader *reader, uint32_t name)
{
  int function = prof_profile_add_function (reader->profile,
                                            &(ProfFunction){ .name = name, .system_name = name });
  if (function < 0)
    return function;
  return prof_profile_add_location (reader->profile, &(ProfLocation){ 0 },
                                    &(ProfLine){ .function = (uint32_t)function }, 1);
}

/* The row of the location that stands for a name. */
static int
find_location (Reader *reader, const char *name, size_t n_name)
{
  int string = n_name > 0 ? prof_profile_add_string_n (reader->profile, name, n_name)
                          : prof_profile_add_string (reader->profile, "[unknown]");
  if (string < 0)
    return string;
  while (reader->locations.n <= (size_t)string)
    if (prof_vec_push (&reader->locations, 0) < 0)
      return -ENOMEM;
  if (reader->locations.items[string] != 0)
    return (int)reader->locations.items[string];
  int location = make_location (reader, (uint32_t)string);
  if (location > 0)
    reader->locations.items[string] = (uint32_t)location;
  return location;
}

static int
push_frames (Reader *reader, const char *stack, size_t n_stack)
{
  const char *end = stack + n_stack, *semicolon;
  reader->root_first.n = 0;
  do {
    semicolon = memchr (stack, ';', (size_t)(end - stack));
    const char *name_end = semicolon != NULL ? semicolon : end;
    if (reader->root_first.n == reader->limits.frames_per_sample)
      return fail (reader, -EFBIG, "line %llu has more than %zu frames",
                   (unsigned long long)reader->line, reader->limits.frames_per_sample);
    int location = find_location (reader, stack, (size_t)(name_end - stack));
    if (location < 0)
      return location;
    if (prof_vec_push (&reader->root_first, (uint32_t)location) < 0)
      return -ENOMEM;
    stack = name_end + 1;
  } while (semicolon != NULL);
  return 0;
}

static int
add_sample (Reader *reader, int64_t count)
{
  size_t n = reader->root_first.n;
  reader->leaf_first.n = 0;
  if (prof_vec_reserve (&reader->leaf_first, n) < 0)
    return -ENOMEM;
  for (size_t i = 0; i < n; i++)
    reader->leaf_first.items[i] = reader->root_first.items[n - 1 - i];
  int r = prof_profile_add_sample (reader->profile, reader->leaf_first.items, n, &count);
  return r < 0 ? r : 0;
}

static int
check_room (Reader *reader)
{
  size_t n_samples;
  prof_profile_get_samples (reader->profile, &n_samples);
  reader->n_frames += reader->root_first.n;
  if (n_samples >= reader->limits.samples)
    return fail (reader, -EFBIG, "it has more than %zu lines", reader->limits.samples);
  if (reader->n_frames > reader->limits.frames)
    return fail (reader, -EFBIG, "it has more than %zu frames", reader->limits.frames);
  return 0;
}

static int
add_line (Reader *reader, const char *line, size_t n_line)
{
  int64_t count = 0;
  n_line = trim (line, n_line);
  if (n_line == 0)
    return 0;
  if (cut_count (line, &n_line, &count) < 0)
    return fail (reader, -EBADMSG,
                 "line %llu does not end in a whole number, as in \"main;work 42\"",
                 (unsigned long long)reader->line);
  int r = push_frames (reader, line, n_line);
  if (r == 0)
    r = check_room (reader);
  return r < 0 ? r : add_sample (reader, count);
}

static int
read_all (Reader *reader)
{
  const char *line;
  size_t n_line;
  int r = read_more (reader);
  if (r < 0)
    return r;
  while ((r = next_line (reader, &line, &n_line)) > 0) {
    r = add_line (reader, line, n_line);
    if (r < 0)
      return r;
  }
  return r;
}

int
prof_collapsed_read_limited (int fd,
                             const ProfPprofLimits *limits,
                             ProfProfile **ret,
                             ProfError *reterr)
{
  cleanup (reader_finish) Reader reader;
  int r = init (&reader, fd, limits);
  if (r >= 0)
    r = read_all (&reader);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't read collapsed stacks: %s.",
                           reader.fault[0] != '\0' ? reader.fault : strerror (-r));
  *ret = steal (&reader.profile);
  return 0;
}

int
prof_collapsed_read (int fd, ProfProfile **ret, ProfError *reterr)
{
  if (ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_collapsed_read: ret is NULL.");
  return prof_collapsed_read_limited (fd, &(ProfPprofLimits)PROF_PPROF_LIMITS_INIT, ret, reterr);
}
