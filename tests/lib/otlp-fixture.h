/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <prof/otlp.h>

#include "pprof-bytes.h"
#include "profile/profile-tables.h"

static const int64_t OTLP_START_NS = 1700000000000000000;

static inline uint32_t
add_otlp_location (ProfProfile *profile, uint32_t mapping, uint64_t address, const char *name)
{
  ProfFunction function = { .start_line = 10 };
  function.name = (uint32_t)prof_profile_add_string (profile, name);
  function.system_name = (uint32_t)prof_profile_add_string (profile, "_Z1f");
  function.filename = (uint32_t)prof_profile_add_string (profile, "file.c");
  ProfLine lines[2] = { { .line = 12, .column = 3 }, { .line = 1 } };
  lines[0].function = (uint32_t)prof_profile_add_function (profile, &function);
  function.name = (uint32_t)prof_profile_add_string (profile, "caller of the inlined");
  lines[1].function = (uint32_t)prof_profile_add_function (profile, &function);
  ProfLocation location = { .address = address, .mapping = mapping };
  return (uint32_t)prof_profile_add_location (profile, &location, lines, address % 2 + 1);
}

static inline void
add_otlp_samples (ProfProfile *profile)
{
  static const char *const threads[] = { "main", "worker" };
  for (int i = 0; i < 20; i++) {
    uint32_t stack[] = { 1 + i % 3, 4, 5 };
    const int64_t values[] = { 1 + i % 2, 1000, i % 4 == 0 ? 7 : 0 };
    uint32_t sample = (uint32_t)prof_profile_add_sample (profile, stack, i % 4, values);
    prof_profile_add_label (profile, sample, "thread", threads[i % 2]);
    prof_profile_add_number_label (profile, sample, "bytes", 0, "bytes");
    prof_profile_add_number_label (profile, sample, "tid", -i % 3, NULL);
    prof_profile_add_number_label (profile, sample, "end_timestamp_ns", OTLP_START_NS + 7 * i,
                                   "nanoseconds");
    if (i % 5 != 0)
      continue;
    prof_profile_add_label (profile, sample, "trace_id", "0123456789abcdef0123456789abcdef");
    prof_profile_add_label (profile, sample, "span_id", "fedcba9876543210");
    prof_profile_add_number_label (profile, sample, "freed_timestamp_ns", OTLP_START_NS + 100,
                                   "nanoseconds");
  }
}

/* With each field that both formats have. */
static inline ProfProfile *
make_otlp_profile (void)
{
  ProfProfile *profile;
  assert_int_equal (prof_profile_new (&profile), 0);
  prof_profile_add_value_type (profile, "samples", "count");
  prof_profile_add_value_type (profile, "cpu", "nanoseconds");
  prof_profile_add_value_type (profile, "misses", "count");
  prof_profile_set_default_sample_type (profile, "cpu");
  prof_profile_set_period (profile, "cpu", "nanoseconds", 1001001);
  prof_profile_set_time (profile, OTLP_START_NS, 1000);
  prof_profile_add_comment (profile, "one comment");
  prof_profile_add_comment (profile, "and another");
  prof_profile_set_frame_filters (profile, "drop", "keep");
  prof_profile_set_doc_url (profile, "https://example.org/");
  ProfMapping mapping = { 0x1000, 0x2000, 0x500, 0, 0, true, false, true, false };
  mapping.filename = (uint32_t)prof_profile_add_string (profile, "/bin/program");
  mapping.build_id = (uint32_t)prof_profile_add_string (profile, "abcdef");
  uint32_t mapping_row = (uint32_t)prof_profile_add_mapping (profile, &mapping);
  add_otlp_location (profile, mapping_row, 0x1100, "a");
  add_otlp_location (profile, mapping_row, 0x1101, "b");
  add_otlp_location (profile, 0, 0x3000, "c");
  ProfLocation location = { .address = 0x1234, .mapping = mapping_row, .is_folded = true };
  prof_profile_add_location (profile, &location, NULL, 0);
  add_otlp_location (profile, mapping_row, 0x1103, "main");
  add_otlp_samples (profile);
  return profile;
}

/* All requests of a profile, each after its length where there may be several. Free them. */
static inline uint8_t *
encode_otlp (ProfProfile *profile, const ProfOtlpOptions *options, size_t *ret_n)
{
  ProfOtlpEncoder *encoder;
  ProfError error = PROF_ERROR_INIT;
  const uint8_t *bytes;
  size_t n;
  int fd = open_bytes ("", 0);
  assert_int_equal (prof_otlp_encoder_new (profile, options, &encoder, &error), 0);
  while (prof_otlp_encoder_next (encoder, &bytes, &n) == 1) {
    uint8_t length[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
    if (options->max_bytes != 0)
      assert_int_equal (prof_write_all (fd, length, sizeof length), 0);
    assert_int_equal (prof_write_all (fd, bytes, n), 0);
  }
  prof_otlp_encoder_free (encoder);
  uint8_t *all = take_bytes (fd, ret_n);
  close (fd);
  return all;
}
