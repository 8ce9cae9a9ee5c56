/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/pprof.h>

#include "base/gunzip.h"
#include "oracle.h"
#include "pprof-bytes.h"

/* Random profiles: protobuf-c packs them and libprof reads; libprof writes and protobuf-c unpacks.
 * All must say the same. */

enum { N_PROFILES = 150, N_MUTATIONS = 12, MAX_RAW = 1 << 16 };

static size_t
pack (const Prof__Oracle__Profile *message, uint8_t *raw)
{
  size_t n = prof__oracle__profile__get_packed_size (message);
  assert_true (n <= MAX_RAW);
  return prof__oracle__profile__pack (message, raw);
}

static Prof__Oracle__Profile *
write_and_unpack (const ProfProfile *profile)
{
  uint8_t raw[MAX_RAW];
  size_t n_bytes;
  ProfGunzip gunzip;
  uint8_t *bytes = write_bytes (profile, &n_bytes);
  int fd = open_bytes (bytes, n_bytes);
  assert_int_equal (prof_gunzip_init (&gunzip, fd), 0);
  ssize_t n = prof_gunzip_read (&gunzip, raw, sizeof raw);
  assert_true (n > 0);
  Prof__Oracle__Profile *message = prof__oracle__profile__unpack (NULL, (size_t)n, raw);
  assert_non_null (message);
  prof_gunzip_finish (&gunzip);
  free (bytes);
  close (fd);
  return message;
}

static void
test_random_profiles_mean_the_same (void **state)
{
  (void)state;
  for (uint64_t seed = 0; seed < N_PROFILES; seed++) {
    uint8_t raw[MAX_RAW];
    OracleMaker maker = { .prng = { seed } };
    oracle_make (&maker);
    ProfProfile *profile = read_bytes (raw, pack (maker.message, raw));
    oracle_compare (profile, maker.message);
    Prof__Oracle__Profile *written = write_and_unpack (profile);
    oracle_compare (profile, written);
    prof__oracle__profile__free_unpacked (written, NULL);
    prof_profile_unref (profile);
    oracle_free (&maker);
  }
}

/* Returns whether libprof takes the bytes; then protobuf-c must, and find the same in them. */
static bool
check_mutated (const uint8_t *raw, size_t n)
{
  ProfProfile *profile;
  int fd = open_bytes (raw, n);
  int r = prof_pprof_read (fd, &profile, NULL);
  close (fd);
  if (r < 0)
    return false;
  Prof__Oracle__Profile *message = prof__oracle__profile__unpack (NULL, n, raw);
  assert_non_null (message);
  oracle_compare (profile, message);
  prof__oracle__profile__free_unpacked (message, NULL);
  prof_profile_unref (profile);
  return true;
}

static void
test_damaged_profiles_mean_the_same_or_nothing (void **state)
{
  (void)state;
  unsigned n_taken = 0, n_refused = 0;
  for (uint64_t seed = 0; seed < N_PROFILES; seed++) {
    uint8_t raw[MAX_RAW];
    OracleMaker maker = { .prng = { seed } };
    oracle_make (&maker);
    size_t n = pack (maker.message, raw);
    for (unsigned i = 0; i < N_MUTATIONS; i++) {
      uint8_t *place = &raw[prof_prng_next (&maker.prng) % n], old = *place;
      *place = (uint8_t)prof_prng_next (&maker.prng);
      if (check_mutated (raw, n))
        n_taken++;
      else
        n_refused++;
      *place = old;
    }
    oracle_free (&maker);
  }
  print_message ("%u damaged profiles taken, %u refused\n", n_taken, n_refused);
  assert_true (n_taken > 300 && n_refused > 300);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_random_profiles_mean_the_same),
    cmocka_unit_test (test_damaged_profiles_mean_the_same_or_nothing),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
