/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <prof/otlp.h>

#include "base/clock.h"
#include "base/prng.h"

/* bench-otlp [N_SAMPLES]: how long it takes to turn a profile into requests of 4 MB. Stacks have 26
 * frames on average out of a call graph in which each call site leads to six others, to the first
 * of them seven times in eight; samples have a time, a thread and a process. First nearly all
 * stacks differ, which is the worst that can be; then samples are of N_STACKS stacks, as those of
 * programs are, some of them more often than others. */

enum { N_LOCATIONS = 50000, N_FUNCTIONS = 20000, N_CALLEES = 6, MAX_FRAMES = 40 };
enum { N_STACKS = 50000 };

static void
add_locations (ProfProfile *profile)
{
  ProfMapping mapping = { .start = 0x400000, .limit = 0x900000 };
  char name[32];
  mapping.filename = (uint32_t)prof_profile_add_string (profile, "/usr/bin/program");
  mapping.build_id = (uint32_t)prof_profile_add_string (profile, "0123456789abcdef");
  uint32_t mapping_row = (uint32_t)prof_profile_add_mapping (profile, &mapping);
  for (unsigned i = 0; i < N_FUNCTIONS; i++) {
    snprintf (name, sizeof name, "some_function_%u", i);
    ProfFunction function = { .name = (uint32_t)prof_profile_add_string (profile, name) };
    function.system_name = function.name;
    prof_profile_add_function (profile, &function);
  }
  for (unsigned i = 0; i < N_LOCATIONS; i++) {
    ProfLine line = { .function = 1 + i % N_FUNCTIONS, .line = i % 3000 };
    ProfLocation location = { .address = 0x400000 + 16 * i, .mapping = mapping_row };
    prof_profile_add_location (profile, &location, &line, 1);
  }
}

/* Root first it goes from caller to callee; written leaf first. */
static unsigned
walk (ProfPrng *prng, uint32_t *leaf_first)
{
  unsigned n = 12 + (unsigned)(prof_prng_next (prng) % (MAX_FRAMES - 12));
  uint32_t location = 1;
  for (unsigned i = n; i > 0; i--) {
    leaf_first[i - 1] = location;
    uint64_t random = prof_prng_next (prng);
    unsigned callee = random % 8 != 0 ? 0 : 1 + (unsigned)(random >> 32) % (N_CALLEES - 1);
    location = 1 + (location * 2654435761u + callee * 40503u) % N_LOCATIONS;
  }
  return n;
}

/* Two thirds of the samples are of the first eighth. */
static uint64_t
choose_stack (ProfPrng *prng, uint64_t n_stacks)
{
  uint64_t n = n_stacks;
  for (unsigned i = 0; i < 3; i++)
    n = 1 + prof_prng_next (prng) % n;
  return n;
}

/* n_stacks 0: each sample has one of its own. */
static ProfProfile *
make_profile (unsigned n_samples, uint64_t n_stacks)
{
  ProfProfile *profile;
  ProfPrng prng = { 1 };
  if (prof_profile_new (&profile) < 0)
    abort ();
  prof_profile_add_value_type (profile, "samples", "count");
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  prof_profile_set_time (profile, 1000000000, (int64_t)n_samples * 1001001);
  add_locations (profile);
  for (unsigned i = 0; i < n_samples; i++) {
    uint32_t stack[MAX_FRAMES];
    ProfPrng chosen = { n_stacks > 0 ? choose_stack (&prng, n_stacks) : prof_prng_next (&prng) };
    unsigned n = walk (&chosen, stack);
    const int64_t values[] = { 1, 1001001 };
    uint32_t sample = (uint32_t)prof_profile_add_sample (profile, stack, n, values);
    prof_profile_add_label (profile, sample, "thread", i % 3 == 0 ? "worker" : "main");
    prof_profile_add_number_label (profile, sample, "pid", 1234, NULL);
    prof_profile_add_number_label (profile, sample, "tid", 1234 + i % 3, NULL);
    prof_profile_add_number_label (profile, sample, "end_timestamp_ns",
                                   1000000000 + (int64_t)i * 1001001, "nanoseconds");
  }
  return profile;
}

static void
measure (ProfProfile *profile, bool has_timestamps)
{
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  ProfOtlpEncoder *encoder;
  const uint8_t *bytes;
  size_t n, n_requests = 0, n_bytes = 0;
  options.has_timestamps = has_timestamps;
  uint64_t start_ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID);
  if (prof_otlp_encoder_new (profile, &options, &encoder, NULL) < 0)
    abort ();
  for (; prof_otlp_encoder_next (encoder, &bytes, &n) > 0; n_requests++)
    n_bytes += n;
  prof_otlp_encoder_free (encoder);
  uint64_t end_ns = prof_clock_ns (CLOCK_THREAD_CPUTIME_ID);
  printf ("%s: %zu requests, %zu bytes, %.3f s\n", has_timestamps ? "with times" : "sums",
          n_requests, n_bytes, (double)(end_ns - start_ns) / 1e9);
}

int
main (int argc, char **argv)
{
  unsigned n_samples = argc > 1 ? (unsigned)strtoul (argv[1], NULL, 10) : 1000000;
  for (int i = 0; i < 2; i++) {
    ProfProfile *profile = make_profile (n_samples, i == 0 ? 0 : N_STACKS);
    printf ("%s\n", i == 0 ? "stacks that differ" : "stacks that repeat");
    for (int k = 0; k < 3; k++) {
      measure (profile, false);
      measure (profile, true);
    }
    prof_profile_unref (profile);
  }
  return 0;
}
