/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/request-body.h"

#include "base/gzip.h"

enum { PREFIX_BYTES = 5, GZIP_WINDOW_BITS = 16 + MAX_WBITS, MEMORY_LEVEL = 8 };
static const size_t max_message_bytes = (size_t)1 << 30;

static int
append_compressed (ProfRequestBody *body, const uint8_t *message, size_t n)
{
  z_stream zlib = { 0 };
  if (deflateInit2 (&zlib, PROF_GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL,
                    Z_DEFAULT_STRATEGY)
      != Z_OK)
    return -ENOMEM;
  size_t bound = deflateBound (&zlib, n);
  int r = prof_vec_reserve (&body->bytes, bound);
  if (r == 0) {
    zlib.next_in = (z_const Bytef *)message;
    zlib.avail_in = (uInt)n;
    zlib.next_out = body->bytes.items + body->bytes.n;
    zlib.avail_out = (uInt)bound;
    deflate (&zlib, Z_FINISH);
    body->bytes.n += zlib.total_out;
  }
  deflateEnd (&zlib);
  return r;
}

/* The flag says that the message is compressed; then its length, the most significant byte first.
 */
static void
write_prefix (ProfRequestBody *body, bool has_gzip)
{
  uint8_t *prefix = body->bytes.items;
  size_t n = body->bytes.n - PREFIX_BYTES;
  prefix[0] = has_gzip;
  for (unsigned i = 0; i < 4; i++)
    prefix[1 + i] = (uint8_t)(n >> (24 - 8 * i));
}

int
prof_request_body_make (
    ProfRequestBody *body, const uint8_t *message, size_t n, bool is_framed, bool has_gzip)
{
  static const uint8_t no_prefix[PREFIX_BYTES];
  if (n > max_message_bytes)
    return -EMSGSIZE;
  body->bytes.n = 0;
  int r = prof_vec_append (&body->bytes, no_prefix, is_framed ? PREFIX_BYTES : 0);
  if (r == 0)
    r = has_gzip ? append_compressed (body, message, n)
                 : prof_vec_append (&body->bytes, message, n);
  if (r == 0 && is_framed)
    write_prefix (body, has_gzip);
  return r;
}

void
prof_request_body_finish (ProfRequestBody *body)
{
  prof_vec_clear (&body->bytes);
}
