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
  /* process.executable.build_id.htlhash (semantic conventions) of each mapping of the profile, by
   * its row, NULL where it is not known; or NULL. */
  const char *const *file_hashes;
} ProfOtlpOptions;

/* The current layout, without times, 4,000,000 bytes for a request. */
#define PROF_OTLP_OPTIONS_INIT                                                                     \
  {                                                                                                \
    .size = sizeof (ProfOtlpOptions), .layout = PROF_OTLP_LAYOUT_1_10, .has_timestamps = false,    \
    .max_bytes = 4000000, .resource = NULL, .n_resource = 0, .profile_id = { 0 },                  \
    .file_hashes = NULL                                                                            \
  }

/* Turns a profile into requests, one after the other. Holds a reference to the profile. One
 * thread's. */
typedef struct ProfOtlpEncoder ProfOtlpEncoder;

/* -ENOMEM; -EINVAL: the profile has no sample type, or the layout is none. `options` is copied,
 * what it points to is borrowed until free. */
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

/* Reads a dump: one message ExportProfilesServiceRequest or ProfilesData, or many, each after its
 * length in four bytes, the most significant first, as the file exporter of the OpenTelemetry
 * Collector writes them (format: proto); raw or gzip; of OTLP 1.8 to 1.11. Not OTLP in JSON.
 *
 * The profiles of a scope that differ in their values alone become one profile with several sample
 * types; others become profiles of their own, in the order of the dump. Attributes of samples
 * become labels, links the labels "trace_id" and "span_id", times samples of their own with the
 * label "end_timestamp_ns"; attributes of resources and profiles become comments "key=value".
 *
 * -EBADMSG: damaged, of another layout or something else, with what is at fault and where;
 * -ENODATA: it has no profile; -EFBIG: bigger than any real dump; -ENOMEM; what read(2) said. Give
 * the profiles to prof_profiles_free, or unref each and free the array. */
PROF_API int prof_otlp_read (int fd, ProfProfile ***ret_profiles, size_t *ret_n, ProfError *reterr);
/* Whether a file that begins so, raw or gzip, is a dump, and no profile in pprof's format: 512
 * bytes are enough. OTLP in JSON counts as a dump, about which prof_otlp_read says more. */
PROF_API bool prof_otlp_is_dump (const void *bytes, size_t n_bytes);
/* Unrefs all of them and frees the array. */
PROF_API void prof_profiles_free (ProfProfile **profiles, size_t n);

#ifdef __cplusplus
}
#endif
