/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "otlp/otlp-read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/gunzip.h"
#include "otlp/decoder.h"

enum { FIRST_BYTES = 64 << 10, LENGTH_BYTES = 4 };

/* What a dump begins with. */
typedef enum { START_OTHER, START_JSON, START_ZSTD, START_MESSAGE, START_LENGTH } Start;

/* The tag of a field with bytes. */
static bool
is_tag (uint8_t byte, uint32_t field)
{
  return byte == (field << 3 | PROF_WIRE_BYTES);
}

/* OTLP in JSON begins with the name of one of the request's two fields. */
static bool
is_json (const uint8_t *bytes, size_t n)
{
  static const char *const names[] = { "\"resourceProfiles\"", "\"dictionary\"" };
  if (n == 0 || bytes[0] != '{')
    return false;
  size_t i = 1;
  while (i < n && strchr (" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0')
    i++;
  for (unsigned k = 0; k < 2; k++)
    if (n - i >= strlen (names[k]) && memcmp (bytes + i, names[k], strlen (names[k])) == 0)
      return true;
  return false;
}

/* A file exporter that compresses does so with each message, behind its length (RFC 8878). */
static bool
is_zstd (const uint8_t *bytes, size_t n)
{
  static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
  return n >= LENGTH_BYTES + sizeof magic && bytes[0] < '\n'
         && memcmp (bytes + LENGTH_BYTES, magic, sizeof magic) == 0;
}

/* Lengths are smaller than 160 MiB, so that their first byte is no tag. */
static Start
find_start (const uint8_t *bytes, size_t n)
{
  if (n == 0)
    return START_OTHER;
  if (is_json (bytes, n))
    return START_JSON;
  if (is_zstd (bytes, n))
    return START_ZSTD;
  if (is_tag (bytes[0], PROF_OTLP_REQUEST_RESOURCE_PROFILES)
      || is_tag (bytes[0], PROF_OTLP_REQUEST_DICTIONARY))
    return START_MESSAGE;
  return bytes[0] < '\n' ? START_LENGTH : START_OTHER;
}

/* ---- telling it from other formats ---- */

/* pprof's first fields are sample types, whose fields are numbers, or samples. A request begins
 * with a resource, whose fields are messages, or a dictionary, which begins with the empty mapping.
 */
static bool
is_message (const uint8_t *bytes, size_t n)
{
  ProfWire wire = { bytes, bytes + n };
  uint64_t tag, length;
  if (prof_wire_take_varint (&wire, &tag) != PROF_WIRE_OK
      || prof_wire_take_varint (&wire, &length) != PROF_WIRE_OK || wire.end - wire.next < 2)
    return false;
  uint8_t first = wire.next[0];
  if (is_tag ((uint8_t)tag, PROF_OTLP_REQUEST_DICTIONARY))
    return is_tag (first, PROF_OTLP_DICTIONARY_MAPPING) && wire.next[1] == 0;
  return is_tag ((uint8_t)tag, PROF_OTLP_REQUEST_RESOURCE_PROFILES) && length > 0
         && (is_tag (first, PROF_OTLP_RESOURCE_PROFILES_RESOURCE)
             || is_tag (first, PROF_OTLP_RESOURCE_PROFILES_SCOPE_PROFILES));
}

static bool
is_raw_dump (const uint8_t *bytes, size_t n)
{
  switch (find_start (bytes, n)) {
  case START_JSON:
  case START_ZSTD:
    return true;
  case START_MESSAGE:
    return is_message (bytes, n);
  case START_LENGTH:
    return n > LENGTH_BYTES && is_message (bytes + LENGTH_BYTES, n - LENGTH_BYTES);
  default:
    return false;
  }
}

/* As many bytes as there are of the beginning, however it is cut. */
static size_t
inflate_start (const uint8_t *bytes, size_t n, uint8_t *ret, size_t size)
{
  z_stream zlib = { .next_in = (Bytef *)bytes, .avail_in = (uInt)(n < 4096 ? n : 4096) };
  if (inflateInit2 (&zlib, 16 + MAX_WBITS) != Z_OK)
    return 0;
  zlib.next_out = ret;
  zlib.avail_out = (uInt)size;
  inflate (&zlib, Z_SYNC_FLUSH);
  inflateEnd (&zlib);
  return size - zlib.avail_out;
}

bool
prof_otlp_is_dump (const void *bytes, size_t n_bytes)
{
  const uint8_t *start = bytes;
  uint8_t raw[64];
  if (n_bytes < 2 || start[0] != 0x1f || start[1] != 0x8b)
    return is_raw_dump (start, n_bytes);
  return is_raw_dump (raw, inflate_start (start, n_bytes, raw, sizeof raw));
}

/* ---- reading ---- */

typedef PROF_VEC (uint8_t) Bytes;

/* The dictionary comes last, so all has to be there before the first profile can be made. */
static int
read_all (ProfOtlpDecoder *decoder, int fd, Bytes *bytes)
{
  ProfGunzip gunzip;
  if (prof_gunzip_init (&gunzip, fd) < 0)
    return -ENOMEM;
  gunzip.max_bytes = decoder->limits->raw_bytes;
  gunzip.free_bytes = decoder->limits->free_raw_bytes;
  gunzip.max_ratio = decoder->limits->ratio;
  ssize_t n;
  do {
    if (prof_vec_reserve (bytes, FIRST_BYTES) < 0) {
      n = -ENOMEM;
      break;
    }
    n = prof_gunzip_read (&gunzip, bytes->items + bytes->n, bytes->n_allocated - bytes->n);
    if (n < 0 && n != -ENOMEM)
      prof_otlp_fail (decoder, (int)n, "%s", gunzip.fault);
    bytes->n += n > 0 ? (size_t)n : 0;
  } while (n > 0);
  prof_gunzip_finish (&gunzip);
  return (int)n;
}

static int
decode_stream (ProfOtlpDecoder *decoder, ProfWire wire)
{
  int r = 0;
  while (r == 0 && wire.next < wire.end) {
    size_t n_left = (size_t)(wire.end - wire.next), n = 0;
    for (size_t i = 0; i < LENGTH_BYTES && n_left >= LENGTH_BYTES; i++)
      n = n << 8 | wire.next[i];
    if (n_left < LENGTH_BYTES || n > n_left - LENGTH_BYTES)
      return prof_otlp_fail (decoder, -EBADMSG,
                             "the message at byte %td goes on behind the end of the dump",
                             wire.next - decoder->start);
    wire.next += LENGTH_BYTES;
    r = prof_otlp_decode_request (decoder, (ProfWire){ wire.next, wire.next + n });
    wire.next += n;
  }
  return r;
}

static int
decode_all (ProfOtlpDecoder *decoder, ProfWire wire)
{
  int r;
  if (wire.next == wire.end)
    return prof_otlp_fail (decoder, -EBADMSG, "it is empty");
  switch (find_start (wire.next, (size_t)(wire.end - wire.next))) {
  case START_JSON:
    return prof_otlp_fail (decoder, -EBADMSG,
                           "it is OTLP in JSON, and only protobuf is read: set the format of the "
                           "collector's file exporter to proto");
  case START_ZSTD:
    return prof_otlp_fail (decoder, -EBADMSG,
                           "its messages are compressed with zstd, which is not read: set no "
                           "compression for the collector's file exporter");
  case START_MESSAGE:
    r = prof_otlp_decode_request (decoder, wire);
    break;
  case START_LENGTH:
    r = decode_stream (decoder, wire);
    break;
  default:
    return prof_otlp_fail (decoder, -EBADMSG, "it is no dump of OTLP profiles");
  }
  if (r == 0 && decoder->profiles.n == 0)
    return prof_otlp_fail (decoder, -ENODATA, "it has no profile");
  return r;
}

static void
clear_bytes_p (Bytes *bytes)
{
  prof_vec_clear (bytes);
}

static void
decoder_finish_p (ProfOtlpDecoder *decoder)
{
  prof_otlp_decoder_finish (decoder);
}

int
prof_otlp_read_limited (int fd,
                        const ProfOtlpLimits *limits,
                        ProfProfile ***ret_profiles,
                        size_t *ret_n,
                        ProfError *reterr)
{
  cleanup (decoder_finish) ProfOtlpDecoder decoder = { .limits = limits };
  cleanup (clear_bytes) Bytes bytes = { 0 };
  int r = read_all (&decoder, fd, &bytes);
  decoder.start = bytes.items;
  if (r == 0)
    r = decode_all (&decoder, (ProfWire){ bytes.items, prof_vec_end (&bytes) });
  if (r == -ENOMEM)
    return prof_error_set (reterr, r, "Can't read the OTLP dump: out of memory.");
  if (r < 0)
    return prof_error_set (reterr, r, "Can't read the OTLP dump: %s.", decoder.fault);
  *ret_n = decoder.profiles.n;
  decoder.profiles.n = 0;
  *ret_profiles = steal (&decoder.profiles.items);
  return 0;
}

int
prof_otlp_read (int fd, ProfProfile ***ret_profiles, size_t *ret_n, ProfError *reterr)
{
  if (ret_profiles == NULL || ret_n == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_otlp_read: ret_profiles or ret_n is NULL.");
  return prof_otlp_read_limited (fd, &(ProfOtlpLimits)PROF_OTLP_LIMITS_INIT, ret_profiles, ret_n,
                                 reterr);
}

void
prof_profiles_free (ProfProfile **profiles, size_t n)
{
  for (size_t i = 0; i < n; i++)
    prof_profile_unref (profiles[i]);
  free (profiles);
}
