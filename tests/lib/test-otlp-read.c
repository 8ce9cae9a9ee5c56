/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include <prof/otlp.h>

#include <errno.h>

#include "base/gzip.h"
#include "otlp-fixture.h"
#include "otlp/otlp-read.h"
#include "profile-text.h"
#include "profiles.pb-c.h"

/* ---- round trips ---- */

/* Reads what must be one profile. */
static ProfProfile *
read_one (const void *bytes, size_t n)
{
  ProfProfile **profiles, *profile;
  ProfError error = PROF_ERROR_INIT;
  size_t n_profiles;
  int fd = open_bytes (bytes, n);
  int r = prof_otlp_read (fd, &profiles, &n_profiles, &error);
  assert_string_equal (error.message, "");
  assert_int_equal (r, 0);
  assert_int_equal (n_profiles, 1);
  close (fd);
  profile = profiles[0];
  free (profiles);
  return profile;
}

static void
assert_same (const ProfProfile *a, const ProfProfile *b, bool has_times)
{
  char *x = write_profile_text (a, has_times), *y = write_profile_text (b, has_times);
  assert_string_equal (x, y);
  free (x);
  free (y);
}

static void
test_round_trip (void **state)
{
  (void)state;
  static const ProfOtlpLayout layouts[]
      = { PROF_OTLP_LAYOUT_1_10, PROF_OTLP_LAYOUT_1_9, PROF_OTLP_LAYOUT_1_8 };
  ProfProfile *profile = make_otlp_profile ();
  for (unsigned i = 0; i < 6; i++) {
    ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
    options.layout = layouts[i / 2];
    options.has_timestamps = i % 2 == 1;
    options.max_bytes = 0;
    size_t n;
    uint8_t *bytes = encode_otlp (profile, &options, &n);
    assert_true (prof_otlp_is_dump (bytes, n));
    ProfProfile *again = read_one (bytes, n);
    assert_same (profile, again, options.has_timestamps);
    prof_profile_unref (again);
    free (bytes);
  }
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_round_trip),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
