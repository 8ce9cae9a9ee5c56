/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "base/gzip.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/write-all.h"

enum { OUTPUT_BYTES = 64 << 10, GZIP_WINDOW_BITS = 16 + MAX_WBITS, MEMORY_LEVEL = 8 };

int
prof_gzip_init (ProfGzip *gzip, int fd, int level)
{
  *gzip = (ProfGzip){ .fd = fd };
  gzip->output = malloc (OUTPUT_BYTES);
  if (gzip->output == NULL)
    return -ENOMEM;
  if (deflateInit2 (&gzip->zlib, level, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL,
                    Z_DEFAULT_STRATEGY)
      != Z_OK) {
    free (steal (&gzip->output));
    return -ENOMEM;
  }
  gzip->zlib.next_out = gzip->output;
  gzip->zlib.avail_out = OUTPUT_BYTES;
  return 0;
}

void
prof_gzip_finish (ProfGzip *gzip)
{
  deflateEnd (&gzip->zlib);
  free (gzip->output);
}

static int
flush_output (ProfGzip *gzip)
{
  int r = prof_write_all (gzip->fd, gzip->output, OUTPUT_BYTES - gzip->zlib.avail_out);
  gzip->zlib.next_out = gzip->output;
  gzip->zlib.avail_out = OUTPUT_BYTES;
  return r;
}

int
prof_gzip_write (ProfGzip *gzip, const void *bytes, size_t n_bytes)
{
  z_stream *zlib = &gzip->zlib;
  zlib->next_in = (z_const Bytef *)bytes;
  while (n_bytes > 0 || zlib->avail_in > 0) {
    if (zlib->avail_in == 0) {
      zlib->avail_in = n_bytes < UINT_MAX ? (uInt)n_bytes : UINT_MAX;
      n_bytes -= zlib->avail_in;
    }
    deflate (zlib, Z_NO_FLUSH);
    int r = zlib->avail_out == 0 ? flush_output (gzip) : 0;
    if (r < 0)
      return r;
  }
  return 0;
}

int
prof_gzip_end (ProfGzip *gzip)
{
  int ended;
  do {
    ended = deflate (&gzip->zlib, Z_FINISH);
    int r = flush_output (gzip);
    if (r < 0)
      return r;
  } while (ended != Z_STREAM_END);
  return 0;
}
