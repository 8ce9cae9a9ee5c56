/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "pprof/pprof-read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/gunzip.h"
#include "base/text.h"
#include "pprof/pprof-decoder.h"

enum { FIRST_WINDOW_BYTES = 64 << 10 };

/* A part of the raw profile that slides over it, and holds at least the field being decoded. */
typedef struct {
  ProfGunzip gunzip;
  ProfPprofDecoder decoder;
  uint8_t *bytes;
  size_t n, n_allocated;
  uint64_t start; /* of the window, in the raw profile */
  bool is_ended;
} Reader;

static int
init (Reader *reader, int fd, const ProfPprofLimits *limits)
{
  *reader = (Reader){ 0 };
  int r = prof_gunzip_init (&reader->gunzip, fd);
  if (r < 0)
    return r;
  reader->gunzip.max_bytes = limits->raw_bytes;
  reader->gunzip.free_bytes = limits->free_raw_bytes;
  reader->gunzip.max_ratio = limits->ratio;
  return prof_pprof_decoder_init (&reader->decoder, limits);
}

static void
reader_finish_p (Reader *reader)
{
  prof_pprof_decoder_finish (&reader->decoder);
  prof_gunzip_finish (&reader->gunzip);
  free (reader->bytes);
}

static int
grow (Reader *reader)
{
  size_t n = reader->n_allocated == 0 ? FIRST_WINDOW_BYTES : 2 * reader->n_allocated;
  uint8_t *bytes = realloc (reader->bytes, n);
  if (bytes == NULL)
    return -ENOMEM;
  reader->bytes = bytes;
  reader->n_allocated = n;
  return 0;
}

/* Drops the first n_used bytes, which are decoded, and reads more. */
static int
slide (Reader *reader, size_t n_used)
{
  reader->n -= n_used;
  reader->start += n_used;
  if (n_used > 0)
    memmove (reader->bytes, reader->bytes + n_used, reader->n);
  if (reader->n == reader->n_allocated && grow (reader) < 0)
    return -ENOMEM;
  ssize_t n = prof_gunzip_read (&reader->gunzip, reader->bytes + reader->n,
                                reader->n_allocated - reader->n);
  if (n < 0)
    return prof_pprof_fail (&reader->decoder, (int)n, "%s", reader->gunzip.fault);
  reader->n += (size_t)n;
  reader->is_ended = n == 0;
  return 0;
}

/* What keeps the next field of the profile from being taken. 0 if more bytes may help, 1 if all
 * is done. */
static int
judge (Reader *reader, ProfWireResult result, const ProfWireField *field)
{
  size_t max = reader->decoder.limits.field_bytes;
  uint64_t place = reader->start + (uint64_t)(field->start - reader->bytes);
  if (result == PROF_WIRE_ENDED)
    return reader->is_ended;
  if (result != PROF_WIRE_CUT)
    return prof_pprof_fail (&reader->decoder, -EBADMSG,
                            "it is not in pprof's format, or damaged at byte %" PRIu64, place);
  if (field->value > max)
    return prof_pprof_fail (&reader->decoder, -EFBIG,
                            "field %u at byte %" PRIu64 " has %" PRIu64
                            " bytes, and at most %zu are read",
                            field->number, place, field->value, max);
  if (reader->is_ended)
    return prof_pprof_fail (&reader->decoder, -EBADMSG,
                            "it ends in the middle of the field at byte %" PRIu64, place);
  return 0;
}

/* Decodes the fields that are complete and slides on. 1 at the end. */
static int
step (Reader *reader)
{
  ProfWire wire = { reader->bytes, reader->bytes + reader->n };
  ProfWireField field = { .start = wire.next };
  ProfWireResult result;
  while ((result = prof_wire_take_field (&wire, &field)) == PROF_WIRE_OK) {
    int r = prof_pprof_decode_field (&reader->decoder, &field);
    if (r < 0)
      return r;
  }
  int r = judge (reader, result, &field);
  return r != 0 ? r : slide (reader, (size_t)(wire.next - reader->bytes));
}

static int
read_all (Reader *reader)
{
  int r = slide (reader, 0);
  if (r == 0 && reader->n == 0)
    return prof_pprof_fail (&reader->decoder, -EBADMSG, "it is empty");
  while (r == 0)
    r = step (reader);
  return r < 0 ? r : prof_pprof_resolve (&reader->decoder);
}

int
prof_pprof_read_limited (
    int fd, const char *name, const ProfPprofLimits *limits, ProfProfile **ret, ProfError *reterr)
{
  cleanup (reader_finish) Reader reader;
  int r = init (&reader, fd, limits);
  if (r == 0)
    r = read_all (&reader);
  if (r == -ENOMEM)
    return prof_error_set (reterr, r, "Can't read %s: out of memory.", name);
  if (r < 0)
    return prof_error_set (reterr, r, "Can't read %s: %s.", name, reader.decoder.fault);
  *ret = steal (&reader.decoder.profile);
  return 0;
}

int
prof_pprof_read (int fd, ProfProfile **ret, ProfError *reterr)
{
  if (ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_pprof_read: ret is NULL.");
  return prof_pprof_read_limited (fd, _ ("the profile"), &(ProfPprofLimits)PROF_PPROF_LIMITS_INIT,
                                  ret, reterr);
}

int
prof_pprof_open (const char *path, ProfProfile **ret, ProfError *reterr)
{
  if (path == NULL || ret == NULL)
    return prof_error_set (reterr, -EINVAL, "prof_pprof_open: path or ret is NULL.");
  cleanup (prof_close) int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return prof_error_set (reterr, -errno, "Can't open %s: %s.", path, strerror (errno));
  return prof_pprof_read_limited (fd, path, &(ProfPprofLimits)PROF_PPROF_LIMITS_INIT, ret, reterr);
}
