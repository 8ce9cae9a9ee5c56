/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "source-text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

enum { MAX_BYTES = 8 << 20 };

void
source_text_read (SourceText *source, const char *path)
{
  struct stat status;
  *source = (SourceText){ 0 };
  cleanup (close) int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat (fd, &status) < 0 || !S_ISREG (status.st_mode) || status.st_size > MAX_BYTES)
    return;
  source->number = 1;
  source->text = malloc ((size_t)status.st_size + 1);
  ssize_t n = 1;
  while (source->text != NULL && n > 0 && source->n < (size_t)status.st_size) {
    n = read (fd, source->text + source->n, (size_t)status.st_size - source->n);
    source->n += n > 0 ? (size_t)n : 0;
  }
}

void
source_text_clear (SourceText *source)
{
  free (source->text);
  *source = (SourceText){ 0 };
}

static const char *
trim (const char *line, const char *end, size_t *ret_n)
{
  while (line < end && (*line == ' ' || *line == '\t'))
    line++;
  while (line < end && (unsigned char)end[-1] <= ' ')
    end--;
  *ret_n = (size_t)(end - line);
  return line;
}

static size_t
find_next_line (const SourceText *source)
{
  const char *at = source->text + source->next;
  const char *newline = memchr (at, '\n', source->n - source->next);
  return newline != NULL ? (size_t)(newline + 1 - source->text) : source->n;
}

const char *
source_text_get_line (SourceText *source, int64_t number, size_t *ret_n)
{
  *ret_n = 0;
  if (source->text == NULL || number < source->number)
    return "";
  for (; source->number < number && source->next < source->n; source->number++)
    source->next = find_next_line (source);
  if (source->next == source->n)
    return "";
  return trim (source->text + source->next, source->text + find_next_line (source), ret_n);
}
