/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/prng.h"

/* gen-pprof FILE [N_SAMPLES]: writes a big profile, the same one each time, without libprof's
 * writer: samples of 26 frames on average over 200,000 locations and 50,000 functions. */

enum { N_LOCATIONS = 200000, N_FUNCTIONS = 50000, MAX_FRAMES = 36, MIN_FRAMES = 16 };

typedef struct {
  uint8_t bytes[4096];
  size_t n;
} Message;

static void
put_varint (Message *message, uint64_t value)
{
  for (; value >= 0x80; value >>= 7)
    message->bytes[message->n++] = (uint8_t)(value | 0x80);
  message->bytes[message->n++] = (uint8_t)value;
}

static void
put_number (Message *message, unsigned field, uint64_t value)
{
  put_varint (message, field << 3);
  put_varint (message, value);
}

static void
put_bytes (Message *message, unsigned field, const void *bytes, size_t n)
{
  put_varint (message, field << 3 | 2);
  put_varint (message, n);
  memcpy (message->bytes + message->n, bytes, n);
  message->n += n;
}

static void
emit (gzFile file, unsigned field, const Message *message)
{
  Message head = { .n = 0 };
  put_varint (&head, field << 3 | 2);
  put_varint (&head, message->n);
  if (gzwrite (file, head.bytes, (unsigned)head.n) != (int)head.n
      || gzwrite (file, message->bytes, (unsigned)message->n) != (int)message->n) {
    fprintf (stderr, "gen-pprof: can't write: %s\n", gzerror (file, &(int){ 0 }));
    exit (1);
  }
}

/* Stacks share their part next to the root with the stack before. */
static unsigned
next_stack (ProfPrng *prng, uint32_t *root_first, unsigned n_before)
{
  unsigned n = MIN_FRAMES + (unsigned)(prof_prng_next (prng) % (MAX_FRAMES - MIN_FRAMES + 1));
  unsigned n_shared = (unsigned)(prof_prng_next (prng) % (n_before + 1));
  for (unsigned i = n_shared; i < n; i++)
    root_first[i] = 1 + (uint32_t)(prof_prng_next (prng) % N_LOCATIONS);
  return n;
}

static void
emit_samples (gzFile file, unsigned n_samples)
{
  ProfPrng prng = { 1 };
  uint32_t stack[MAX_FRAMES];
  unsigned n_frames = 0;
  for (unsigned i = 0; i < n_samples; i++) {
    Message ids = { .n = 0 }, values = { .n = 0 }, sample = { .n = 0 };
    n_frames = next_stack (&prng, stack, n_frames);
    for (unsigned j = n_frames; j > 0; j--)
      put_varint (&ids, stack[j - 1]);
    put_varint (&values, 1);
    put_varint (&values, 1001001);
    put_bytes (&sample, 1, ids.bytes, ids.n);
    put_bytes (&sample, 2, values.bytes, values.n);
    emit (file, 2, &sample);
  }
}

static void
emit_locations (gzFile file)
{
  for (unsigned i = 1; i <= N_LOCATIONS; i++) {
    Message line = { .n = 0 }, location = { .n = 0 };
    put_number (&line, 1, 1 + i % N_FUNCTIONS);
    put_number (&line, 2, i % 3000);
    put_number (&location, 1, i);
    put_number (&location, 2, 1);
    put_number (&location, 3, 0x400000 + 16 * (uint64_t)i);
    put_bytes (&location, 4, line.bytes, line.n);
    emit (file, 4, &location);
  }
}

static void
emit_functions (gzFile file)
{
  for (unsigned i = 1; i <= N_FUNCTIONS; i++) {
    Message function = { .n = 0 };
    put_number (&function, 1, i);
    put_number (&function, 2, 5 + i);
    put_number (&function, 3, 5 + i);
    put_number (&function, 4, 5);
    emit (file, 5, &function);
  }
}

static void
emit_string (gzFile file, const char *text)
{
  Message string = { .n = strlen (text) };
  memcpy (string.bytes, text, string.n);
  emit (file, 6, &string);
}

static void
emit_strings (gzFile file)
{
  static const char *const first[] = { "", "samples", "count", "cpu", "nanoseconds", "big.c" };
  for (size_t i = 0; i < sizeof first / sizeof *first; i++)
    emit_string (file, first[i]);
  for (unsigned i = 1; i <= N_FUNCTIONS; i++) {
    char name[64];
    snprintf (name, sizeof name, "component_%u_process_request_%u", i % 97, i);
    emit_string (file, name);
  }
}

static void
emit_type (gzFile file, unsigned type, unsigned unit)
{
  Message value_type = { .n = 0 };
  put_number (&value_type, 1, type);
  put_number (&value_type, 2, unit);
  emit (file, 1, &value_type);
}

int
main (int argc, char **argv)
{
  gzFile file = argc > 1 ? gzopen (argv[1], "wb6") : NULL;
  Message mapping = { .n = 0 };
  if (file == NULL) {
    fprintf (stderr, "usage: gen-pprof FILE [N_SAMPLES]\n");
    return 2;
  }
  put_number (&mapping, 1, 1);
  put_number (&mapping, 2, 0x400000);
  put_number (&mapping, 3, 0x4000000);
  put_number (&mapping, 5, 5);
  emit_type (file, 1, 2);
  emit_type (file, 3, 4);
  emit_samples (file, argc > 2 ? (unsigned)strtoul (argv[2], NULL, 10) : 1000000);
  emit (file, 3, &mapping);
  emit_locations (file);
  emit_functions (file);
  emit_strings (file);
  return gzclose (file) == Z_OK ? 0 : 1;
}
