/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright the libprof authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prof/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Profiles as OpenTelemetry sends them: messages ExportProfilesServiceRequest of
 * opentelemetry.proto.collector.profiles.v1development. */

/* Two layouts have gone under one name: a collector older than March 2026 wants 1.9. */
typedef enum {
  PROF_OTLP_LAYOUT_1_10, /* and 1.11 */
  PROF_OTLP_LAYOUT_1_9,
  PROF_OTLP_LAYOUT_1_8,
} ProfOtlpLayout;

/* Of a resource. `value` NULL: the number counts. */
typedef struct {
  const char *key, *value;
  int64_t number;
} ProfOtlpAttribute;

/* How a profile becomes requests. */
typedef struct {
  size_t size; /* set by the initializer; lets the struct grow */
  ProfOtlpLayout layout;
  /* Times of samples, from the label end_timestamp_ns, with a value for each: not every receiver
   * takes them. Else samples that differ in their time alone become one. */
  bool has_timestamps;
  size_t max_bytes; /* of one request; a profile that needs more becomes several. 0: no bound */
  const ProfOtlpAttribute *resource; /* attributes of the resource: service.name and so on */
  size_t n_resource;
  uint8_t profile_id[16]; /* all 0: none. The profiles of one export differ in the last bytes */
} ProfOtlpOptions;

/* The current layout, without times, 4,000,000 bytes for a request. */
#define PROF_OTLP_OPTIONS_INIT                                                                     \
  {                                                                                                \
    .size = sizeof (ProfOtlpOptions), .layout = PROF_OTLP_LAYOUT_1_10, .has_timestamps = false,    \
    .max_bytes = 4000000, .resource = NULL, .n_resource = 0,                                       \
    .profile_id                                                                                    \
        = { 0 }                                                                                    \
  }

/* Turns a profile into requests, one after the other. Holds a reference to the profile. One
 * thread's. */
typedef struct ProfOtlpEncoder ProfOtlpEncoder;

/* -ENOMEM; -EINVAL: the profile has no sample type. `options` is copied, what it points to is
 * borrowed until free. */
PROF_API int prof_otlp_encoder_new (ProfProfile *profile,
                                    const ProfOtlpOptions *options,
                                    ProfOtlpEncoder **ret,
                                    ProfError *reterr);
/* The next request: its bytes are borrowed until the next call. 1; 0: that was all; -ENOMEM. */
PROF_API int prof_otlp_encoder_next (ProfOtlpEncoder *encoder,
                                     const uint8_t **ret_bytes,
                                     size_t *ret_n_bytes);
/* Returns NULL, which it takes as well. */
PROF_API ProfOtlpEncoder *prof_otlp_encoder_free (ProfOtlpEncoder *encoder);

#ifdef __cplusplus
}
#endif
