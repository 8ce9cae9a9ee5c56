/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/gunzip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { MAGIC_BYTES = 4, INPUT_BYTES = 64 << 10, GZIP_WINDOW_BITS = 16 + MAX_WBITS };

int
prof_gunzip_init (ProfGunzip *gunzip, int fd)
{
  *gunzip = (ProfGunzip){
    .fd = fd,
    .max_bytes = UINT64_MAX,
    .free_bytes = UINT64_MAX,
    .max_ratio = UINT64_MAX,
  };
  gunzip->input = malloc (INPUT_BYTES);
  if (gunzip->input == NULL)
    return -ENOMEM;
  if (inflateInit2 (&gunzip->zlib, GZIP_WINDOW_BITS) != Z_OK) {
    free (steal (&gunzip->input));
    return -ENOMEM;
  }
  return 0;
}

void
prof_gunzip_finish (ProfGunzip *gunzip)
{
  inflateEnd (&gunzip->zlib);
  free (gunzip->input);
}

static int
fail (ProfGunzip *gunzip, int code, const char *fault)
{
  snprintf (gunzip->fault, sizeof gunzip->fault, "%s", _ (fault));
  return code;
}

static int
fail_damaged (ProfGunzip *gunzip)
{
  const char *message = gunzip->zlib.msg;
  snprintf (gunzip->fault, sizeof gunzip->fault, _ ("the compressed data are damaged%s%s"),
            message != NULL ? ": " : "", message != NULL ? message : "");
  return -EBADMSG;
}

/* Reads until `n` unused bytes are there or the descriptor ends. */
static int
fill (ProfGunzip *gunzip, size_t n)
{
  if (gunzip->start > 0) {
    gunzip->n_input -= gunzip->start;
    memmove (gunzip->input, gunzip->input + gunzip->start, gunzip->n_input);
    gunzip->start = 0;
  }
  while (gunzip->n_input < n && !gunzip->is_ended) {
    ssize_t n_new
        = read (gunzip->fd, gunzip->input + gunzip->n_input, INPUT_BYTES - gunzip->n_input);
    if (n_new < 0 && errno == EINTR)
      continue;
    if (n_new < 0)
      return fail (gunzip, -errno, strerror (errno));
    gunzip->is_ended = n_new == 0;
    gunzip->n_input += (size_t)n_new;
    gunzip->n_read += (uint64_t)n_new;
  }
  return 0;
}

static bool
has_gzip_magic (const ProfGunzip *gunzip)
{
  const uint8_t *input = gunzip->input + gunzip->start;
  return gunzip->n_input - gunzip->start >= 2 && input[0] == 0x1f && input[1] == 0x8b;
}

/* RFC 8878. */
static bool
has_zstd_magic (const ProfGunzip *gunzip)
{
  static const uint8_t magic[MAGIC_BYTES] = { 0x28, 0xb5, 0x2f, 0xfd };
  return gunzip->n_input - gunzip->start >= sizeof magic
         && memcmp (gunzip->input + gunzip->start, magic, sizeof magic) == 0;
}

static ssize_t
copy (ProfGunzip *gunzip, void *buffer, size_t size)
{
  size_t n = gunzip->n_input - gunzip->start;
  if (n > size)
    n = size;
  memcpy (buffer, gunzip->input + gunzip->start, n);
  gunzip->start += n;
  return (ssize_t)n;
}

static ssize_t
inflate_some (ProfGunzip *gunzip, void *buffer, size_t size)
{
  z_stream *zlib = &gunzip->zlib;
  zlib->next_in = gunzip->input + gunzip->start;
  zlib->avail_in = (uInt)(gunzip->n_input - gunzip->start);
  zlib->next_out = buffer;
  zlib->avail_out = (uInt)size;
  int r = inflate (zlib, Z_NO_FLUSH);
  gunzip->start = gunzip->n_input - zlib->avail_in;
  if (r == Z_STREAM_END)
    gunzip->state = PROF_GUNZIP_BETWEEN;
  else if (r == Z_MEM_ERROR)
    return fail (gunzip, -ENOMEM, "out of memory");
  else if (r == Z_BUF_ERROR && gunzip->is_ended)
    return fail (gunzip, -EBADMSG, "the compressed data are cut off");
  else if (r != Z_OK && r != Z_BUF_ERROR)
    return fail_damaged (gunzip);
  return (ssize_t)(size - zlib->avail_out);
}

/* Behind a member comes another one or the end. */
static int
start_member (ProfGunzip *gunzip)
{
  if (gunzip->n_input == gunzip->start)
    return 0;
  if (!has_gzip_magic (gunzip))
    return fail (gunzip, -EBADMSG, "the compressed data are followed by something else");
  if (inflateReset (&gunzip->zlib) != Z_OK)
    return fail_damaged (gunzip);
  gunzip->state = PROF_GUNZIP_MEMBER;
  return 1;
}

/* One step; 0 is the end, -EAGAIN a step that gave nothing. */
static ssize_t
give (ProfGunzip *gunzip, void *buffer, size_t size)
{
  ssize_t r = fill (gunzip, MAGIC_BYTES);
  if (r < 0)
    return r;
  switch (gunzip->state) {
  case PROF_GUNZIP_START:
    if (has_zstd_magic (gunzip))
      return fail (gunzip, -EBADMSG,
                   "it is compressed with zstd, which is not read: unpack it with zstd -d");
    gunzip->state = has_gzip_magic (gunzip) ? PROF_GUNZIP_MEMBER : PROF_GUNZIP_PLAIN;
    return -EAGAIN;
  case PROF_GUNZIP_PLAIN:
    return copy (gunzip, buffer, size);
  case PROF_GUNZIP_MEMBER:
    r = inflate_some (gunzip, buffer, size);
    return r == 0 ? -EAGAIN : r;
  default:
    r = start_member (gunzip);
    return r > 0 ? -EAGAIN : r;
  }
}

static int
check_bounds (ProfGunzip *gunzip)
{
  if (gunzip->n_given > gunzip->max_bytes)
    return fail (gunzip, -EFBIG, "it is bigger than any real profile when decompressed");
  if (gunzip->n_given > gunzip->free_bytes && gunzip->n_given / gunzip->max_ratio >= gunzip->n_read)
    return fail (gunzip, -EFBIG, "it grows more than any real profile when decompressed");
  return 0;
}

ssize_t
prof_gunzip_read (ProfGunzip *gunzip, void *buffer, size_t size)
{
  size_t n = 0;
  while (n < size) {
    ssize_t r = give (gunzip, (uint8_t *)buffer + n, size - n);
    if (r == 0)
      break;
    if (r < 0 && r != -EAGAIN)
      return r;
    if (r > 0)
      n += (size_t)r;
  }
  gunzip->n_given += n;
  int r = check_bounds (gunzip);
  return r < 0 ? r : (ssize_t)n;
}
