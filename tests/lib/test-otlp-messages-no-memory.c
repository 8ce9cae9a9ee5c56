/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#include "failing-allocations.h"
#include "otlp-fixture.h"

static int
read_fd (void *data)
{
  int fd = *(int *)data;
  ProfProfile **profiles = NULL;
  size_t n = 0;
  assert_int_equal (lseek (fd, 0, SEEK_SET), 0);
  int r = prof_otlp_read (fd, &profiles, &n, NULL);
  prof_profiles_free (profiles, n);
  return r;
}

static void
test_reading (void **state)
{
  (void)state;
  ProfProfile *profile = make_otlp_profile ();
  for (int i = 0; i < 2; i++) {
    ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
    options.max_bytes = i == 0 ? 0 : 1000;
    options.has_timestamps = i == 1;
    size_t n;
    uint8_t *bytes = encode_otlp (profile, &options, &n);
    int fd = open_bytes (bytes, n);
    assert_true (fail_each (read_fd, &fd) > 50);
    close (fd);
    free (bytes);
  }
  prof_profile_unref (profile);
}

static int
encode (void *data)
{
  ProfOtlpEncoder *encoder;
  ProfOtlpOptions options = PROF_OTLP_OPTIONS_INIT;
  const uint8_t *bytes;
  size_t n;
  options.has_timestamps = true;
  int r = prof_otlp_encoder_new (data, &options, &encoder, NULL);
  if (r < 0)
    return r;
  do
    r = prof_otlp_encoder_next (encoder, &bytes, &n);
  while (r > 0);
  prof_otlp_encoder_free (encoder);
  return r;
}

static void
test_encoding (void **state)
{
  (void)state;
  ProfProfile *profile = make_otlp_profile ();
  assert_true (fail_each (encode, profile) > 20);
  prof_profile_unref (profile);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_reading),
    cmocka_unit_test (test_encoding),
  };
  return cmocka_run_group_tests (tests, NULL, NULL);
}
